//! HCL in, state and diagnostics out. No call to AWS is made here, and no loop over steps: that is `eksmig-core`'s.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

mod applied;
mod blocks;
pub mod chart;
mod claims;
mod clusters;
pub mod command;
mod configuration;
mod data_sources;
mod drain;
mod events;
mod functions;
pub mod notices;
mod planned;
mod private;
mod provider;
mod report;
mod resources;
pub mod review;
mod saved;
mod session;
pub mod watch;

pub use provider::Eksmig;
