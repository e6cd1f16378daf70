//! Reaching a Kubernetes cluster: a client made when first used, calls that are bounded and tried again, and errors that
//! say which cluster answered what.
//!
//! | file | what it has |
//! |---|---|
//! | `access` | how to reach a cluster, as plain data |
//! | `cluster` | a cluster, and the one way that calls to it are made |
//! | `connection` | the client that an access leads to |
//! | `eks` | what EKS says of its cluster |
//! | `token` | the token by which EKS knows an AWS identity (pure) |
//! | `bearer` | who puts the token on each request, and renews it |
//! | `error`, `call_error` | what can go wrong |
//! | `list` | whole lists, page by page |
//! | `eviction` | asking for a pod's eviction, with its preconditions |
//! | `gitops` | which GitOps controller tracks an object (pure) |
//! | `object` | what can be read from a cluster |
//!
//! `kube`'s own `Api::evict` is not used, for it writes its options under a name that API servers ignore; and its retries
//! are off, for they would repeat an eviction that a disruption budget holds back, fifteen times.

mod access;
mod bearer;
mod call_error;
mod cluster;
mod connection;
mod eks;
mod error;
mod eviction;
mod gitops;
mod list;
mod object;
mod token;

pub use access::Access;
pub use call_error::{CallError, Cause};
pub use cluster::Cluster;
pub use error::Error;
pub use eviction::Eviction;
pub use gitops::{GitOps, Tracked};
pub use object::Object;

/// Whether a call changes something, and so may not be repeated when nobody knows whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Reads,
    /// Changes something.
    Writes,
}

/// The name under which fields that we set are owned (Kubernetes: server-side apply, field managers).
pub(crate) const FIELD_MANAGER: &str = "eksmig";
