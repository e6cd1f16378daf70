//! What a migration does to a cluster: each is one call, and may be made twice.

use std::collections::BTreeMap;
use std::fmt;

use super::orders::Twin;
use super::picture::{Kind, Name, Sizes, Taint};

/// One call that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A patch of an object.
    Change(Change),
    /// The taints of a node, all of them: the list is replaced as a whole.
    Taints {
        /// The node.
        node: String,
        /// The version that was seen; another one is not changed.
        version: String,
        /// The taints that it is to have.
        taints: Vec<Taint>,
    },
    /// An eviction, which respects disruption budgets.
    Evict {
        /// The pod.
        pod: Name,
        /// Which of the pods that have had that name.
        uid: String,
    },
    /// A call of EKS.
    Group(GroupAct),
    /// Deletes the record of the migration.
    Forget,
}

/// A call of EKS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupAct {
    /// Tags a group.
    Tag {
        /// The group's ARN.
        arn: String,
        /// The tag.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// Takes a tag off a group.
    Untag {
        /// The group's ARN.
        arn: String,
        /// The tag.
        key: &'static str,
    },
    /// Sets how many nodes a group has.
    Resize {
        /// The group.
        group: String,
        /// The sizes.
        sizes: Sizes,
    },
    /// Adds a taint to those that a group's nodes come up with, or takes it away.
    Taint {
        /// The group.
        group: String,
        /// The taint.
        taint: Taint,
        /// Whether it is added.
        add: bool,
    },
    /// Makes a group after another.
    Clone {
        /// The group that it is made after.
        of: String,
        /// What it is to be like.
        clone: Twin,
        /// The sizes that the other had before it was frozen.
        sizes: Sizes,
    },
    /// Deletes a group.
    Delete {
        /// The group.
        group: String,
    },
}

/// An object of Kubernetes that is patched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A node.
    Node(String),
    /// A pod.
    Pod(Name),
    /// A workload.
    Workload(Kind, Name),
    /// A horizontal pod autoscaler.
    Autoscaler(Name),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Node(name) => write!(f, "Node {name}"),
            Object::Pod(name) => write!(f, "Pod {name}"),
            Object::Workload(kind, name) => write!(f, "{} {name}", kind.as_str()),
            Object::Autoscaler(name) => write!(f, "HorizontalPodAutoscaler {name}"),
        }
    }
}

/// Keys with values to set, or none to take away.
pub type Keys = BTreeMap<&'static str, Option<String>>;

/// One patch of one object: what is changed, and what stood there before, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The object.
    pub object: Object,
    /// The version that was seen; another one is not changed.
    pub version: String,
    /// Annotations.
    pub annotations: Keys,
    /// Labels.
    pub labels: Keys,
    /// How many pods.
    pub replicas: Option<u32>,
    /// The fewest and the most pods.
    pub bounds: Option<(u32, u32)>,
}

impl Change {
    /// A change of nothing yet.
    pub fn of(object: Object, version: &str) -> Self {
        let (annotations, labels) = (Keys::new(), Keys::new());
        Self { object, version: version.to_owned(), annotations, labels, replicas: None, bounds: None }
    }

    /// With an annotation.
    pub fn note(mut self, key: &'static str, value: impl ToString) -> Self {
        self.annotations.insert(key, Some(value.to_string()));
        self
    }

    /// Without an annotation.
    pub fn unnote(mut self, key: &'static str) -> Self {
        self.annotations.insert(key, None);
        self
    }

    /// With a label.
    pub fn label(mut self, key: &'static str, value: &str) -> Self {
        self.labels.insert(key, Some(value.to_owned()));
        self
    }

    /// Without a label.
    pub fn unlabel(mut self, key: &'static str) -> Self {
        self.labels.insert(key, None);
        self
    }

    /// With so many pods.
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = Some(replicas);
        self
    }

    /// With these bounds.
    pub fn bounds(mut self, min: u32, max: u32) -> Self {
        self.bounds = Some((min, max));
        self
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Change(Change { object, replicas: Some(replicas), .. }) => write!(f, "scale {object} to {replicas}"),
            Act::Change(Change { object, bounds: Some((min, max)), .. }) => {
                write!(f, "set {object} to {min} to {max} pods")
            }
            Act::Change(Change { object, labels, .. }) if !labels.is_empty() => write!(f, "label {object}"),
            Act::Change(Change { object, .. }) => write!(f, "annotate {object}"),
            Act::Taints { node, .. } => write!(f, "set the taints of Node {node}"),
            Act::Evict { pod, .. } => write!(f, "evict Pod {pod}"),
            Act::Group(GroupAct::Tag { arn, key, .. }) => write!(f, "tag {arn} with {key}"),
            Act::Group(GroupAct::Untag { arn, key }) => write!(f, "take the tag {key} off {arn}"),
            Act::Group(GroupAct::Resize { group, sizes }) => {
                write!(f, "set node group {group} to {} to {} nodes", sizes.min, sizes.max)
            }
            Act::Group(GroupAct::Taint { group, add: true, .. }) => write!(f, "taint node group {group}"),
            Act::Group(GroupAct::Taint { group, .. }) => write!(f, "take the taint off node group {group}"),
            Act::Group(GroupAct::Clone { of, clone, .. }) => {
                write!(f, "make node group {} after {of}", clone.name)
            }
            Act::Group(GroupAct::Delete { group }) => write!(f, "delete node group {group}"),
            Act::Forget => f.write_str("delete the record of the migration"),
        }
    }
}
