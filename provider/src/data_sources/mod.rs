//! The data sources: a folder each, with the same files in every one.

pub mod preflight;
pub mod routes;
pub mod target_health;
pub mod workloads;
