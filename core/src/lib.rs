//! Moving a share of live traffic from one side to another, in steps, gated and reversible.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

pub mod apigateway;
pub mod aws;
mod causes;
pub mod clock;
pub mod drain;
pub mod elb;
pub mod engine;
pub mod gates;
pub mod kubernetes;
pub mod nodes;
pub mod preflight;
pub mod route53;
pub mod schedule;
pub mod share;
pub mod survey;
