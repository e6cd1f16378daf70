//! The names that a migration leaves on objects, and those of others that it reads.

/// What stood in an object before this migration changed it, written in the same patch as the change.
pub const ORIGINAL: &str = "eksmig/original";
/// Marks a node whose scale-down was disabled by a migration, so that it is enabled again by it alone.
pub const KEPT: &str = "eksmig/scale-down-disabled";
/// Marks a node that was taken out of the load balancers by a migration.
pub const EXCLUDED: &str = "eksmig/excluded";
/// The key of the taint that keeps pods off blue.
pub const TAINT: &str = "eksmig/migrating";
/// The tags of a node group with its size before: as the annotation of objects, in the terms of node groups.
pub const SIZES_TAG: &str = "eksmig:original-sizes";
/// The tag of a node group that a migration made, with that migration's name.
pub const MADE_TAG: &str = "eksmig:made-by";

/// The label by which EKS says which managed node group a node is of.
pub const NODE_GROUP: &str = "eks.amazonaws.com/nodegroup";
/// The zone of a node. (Kubernetes, well-known labels.)
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// The name of a node's host.
pub const HOST: &str = "kubernetes.io/hostname";
/// Keeps the cluster autoscaler from removing a node. (Cluster Autoscaler FAQ.)
pub const NO_SCALE_DOWN: &str = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
/// Keeps a node out of the load balancers; its presence counts, not its value. (Kubernetes, well-known labels.)
pub const EXCLUDE: &str = "node.kubernetes.io/exclude-from-external-load-balancers";
/// Lower is deleted first, among ready pods of one replica set. (Kubernetes, ReplicaSet.)
pub const COST: &str = "controller.kubernetes.io/pod-deletion-cost";
/// A pod's wish not to be disturbed, meant for the cluster autoscaler.
pub const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
/// A pod's wish not to be disturbed, meant for Karpenter.
pub const DO_NOT_DISRUPT: &str = "karpenter.sh/do-not-disrupt";
/// What marks a pod that a kubelet runs by itself, and that no API deletes.
pub const MIRROR: &str = "kubernetes.io/config.mirror";
