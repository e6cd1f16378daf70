//! What can go wrong between us and a cluster.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::Error as HttpError;

use crate::aws;
use crate::causes::causes;
use crate::kubernetes::call_error::{CallError, UNTRUSTED};

/// Why a cluster could not be reached, or what it answered. Cheap to clone.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A setting that leads to no client.
    #[error("reach cluster {cluster} by {setting}: {reason}")]
    Setting {
        /// The cluster, as the configuration calls it.
        cluster: String,
        /// The setting, as users know it.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// EKS could not be asked where the cluster is, or there are no credentials to sign a token with.
    #[error(transparent)]
    Aws(#[from] aws::Error),
    /// A call that failed.
    #[error(transparent)]
    Call(Arc<CallError>),
}

impl Error {
    /// The error of a call that failed: what was tried (a verb phrase), on which object, in which cluster, and what came
    /// back.
    pub(super) fn call(action: &'static str, object: &str, cluster: String, error: kube::Error) -> Self {
        if let Some(error) = chain(&error).find_map(|error| error.downcast_ref::<aws::Error>()) {
            return Error::Aws(error.clone());
        }
        let mut call = CallError::new(action, object, cluster, String::new());
        match error {
            kube::Error::Api(status) => call.answered(*status),
            other => {
                // Nothing was sent where no connection came up.
                let unreached =
                    chain(&other).any(|error| error.downcast_ref::<HttpError>().is_some_and(HttpError::is_connect));
                let sent = matches!(other, kube::Error::Service(_) | kube::Error::HyperError(_));
                call.without_effect = unreached || !sent && !matches!(other, kube::Error::SerdeError(_));
                call.retryable = sent;
                let kind = match &other {
                    _ if unreached => "could not reach its API server",
                    kube::Error::SerdeError(_) => "could not read its API server's answer",
                    _ => "got no answer from its API server",
                };
                // The outermost layer only names itself.
                let why = StdError::source(&other).map_or_else(|| other.to_string(), causes);
                call.retryable &= !why.contains(UNTRUSTED);
                call.message = format!("{kind}: {why}");
                call.source = Some(other.into());
            }
        }
        Error::Call(Arc::new(call))
    }

    /// The error of a call that took too long. Nobody knows whether it had an effect.
    pub(super) fn late(action: &'static str, object: &str, cluster: String, limit: Duration) -> Self {
        Self::unanswered(action, object, cluster, format!("got no answer from its API server in {} s", limit.as_secs()))
    }

    /// The error of a call whose answer never came, or makes no sense.
    pub(super) fn unanswered(action: &'static str, object: &str, cluster: String, message: String) -> Self {
        Error::Call(Arc::new(CallError::new(action, object, cluster, message)))
    }

    /// The HTTP status, where the API server answered.
    pub(crate) fn code(&self) -> Option<u16> {
        self.as_call().and_then(|call| call.code)
    }

    /// The call that failed, if one did.
    pub(crate) fn as_call(&self) -> Option<&CallError> {
        match self {
            Error::Call(call) => Some(call),
            Error::Setting { .. } | Error::Aws(_) => None,
        }
    }

    /// Whether the object, or the kind of object, does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// Whether someone else wrote the object meanwhile, or owns the field, or the object exists already.
    pub(crate) fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// Whether the same attempt may succeed later without anyone changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Error::Setting { .. } => false,
            Error::Aws(error) => error.retryable(),
            Error::Call(call) => call.retryable,
        }
    }
}

/// The error and all that caused it.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
