//! The stand on which the provider is tested: an AWS emulator, a world made in it, the real terraform, and the
//! provider's binary. What a test concludes, it reads from AWS by calls of its own, never through the provider.

pub mod alarms;
pub mod bad_day;
pub mod batches;
pub mod blocking;
pub mod calls;
pub mod diagnostics;
pub mod docs;
pub mod emulator;
pub mod faults;
pub mod gateway;
pub mod http_api;
pub mod kubernetes;
pub mod lab;
pub mod ledger;
pub mod matrix;
pub mod nodes;
pub mod patience;
pub mod plugin_host;
pub mod probe_server;
pub mod provider_binary;
pub mod providers;
pub mod record_scene;
pub mod rest_api;
pub mod route;
pub mod scene;
pub mod service;
pub mod shift;
pub mod stage;
pub mod swap;
pub mod swap_scene;
pub mod terraform;
pub mod twin;
pub mod understudy;
pub mod world;
pub mod zone;
