//! `eksmig_target_cutover`: target groups handed over from blue's targets to green's, in batches.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(TargetCutover, "eksmig_target_cutover");
