//! `eksmig_preflight`: what would go wrong in a migration, told before it begins.

mod config;
mod read;
mod schema;

data_source!(Preflight, "eksmig_preflight");
