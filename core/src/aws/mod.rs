//! Reaching AWS: clients made when first used, one budget of calls, and reads that many askers share.
//!
//! One [`Aws`] is made for a program, an account and a region, and cloned: clones share connections, credentials and the
//! budget. Nothing is asked of AWS before the first call.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eksmig_core::aws::{Aws, AwsConfig, Service};
//! use eksmig_core::clock::SystemClock;
//!
//! let config = AwsConfig {
//!     region: Some("eu-west-1".to_owned()),
//!     allowed_account_ids: vec!["123456789012".to_owned()],
//!     endpoints: [(Service::Elbv2, "http://127.0.0.1:4566".to_owned())].into(),
//!     ..AwsConfig::default()
//! };
//! let aws = Aws::new(config, Arc::new(SystemClock::new()));
//! ```

mod batched_read;
mod budget;
mod clients;
mod config;
pub(crate) mod counts;
mod error;
mod gathered_read;
mod pages;
mod port_pair;
mod service;
mod shared_read;

#[cfg(test)]
pub(crate) mod loopback;

pub(crate) use batched_read::BatchedRead;
pub use budget::Budgets;
pub(crate) use budget::{Bucket, Budget, Kind, Principal};
pub use clients::Aws;
pub use config::{App, AssumeRole, AwsConfig, DEFAULT_MAX_ATTEMPTS, StaticCredentials};
pub use error::{AccountList, CallError, Error};
pub(crate) use gathered_read::GatheredRead;
pub(crate) use pages::Pages;
pub use port_pair::{Port, PortPair};
pub use service::{Service, UnknownService};
pub(crate) use shared_read::SharedRead;
