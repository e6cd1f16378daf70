//! The permissions that calls need, in AWS and in a cluster, and those that a page lists.

use std::collections::BTreeSet;

use crate::calls::Call;
use crate::docs::resource_page::actions;
use crate::kubernetes::Cluster;
use crate::kubernetes::role::{asked, role};

/// What AWS asks for when a node group is made, beside the call itself. (EKS user guide: launch templates; node role.)
pub const MAKING_A_NODE_GROUP: [&str; 3] = ["ec2:CreateTags", "ec2:RunInstances", "iam:PassRole"];

/// The IAM actions that calls need. Asking who one is needs none.
pub fn needed(calls: &[Call]) -> BTreeSet<String> {
    let calls = calls.iter().filter(|call| call.action != "GetCallerIdentity");
    let prefix = |service: &str| if service == "monitoring" { "cloudwatch".to_owned() } else { service.to_owned() };
    calls.map(|call| format!("{}:{}", prefix(&call.service), action(call))).collect()
}

/// The action in IAM, which for API Gateway's control plane is the verb of HTTP.
fn action(call: &Call) -> &str {
    const VERBS: [(&str, &str); 5] =
        [("Get", "GET"), ("Export", "GET"), ("Create", "POST"), ("Put", "PUT"), ("Update", "PATCH")];
    let verb = VERBS.iter().find(|(start, _)| call.action.starts_with(start)).map(|(_, verb)| *verb);
    verb.filter(|_| call.service == "apigateway").unwrap_or(&call.action)
}

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
