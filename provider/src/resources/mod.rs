//! The managed resources: a folder each, with the same files in every one.

pub mod nlb_listener_twin;
pub mod nlb_port_swap;
pub mod route53_shift;
pub mod target_cutover;
pub mod target_group_twin;
pub mod weighted_shift;
