//! What can go wrong when load balancers are asked.

use crate::aws;

/// Why a question about load balancers has no answer. Cheap to clone, for a shared read hands it to many.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// AWS could not be reached, or refused.
    #[error(transparent)]
    Aws(#[from] aws::Error),
    /// The object does not exist.
    #[error("{action} {arn}: it does not exist (AWS answered {code}: {message})")]
    NotFound {
        /// What was tried.
        action: &'static str,
        /// The object's ARN.
        arn: String,
        /// AWS's error code.
        code: String,
        /// AWS's message.
        message: String,
    },
    /// AWS answered with something that its documents rule out.
    #[error("{action} {object}: cannot make sense of AWS's answer: {reason}")]
    Answer {
        /// What was tried.
        action: &'static str,
        /// The object's ARN.
        object: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl Error {
    /// Whether the same question may be answered later without anyone changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Error::Aws(error) => error.retryable(),
            Error::NotFound { .. } => false,
            Error::Answer { .. } => true,
        }
    }

    /// Whether AWS says that the object does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::NotFound { .. })
    }
}
