//! `eksmig_nlb_port_swap`: an API's integrations, moved between two ports of one network load balancer.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(NlbPortSwap, "eksmig_nlb_port_swap");
