//! The managed resources: a folder each, with the same files in every one.

pub mod weighted_shift;
