//! What is seen of a cluster: plain structs, with nothing of how they were read.

mod autoscaler;
mod budget;
mod group;
mod node;
mod placement;
mod pod;
mod selector;
mod target;
mod volume;
mod workload;

use std::collections::BTreeMap;

use super::ground::Trouble;

pub use autoscaler::Autoscaler;
pub use budget::{Allowance, Budget};
pub use group::{Group, GroupStatus, Sizes};
pub use node::{Effect, Node, Taint};
pub use placement::{Requirement, Toleration, misfit};
pub use pod::{Owner, Phase, Pod};
pub use selector::{Operator, Selector, Term};
pub use target::{Condition, Target};
pub use volume::Claim;
pub use workload::{Kind, Workload};

/// Names or labels with their values.
pub type Labels = BTreeMap<String, String>;

/// The name of an object in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Name {
    /// The namespace.
    pub namespace: String,
    /// The name in it.
    pub name: String,
}

impl Name {
    /// The name of an object.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// The targets of target groups, by ARN; for one that could not be read, why.
pub type Targets = BTreeMap<String, Result<Vec<Target>, Trouble>>;

/// A cluster as it was seen at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// The node group that is left; none where there is none of that name.
    pub blue: Option<Group>,
    /// The node group that takes over; none where there is none of that name yet.
    pub green: Option<Group>,
    /// All nodes.
    pub nodes: Vec<Node>,
    /// All pods.
    pub pods: Vec<Pod>,
    /// What makes pods.
    pub workloads: Vec<Workload>,
    /// Pod disruption budgets.
    pub budgets: Vec<Budget>,
    /// Horizontal pod autoscalers.
    pub autoscalers: Vec<Autoscaler>,
    /// Claims of volumes.
    pub claims: Vec<Claim>,
    /// The target groups that bring blue its traffic; none where they were not looked at.
    pub targets: Option<Targets>,
}

impl Picture {
    /// The nodes of a node group.
    pub fn nodes_of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Node> {
        self.nodes.iter().filter(move |node| node.group() == Some(group))
    }

    /// Whether a pod runs, or is about to, on a node of this group.
    pub fn is_on(&self, pod: &Pod, group: &str) -> bool {
        pod.node.as_deref().is_some_and(|name| self.nodes_of(group).any(|node| node.name == name))
    }

    /// The pods on the nodes of a group.
    pub fn pods_on<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Pod> {
        let names: std::collections::BTreeSet<&str> = self.nodes_of(group).map(|node| node.name.as_str()).collect();
        self.pods.iter().filter(move |pod| pod.node.as_deref().is_some_and(|name| names.contains(name)))
    }

    /// What makes a pod, where that is known.
    pub fn workload_of(&self, pod: &Pod) -> Option<&Workload> {
        let Owner::Workload(kind, name) = &pod.owner else { return None };
        self.workload(*kind, &Name::new(&pod.name.namespace, name))
    }

    /// A workload by its name.
    pub fn workload(&self, kind: Kind, name: &Name) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.kind == kind && workload.name == *name)
    }

    /// The pods that a workload made and that live.
    pub fn pods_of<'a>(&'a self, workload: &'a Workload) -> impl Iterator<Item = &'a Pod> {
        let made = |pod: &&Pod| {
            pod.name.namespace == workload.name.namespace
                && matches!(&pod.owner, Owner::Workload(kind, name) if *kind == workload.kind && *name == workload.name.name)
        };
        self.pods.iter().filter(move |pod| pod.lives() && made(pod))
    }

    /// The autoscaler of a workload.
    pub fn autoscaler_of(&self, workload: &Workload) -> Option<&Autoscaler> {
        let scales = |autoscaler: &&Autoscaler| {
            autoscaler.name.namespace == workload.name.namespace
                && autoscaler.target == (workload.kind, workload.name.name.clone())
        };
        self.autoscalers.iter().find(scales)
    }

    /// The budgets that a pod counts in.
    pub fn budgets_of<'a>(&'a self, pod: &'a Pod) -> impl Iterator<Item = &'a Budget> {
        self.budgets
            .iter()
            .filter(|budget| budget.name.namespace == pod.name.namespace && budget.selector.matches(&pod.labels))
    }
}
