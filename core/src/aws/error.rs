//! What can go wrong between us and AWS.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use crate::causes::causes;

/// Why AWS could not be reached, or what it answered. Cheap to clone, for a shared read hands it to many.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the configuration nor the SDK's chain names a region.
    #[error(
        "find no AWS region: set `region` in the configuration, AWS_REGION in the environment, or `region` in the profile"
    )]
    NoRegion,
    /// Neither the configuration nor the SDK's chain has credentials that work.
    #[error(
        "find no working AWS credentials to {action} {object}: sign in again, set `profile`, or provide AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a web identity or an instance role; the chain says: {reason}"
    )]
    NoCredentials {
        /// What was to be done with them: a verb phrase that the object completes.
        action: &'static str,
        /// The object: an ARN, an id or a name.
        object: String,
        /// What the chain said.
        reason: String,
        /// Whether it may say otherwise later: its own service could not be reached.
        retryable: bool,
        /// The failure underneath.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
    /// The credentials belong to an account that must not be touched.
    #[error("refuse to work in AWS account {account}: {list}")]
    WrongAccount {
        /// The account that the credentials belong to.
        account: String,
        /// The list that rules it out.
        list: AccountList,
    },
    /// A setting that the SDK does not take.
    #[error("use {setting} for calls to AWS: {reason}")]
    Setting {
        /// The setting, as users know it.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// AWS answered with something that its documents rule out.
    #[error("{action} {object}: cannot make sense of AWS's answer: {reason}")]
    Answer {
        /// What was tried: a verb phrase that the object completes.
        action: &'static str,
        /// The object: an ARN, an id or a name.
        object: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// A call that failed.
    #[error(transparent)]
    Call(Arc<CallError>),
}

/// The list that rules an account out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountList {
    /// The account is not among these.
    Allowed(Vec<String>),
    /// The account is among these.
    Forbidden(Vec<String>),
}

impl fmt::Display for AccountList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccountList::Allowed(ids) => write!(f, "it is not in `allowed_account_ids` ({})", ids.join(", ")),
            AccountList::Forbidden(ids) => write!(f, "it is in `forbidden_account_ids` ({})", ids.join(", ")),
        }
    }
}

/// A call to AWS that failed, after the SDK's own attempts.
#[derive(Debug)]
pub struct CallError {
    /// What was tried: a verb phrase that the object completes, "describe the rules of" for example.
    pub action: &'static str,
    /// The object: an ARN, an id or a name.
    pub object: String,
    /// AWS's error code, where AWS answered with one.
    pub code: Option<String>,
    /// AWS's message, or the cause where there was no answer.
    pub message: String,
    /// The id that AWS's support asks for.
    pub request_id: Option<String>,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.action, self.object)?;
        match &self.code {
            Some(code) => write!(f, "AWS answered {code}: {}", self.message)?,
            None => f.write_str(&self.message)?,
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Codes that AWS's services use for "too fast" and "not now". The SDK retries most of them; here they say
/// whether asking again later makes sense. (AWS General Reference, common errors; ELB API: HealthUnavailable.)
const PASSING: [&str; 20] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "HealthUnavailable",
    "InternalError",
    "InternalFailure",
    "InternalServiceError",
    "InternalServiceFault",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

impl Error {
    /// The error of a call that failed: what was tried (a verb phrase), on which object, and what came back.
    ///
    /// The SDK's error itself is not kept, only what caused it: its `Debug` prints the whole reply, and a reply of
    /// STS holds credentials.
    pub(crate) fn call<E>(action: &'static str, object: impl Into<String>, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let request_id = error.request_id().map(str::to_owned);
        let status = error.raw_response().map(|reply| reply.status().as_u16());
        let service = error.as_service_error();
        let code = service.and_then(ProvideErrorMetadata::code).map(str::to_owned);
        let message = service.and_then(ProvideErrorMetadata::message).map(str::to_owned);
        let kind = match &error {
            SdkError::ConstructionFailure(_) => "could not make the request",
            SdkError::TimeoutError(_) => "got no answer in time",
            SdkError::DispatchFailure(_) => "could not reach AWS",
            SdkError::ResponseError(_) => "could not read AWS's answer",
            _ => "AWS answered with an error",
        };
        let retryable = match &error {
            SdkError::ConstructionFailure(_) => false,
            SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
            // All but what the request itself is to blame for.
            SdkError::DispatchFailure(failure) => !failure.is_user(),
            _ => {
                code.as_deref().is_some_and(|code| PASSING.contains(&code))
                    || status.is_some_and(|status| status == 429 || status >= 500)
            }
        };
        let source = match error.into_source() {
            Ok(source) => source,
            Err(error) => error.to_string().into(),
        };
        if let Some(failure) = credentials_failure(source.as_ref()) {
            let (reason, retryable) = (causes(failure), unreached(failure));
            return Error::NoCredentials { action, object: object.into(), reason, retryable, source: source.into() };
        }
        let message = message.unwrap_or_else(|| match status {
            Some(status) if code.is_none() => format!("{kind} (HTTP status {status}): {}", causes(source.as_ref())),
            _ => format!("{kind}: {}", causes(source.as_ref())),
        });
        let object = object.into();
        Error::Call(Arc::new(CallError { action, object, code, message, request_id, retryable, source }))
    }

    /// The error of what has to be signed and cannot be: what was tried (a verb phrase), on which object, and what the
    /// chain said.
    pub(crate) fn credentials(action: &'static str, object: impl Into<String>, error: CredentialsError) -> Self {
        let (reason, retryable) = (causes(&error), unreached(&error));
        Error::NoCredentials { action, object: object.into(), reason, retryable, source: Arc::new(error) }
    }

    /// AWS's error code, where a call failed with one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Call(call) => call.code.as_deref(),
            _ => None,
        }
    }

    /// Whether the same attempt may succeed later without anyone changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Error::Call(call) => call.retryable,
            Error::NoCredentials { retryable, .. } => *retryable,
            Error::Answer { .. } => true,
            Error::NoRegion | Error::WrongAccount { .. } | Error::Setting { .. } => false,
        }
    }
}

/// The error and all that caused it.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What the credentials chain said, if it is why the call failed.
fn credentials_failure<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    chain(error).find(|error| error.is::<CredentialsError>())
}

/// Whether the chain asked a service that did not answer, and so may have credentials later.
fn unreached(failure: &(dyn StdError + 'static)) -> bool {
    let timed_out = matches!(failure.downcast_ref(), Some(CredentialsError::ProviderTimedOut(_)));
    timed_out || chain(failure).any(|error| error.is::<ConnectorError>())
}
