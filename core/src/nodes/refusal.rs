//! Why a migration was not begun.

use super::ground::Trouble;
use super::verdict::Judged;

/// Why nothing was begun, and nothing written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such node group.
    #[error("there is no node group {0}")]
    NoGroup(String),
    /// Pods stand in the way.
    #[error("pods on blue stand in the way: {}", pods(.0))]
    Pods(Vec<Judged>),
    /// Another migration of the same group is under way.
    #[error(
        "a migration of {blue} to {green} is under way, begun with another configuration; finish or destroy that one first"
    )]
    Another {
        /// The group that is left.
        blue: String,
        /// The group that takes over there.
        green: String,
    },
    /// The lease by which one run at a time migrates node groups of a cluster could not be had.
    #[error("this run could not be the only one that migrates node groups of the cluster: {0}")]
    NotAlone(String),
    /// Blue is deleted, or about to be.
    #[error("node group {0} is deleted or about to be, so there is no way back; apply again to finish")]
    PastReturn(String),
    /// The cluster or AWS could not be asked.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// The run was to stop before anything was begun.
    #[error("the run was stopped before anything was written")]
    Stopped,
}

fn pods(judged: &[Judged]) -> String {
    let one = |judged: &Judged| format!("Pod {} on node {}: {}", judged.pod, judged.node, judged.why);
    judged.iter().map(one).collect::<Vec<_>>().join("\n")
}
