//! A managed node group.

use super::{Labels, Taint};

/// How many nodes a group has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// How many there are to be.
    pub desired: u32,
}

/// What a node group is at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum GroupStatus {
    /// Nothing is going on.
    #[default]
    Active,
    /// It is being made or changed: EKS's word for it.
    Busy(String),
    /// It is being deleted.
    Deleting,
    /// It failed, with what EKS says of it.
    Failed(String),
}

/// A managed node group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it is at.
    pub status: GroupStatus,
    /// Its size.
    pub sizes: Sizes,
    /// The taints that its nodes come up with.
    pub taints: Vec<Taint>,
    /// Its tags.
    pub tags: Labels,
    /// Its instance types, as far as it names them itself.
    pub instance_types: Vec<String>,
}
