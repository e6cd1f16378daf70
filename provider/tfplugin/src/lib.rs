//! Terraform's plugin protocol 6, so that a provider is a few traits.
//!
//! | I want to | I go to |
//! |---|---|
//! | offer something to HCL | [`Provider`], [`Resource`], [`DataSource`], [`Function`] |
//! | say what may be written | [`Schema`], [`schema::Attribute`], [`schema::checks`] |
//! | read what was written | [`Reader`], [`Field`], [`Value`] |
//! | tell the user | [`Diagnostic`], [`Diagnostics`], [`Path`] |
//! | be started by Terraform | [`run`], [`log::init`] |
//!
//! What a resource's author can rely on: a panic becomes an error on that object alone; an error never loses an object
//! that was there; numbers keep every digit; `stop` is cancelled when Terraform wants to end.

mod data_source;
mod deadline;
mod diagnostic;
mod function;
mod handshake;
pub mod json;
pub mod log;
mod mismatch;
pub mod msgpack;
mod number;
mod path;
pub mod proto;
mod provider;
mod reader;
mod refinement;
mod resource;
#[cfg(test)]
mod sample;
pub mod schema;
mod serve;
mod server;
mod socket;
mod stop;
mod tls;
mod trail;
mod ty;
mod value;

pub use async_trait::async_trait;
pub use tokio_util::sync::CancellationToken;

pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use function::{Function, FunctionError, Parameter, Signature};
pub use mismatch::Mismatch;
pub use number::{Number, NumberError};
pub use path::{Path, Step};
pub use provider::{ConfigureRequest, Provider};
pub use reader::{Field, Reader};
pub use refinement::Refinement;
pub use resource::{
    ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, MoveRequest, MoveResponse, PlanRequest, PlanResponse,
    ReadRequest, ReadResponse, Resource, UpgradeRequest,
};
pub use schema::{Attribute, Block, Nesting, Schema};
pub use serve::{Options, run};
pub use ty::{Type, TypeError};
pub use value::Value;
