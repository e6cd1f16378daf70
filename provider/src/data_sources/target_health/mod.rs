//! `eksmig_target_health`: how the targets of target groups are.

mod config;
mod read;
mod schema;

data_source!(TargetHealth, "eksmig_target_health");
