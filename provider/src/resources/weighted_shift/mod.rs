//! `eksmig_weighted_shift`: the share of two target groups, over any number of listeners and rules.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(WeightedShift, "eksmig_weighted_shift");
