//! The Kubernetes cluster of the tests: its API by Kubernetes's rules, its models, and its faults.

#[path = "kubernetes/bindings.rs"]
mod bindings;
#[path = "kubernetes/eviction.rs"]
mod eviction;
#[path = "kubernetes/faults.rs"]
mod faults;
#[path = "kubernetes/lists.rs"]
mod lists;
#[path = "kubernetes/records.rs"]
mod records;
#[path = "kubernetes/surge.rs"]
mod surge;
#[path = "kubernetes/writes.rs"]
mod writes;
