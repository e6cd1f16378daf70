//! `eksmig_workloads`: how the services of a cluster are reached, and what moves each to another.

mod config;
mod read;
mod schema;

data_source!(Workloads, "eksmig_workloads");
