//! What makes pods.

use super::{Labels, Name};

/// The kinds of controllers whose ways are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A Deployment.
    Deployment,
    /// A ReplicaSet that no deployment made.
    ReplicaSet,
    /// A StatefulSet.
    StatefulSet,
    /// A DaemonSet.
    DaemonSet,
    /// A Job.
    Job,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Deployment, Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet, Kind::Job];

    /// The kind as Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Deployment => "Deployment",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::StatefulSet => "StatefulSet",
            Kind::DaemonSet => "DaemonSet",
            Kind::Job => "Job",
        }
    }

    /// The kind that Kubernetes writes so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Something that makes pods. Cheaper than the object: only what a migration asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// The version of the object that was seen.
    pub version: String,
    /// How many pods it is to have.
    pub replicas: u32,
    /// Whether a rollout is under way: its pods are not all of one template yet.
    pub rolling: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether it deletes its pods before it makes new ones.
    pub recreates: bool,
    /// Its annotations.
    pub annotations: Labels,
}

impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}
