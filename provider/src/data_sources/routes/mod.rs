//! `eksmig_routes`: every place where a share is set, and the target groups behind it.

mod config;
mod read;
mod schema;

data_source!(Routes, "eksmig_routes");
