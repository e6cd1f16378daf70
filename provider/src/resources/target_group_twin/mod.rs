//! `eksmig_target_group_twin`: a target group for the green cluster, made after the one that blue has.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(TargetGroupTwin, "eksmig_target_group_twin");
