//! How a twin's calls are made: within the budget, and with an ear for a stop.

use std::future::Future;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio_util::sync::CancellationToken;

use super::described;
use super::error::TwinError;
use super::tags::{TagChange, Tags};
use crate::aws::{self, Aws, Kind};
use crate::elb::Fare;

/// How long a write in flight may take to answer once the run is to stop. A resource answers within two seconds of a
/// stop.
const GRACE: Duration = Duration::from_millis(1500);

/// Makes calls until it is to stop.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    aws: &'a Aws,
    stop: &'a CancellationToken,
}

impl<'a> Writer<'a> {
    /// Calls by this configuration until this stop.
    pub(crate) fn new(aws: &'a Aws, stop: &'a CancellationToken) -> Self {
        Self { aws, stop }
    }

    /// The client, once the budget has room for one write.
    ///
    /// # Errors
    ///
    /// AWS cannot be reached, or the stop came first: then nothing is written.
    pub(crate) async fn room(&self) -> Result<&'a Client, TwinError> {
        let room = async {
            let client = self.aws.elbv2().await?;
            Fare::InLine.pay(self.aws, Kind::Write).await?;
            Ok::<_, TwinError>(client)
        };
        self.reading(room).await
    }

    /// The end of something that changes nothing, which a stop cuts short.
    ///
    /// # Errors
    ///
    /// Its own, or the stop.
    pub(crate) async fn reading<T, E: Into<TwinError>>(
        &self,
        reading: impl Future<Output = Result<T, E>>,
    ) -> Result<T, TwinError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(TwinError::Stopped),
            read = reading => read.map_err(Into::into),
        }
    }

    /// The end of a write, which a stop gives a little more time. What is cut short may have been written.
    ///
    /// # Errors
    ///
    /// Its own, or the stop.
    pub(crate) async fn writing<T>(&self, writing: impl Future<Output = Result<T, TwinError>>) -> Result<T, TwinError> {
        let patience = async {
            self.stop.cancelled().await;
            self.aws.clock().sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            written = writing => written,
            () = patience => Err(TwinError::Stopped),
        }
    }

    /// Waits.
    ///
    /// # Errors
    ///
    /// The stop.
    pub(crate) async fn sleep(&self, length: Duration) -> Result<(), TwinError> {
        let clock = self.aws.clock();
        let sleeping = async {
            clock.sleep(length).await;
            Ok::<_, TwinError>(())
        };
        self.reading(sleeping).await
    }

    /// Writes and removes tags. `live` is what is true, also where it ends with an error.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn write_tags(&self, arn: &str, live: &mut Tags, change: TagChange) -> Result<(), TwinError> {
        let TagChange { set, remove } = change;
        if !set.is_empty() {
            let request = self.room().await?.add_tags().resource_arns(arn).set_tags(described::tags(&set));
            self.writing(async { called("write the tags of", arn, request.send().await) }).await?;
            live.extend(set);
        }
        if !remove.is_empty() {
            let request = self.room().await?.remove_tags().resource_arns(arn).set_tag_keys(Some(remove.clone()));
            self.writing(async { called("remove tags of", arn, request.send().await) }).await?;
            live.retain(|key, _| !remove.contains(key));
        }
        Ok(())
    }
}

/// What came of a call whose answer says nothing new.
pub(crate) fn called<T, E>(
    action: &'static str,
    object: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), TwinError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    Ok(answer.map(drop).map_err(|error| aws::Error::call(action, object, error))?)
}
