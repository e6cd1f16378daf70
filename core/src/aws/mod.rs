//! Reaching AWS: clients made when first used, one budget of calls, and reads that many askers share.

mod batched_read;
mod budget;
mod clients;
mod config;
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
