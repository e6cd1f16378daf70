//! A call to a cluster that failed, and what a person can do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What rustls says of a server that nobody vouches for.
pub(super) const UNTRUSTED: &str = "invalid peer certificate";

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
    pub(super) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CallError {
    /// A call of which nobody knows whether it had an effect.
    pub(super) fn new(action: &'static str, object: &str, cluster: String, message: String) -> Self {
        Self {
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
        }
    }

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

impl CallError {
    /// Notes what the API server answered.
    pub(super) fn answered(&mut self, status: kube::core::Status) {
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
