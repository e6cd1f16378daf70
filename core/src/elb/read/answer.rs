//! What AWS's answers have in common: a missing object among several, a code that says so, an ARN to be read.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::aws;
use crate::elb::{ArnError, Error, Fare};

/// Reads several objects in one call; if AWS says that one of them does not exist, each by itself, so that a missing
/// one does not hide the others. What is not in the answer does not exist.
pub(super) async fn each<K, V, F, Fut>(keys: Vec<K>, fare: Fare, read: F) -> Result<BTreeMap<K, Option<V>>, Error>
where
    K: Ord + Clone,
    F: Fn(Vec<K>, Fare) -> Fut,
    Fut: Future<Output = Result<BTreeMap<K, V>, Error>>,
{
    let several = keys.len() > 1;
    match read(keys.clone(), fare).await {
        Ok(mut found) => Ok(keys.into_iter().map(|key| (key.clone(), found.remove(&key))).collect()),
        Err(error) if error.is_not_found() && several => {
            let mut all = BTreeMap::new();
            for key in keys {
                let value = match read(vec![key.clone()], Fare::InLine).await {
                    Ok(mut found) => found.remove(&key),
                    Err(error) if error.is_not_found() => None,
                    Err(error) => return Err(error),
                };
                all.insert(key, value);
            }
            Ok(all)
        }
        Err(error) if error.is_not_found() => Ok(keys.into_iter().map(|key| (key, None)).collect()),
        Err(error) => Err(error),
    }
}

/// Codes that say that an object does not exist.
const NOT_FOUND: [&str; 4] = ["ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound"];

/// What a call ended with, with what does not exist apart from all else.
pub(super) fn failed<E>(action: &'static str, object: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match aws::Error::call(action, object, error) {
        aws::Error::Call(call) => match &call.code {
            Some(code) if NOT_FOUND.contains(&code.as_str()) => {
                Error::NotFound { action, arn: object.to_owned(), code: code.clone(), message: call.message.clone() }
            }
            _ => Error::Aws(aws::Error::Call(call)),
        },
        error => Error::Aws(error),
    }
}

fn answer(action: &'static str, object: &str, reason: impl Into<String>) -> Error {
    Error::Answer { action, object: object.to_owned(), reason: reason.into() }
}

/// The ARN in an answer, read.
pub(super) fn named<T>(
    action: &'static str,
    object: &str,
    arn: Option<&str>,
    parse: impl Fn(&str) -> Result<T, ArnError>,
) -> Result<T, Error> {
    let arn = arn.ok_or_else(|| answer(action, object, "it lists an object without an ARN"))?;
    parse(arn).map_err(|error| answer(action, object, error.to_string()))
}
