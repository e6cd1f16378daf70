//! `eksmig_nlb_listener_twin`: a listener of a network load balancer for the green cluster, on a port of its own.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(NlbListenerTwin, "eksmig_nlb_listener_twin");
