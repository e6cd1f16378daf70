//! `eksmig_node_group_migration` under the real terraform.

#[path = "node_group_migration/alone.rs"]
mod alone;
#[path = "node_group_migration/backed.rs"]
mod backed;
#[path = "node_group_migration/crash.rs"]
mod crash;
#[path = "node_group_migration/refusals.rs"]
mod refusals;
#[path = "node_group_migration/whole.rs"]
mod whole;

/// Green, made after blue, with all that is surged surged at once.
const CLONE: &str = "green = { clone = { node_group = \"green\" } }\n  batch = { surge = 30, evict = 10 }";
