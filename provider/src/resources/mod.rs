//! The managed resources: a folder each, with the same files in every one.

pub mod route53_shift;
pub mod target_cutover;
pub mod weighted_shift;
