//! `eksmig_route53_shift`: the share of two weighted records of one name, over any number of types.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(Route53Shift, "eksmig_route53_shift");
