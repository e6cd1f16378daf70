//! A pod.

use super::{Kind, Labels, Name, Requirement, Toleration};
use crate::nodes::names::COST;

/// Who made a pod and makes it again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Owner {
    /// Nobody: once it is gone, it is gone.
    #[default]
    Nobody,
    /// The node's own kubelet, from a file.
    Kubelet,
    /// A controller whose ways are known, by name. The replica sets of deployments stand for those.
    Workload(Kind, String),
    /// A controller of another kind: the kind, and its name.
    Other(String, String),
}

/// How far a pod is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Not running yet.
    Pending,
    /// Running.
    #[default]
    Running,
    /// Over, with or without success.
    Finished,
}

/// A pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pod {
    /// Its name.
    pub name: Name,
    /// What tells it from others of the same name before and after it.
    pub uid: String,
    /// The version of the object that was seen.
    pub version: String,
    /// The node that it is bound to.
    pub node: Option<String>,
    /// Its IP address, once it has one.
    pub address: Option<String>,
    /// How far it is.
    pub phase: Phase,
    /// Whether it is ready to serve.
    pub ready: bool,
    /// Whether its deletion has begun.
    pub deleting: bool,
    /// Who made it.
    pub owner: Owner,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Labels,
    /// The labels that its node has to have.
    pub node_selector: Labels,
    /// What else its node has to be like: one of these, if there are any.
    pub affinity: Vec<Requirement>,
    /// What it puts up with.
    pub tolerations: Vec<Toleration>,
    /// The claims whose volumes it mounts.
    pub claims: Vec<String>,
    /// Its volumes that live and die with it.
    pub empty_dirs: Vec<String>,
    /// Its volumes that are folders of the node.
    pub host_paths: Vec<String>,
    /// Whether it is to be spread strictly over zones or nodes.
    pub strictly_spread: bool,
}

impl Pod {
    /// Whether it is there to stay: neither over nor about to be deleted.
    pub fn lives(&self) -> bool {
        !self.deleting && self.phase != Phase::Finished
    }

    /// Whether it serves, and is there to stay.
    pub fn serves(&self) -> bool {
        self.ready && self.lives()
    }

    /// What its deletion costs, where that is said.
    pub fn cost(&self) -> Option<&str> {
        self.annotations.get(COST).map(String::as_str)
    }
}
