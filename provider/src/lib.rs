//! HCL in, state and diagnostics out. No call to AWS is made here, and no loop over steps: that is `eksmig-core`'s.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

mod applied;
mod blocks;
mod claims;
mod clusters;
mod configuration;
mod data_sources;
mod drain;
mod functions;
mod planned;
mod private;
mod provider;
mod report;
mod resources;
mod saved;
mod session;

pub use provider::Eksmig;
