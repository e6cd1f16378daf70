//! `eksmig_workloads` tells how each service of a cluster is reached, and what moves it.

#[path = "acceptance_workloads/found.rs"]
mod found;
#[path = "acceptance_workloads/reached.rs"]
mod reached;
#[path = "acceptance_workloads/scene.rs"]
mod scene;
