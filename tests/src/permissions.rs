//! The permissions that a page lists, and those that requests to a cluster need.

use std::collections::BTreeSet;

use crate::docs::resource_page::actions;
use crate::kubernetes::Cluster;
use crate::kubernetes::role::{asked, role};

/// What AWS asks for when a node group is made, beside the call itself. (EKS user guide: launch templates; node role.)
pub const MAKING_A_NODE_GROUP: [&str; 3] = ["ec2:CreateTags", "ec2:RunInstances", "iam:PassRole"];

/// The verbs and resources that were asked for in a cluster.
pub fn needed_in(cluster: &Cluster) -> BTreeSet<String> {
    let mut asked = asked(cluster);
    asked.retain(|what| !what.contains(" /"));
    asked
}

/// What a page lists: the actions of its policy, and the verbs and resources of its roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// IAM actions.
    pub actions: BTreeSet<String>,
    /// `list deployments.apps`, for example.
    pub rules: BTreeSet<String>,
}

impl Listed {
    /// What the first fenced policy and the first fenced roles of a page list.
    ///
    /// # Panics
    /// If there are none.
    pub fn on(page: &str) -> Self {
        let fenced = |language: &str| {
            let begins = format!("```{language}\n");
            let after = page.split_once(&begins).unwrap_or_else(|| panic!("no {begins}")).1;
            after.split_once("\n```").unwrap().0.to_owned()
        };
        let policy = actions(&fenced("json")).unwrap().into_iter().collect();
        Self { actions: policy, rules: role(&fenced("yaml")) }
    }
}
