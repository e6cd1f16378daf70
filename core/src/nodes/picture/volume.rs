//! A claim of a volume.

use std::collections::BTreeSet;

use super::Name;

/// A claim, with what matters of the volume that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim {
    /// Its name.
    pub name: Name,
    /// Whether pods on several nodes may mount the volume.
    pub many_nodes: bool,
    /// The zones in which the volume can be mounted; none for everywhere.
    pub zones: BTreeSet<String>,
    /// Whether the volume is a disk of one node.
    pub local: bool,
}
