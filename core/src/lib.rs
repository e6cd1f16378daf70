//! Moving a share of live traffic from one side to another, in steps, gated and reversible.

pub mod clock;
pub mod engine;
pub mod schedule;
pub mod share;
