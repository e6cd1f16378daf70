//! What can go wrong between us and a cluster.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::Error as HttpError;

use crate::aws;
use crate::causes::causes;

/// What rustls says of a server that nobody vouches for.
const UNTRUSTED: &str = "invalid peer certificate";

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

/// One of the causes that an API server gives with an error (Kubernetes API: `StatusCause`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// For machines, `DisruptionBudget` for example.
    pub reason: String,
    /// For people.
    pub message: String,
    /// The field that it is about; empty where it is about none.
    pub field: String,
}

/// A call to a cluster that failed, after all its attempts.
#[derive(Debug)]
pub struct CallError {
    /// What was tried: a verb phrase that the object completes, "evict pod" for example.
    pub action: &'static str,
    /// The object: its namespace and name, or what was listed.
    pub object: String,
    /// The cluster, as the configuration calls it and as it is reached.
    pub cluster: String,
    /// The HTTP status, where the API server answered.
    pub code: Option<u16>,
    /// The API server's reason, a word, where it gave one.
    pub reason: String,
    /// The API server's message, or the cause where there was no answer.
    pub message: String,
    /// What the API server says it comes from.
    pub causes: Vec<Cause>,
    /// Whether the same call may succeed later without anyone changing anything.
    pub retryable: bool,
    /// How long the API server wants to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the request is known not to have had an effect.
    pub(super) without_effect: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CallError {
    /// Whether a disruption budget holds an eviction back.
    pub(crate) fn is_disruption_budget(&self) -> bool {
        self.has_cause("DisruptionBudget")
    }

    /// Whether one of the causes has this reason.
    pub(crate) fn has_cause(&self, reason: &str) -> bool {
        self.causes.iter().any(|cause| cause.reason == reason)
    }

    /// What a person can do about it.
    fn advice(&self) -> Option<&'static str> {
        if self.message.contains(UNTRUSTED) {
            return Some(
                "the CA certificate that is known for the cluster does not vouch for whoever answered: check it, and the \
                 address",
            );
        }
        Some(match self.code? {
            401 => {
                "it does not know who asks: check that the token or credentials are not expired, that the cluster's name \
                 and region are those of this API server, that this machine's clock is right, and, in EKS, that the IAM \
                 role has an access entry (or a line in aws-auth)"
            }
            403 => {
                "it knows who asks and does not allow this: grant it by a ClusterRole that is bound to this user or group, \
                 or by an access policy of its EKS access entry"
            }
            _ => return None,
        })
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} in cluster {}: ", self.action, self.object, self.cluster)?;
        match self.code {
            Some(code) if self.reason.is_empty() => write!(f, "its API server answered {code}: {}", self.message)?,
            Some(code) => write!(f, "its API server answered {code} {}: {}", self.reason, self.message)?,
            None => f.write_str(&self.message)?,
        }
        for cause in self.causes.iter().filter(|cause| !self.message.contains(&cause.message)) {
            write!(f, "; {}: {}", cause.reason, cause.message)?;
        }
        self.advice().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl Error {
    /// The error of a call that failed: what was tried (a verb phrase), on which object, in which cluster, and what came
    /// back.
    pub(super) fn call(action: &'static str, object: &str, cluster: String, error: kube::Error) -> Self {
        if let Some(error) = chain(&error).find_map(|error| error.downcast_ref::<aws::Error>()) {
            return Error::Aws(error.clone());
        }
        let mut call = CallError {
            action,
            object: object.to_owned(),
            cluster,
            code: None,
            reason: String::new(),
            message: String::new(),
            causes: Vec::new(),
            retryable: true,
            retry_after: None,
            without_effect: false,
            source: None,
        };
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
        Error::Call(Arc::new(CallError {
            action,
            object: object.to_owned(),
            cluster,
            code: None,
            reason: String::new(),
            message,
            causes: Vec::new(),
            retryable: true,
            retry_after: None,
            without_effect: false,
            source: None,
        }))
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

impl CallError {
    /// Notes what the API server answered.
    fn answered(&mut self, status: kube::core::Status) {
        if status.code == 0 {
            // A proxy's error, for example: JSON, but not Kubernetes's.
            self.message =
                format!("got an error from its API server that says nothing of a status: {}", status.message);
            return;
        }
        self.code = Some(status.code);
        // Too many requests are turned away before they are looked at (Kubernetes: API priority and fairness).
        self.without_effect = status.code < 500;
        self.retryable = status.code == 429 || status.code >= 500;
        // What kube puts there where the answer was no JSON.
        self.reason = Some(status.reason).filter(|reason| reason != "Failed to parse error data").unwrap_or_default();
        self.message = status.message;
        let Some(details) = status.details else { return };
        let seconds = u64::from(details.retry_after_seconds);
        self.retry_after = (seconds > 0).then(|| Duration::from_secs(seconds));
        let cause = |cause: kube::core::response::StatusCause| Cause {
            reason: cause.reason,
            message: cause.message,
            field: cause.field,
        };
        self.causes = details.causes.into_iter().map(cause).collect();
    }
}

/// The error and all that caused it.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
