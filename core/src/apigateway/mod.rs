//! API Gateway in front of a network load balancer.
pub mod apis;
mod change;
pub mod deployments;
pub mod difference;
mod error;
mod export;
mod fare;
mod http;
pub mod integration;
pub mod label;
pub mod port_swap;
mod rest;
pub mod uri;
pub mod view;

pub use apis::Apis;
pub use error::Error;
pub use view::ApiId;
