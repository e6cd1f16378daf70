//! Writing records: one batch at a time for a zone in this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_route53::types::{Change, ChangeBatch};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use crate::aws::{Aws, Error, Kind, Service};
use crate::route53::change_line::{ChangeLine, Unsent};
use crate::route53::name::RecordName;
use crate::route53::read::Route53Reader;

/// How long a batch waits for the changes of others: far less than it takes to reach every name server.
const GATHER: Duration = Duration::from_secs(1);

type Lock = tokio::sync::Mutex<()>;
/// A name in a zone.
type Place = (String, RecordName);

/// How urgent a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// It waits a moment for the changes of others, to go with them.
    Joining,
    /// It takes traffic back: it goes at once, with those that wait.
    AtOnce,
    /// It goes at once and alone, for AWS refused it together with others.
    Alone,
}

/// Writes what [`Route53Reader`] reads. Cheap to clone; clones share the locks and the lines.
#[derive(Debug, Clone)]
pub struct Route53Writer {
    aws: Aws,
    reader: Route53Reader,
    /// A process meets few, so that they are never thrown away.
    locks: Arc<Mutex<BTreeMap<Place, Arc<Lock>>>>,
    /// By zone.
    lines: Arc<Mutex<BTreeMap<String, Arc<ChangeLine>>>>,
}

impl Route53Writer {
    /// A writer that has `reader` forget what it writes.
    pub fn new(aws: Aws, reader: Route53Reader) -> Self {
        Self { aws, reader, locks: Arc::default(), lines: Arc::default() }
    }

    /// Holds a name until the guard is dropped, so that what is read before a write is still true when it arrives.
    pub(crate) async fn hold(&self, zone_id: &str, name: &RecordName) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry((zone_id.to_owned(), name.clone())).or_default())
        };
        lock.lock_owned().await
    }

    /// Sends changes in one batch, which AWS carries out as a whole or not at all; the change's id. While another change
    /// of the zone is under way AWS answers `PriorRequestNotComplete`, which the SDK takes for throttling and waits out.
    ///
    /// # Errors
    ///
    /// `Unsent`, after the SDK's own retries.
    pub(crate) async fn change(
        &self,
        zone_id: &str,
        changes: Vec<Change>,
        urgency: Urgency,
        stop: &CancellationToken,
    ) -> Result<String, Unsent> {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lines.entry(zone_id.to_owned()).or_default())
        };
        let turn = || async {
            if urgency == Urgency::Joining {
                self.aws.clock().sleep(GATHER).await;
            }
            self.aws.take(Service::Route53, Kind::Write).await
        };
        if urgency == Urgency::Alone {
            let posted = async {
                let _head = line.head().await;
                turn().await?;
                self.post(zone_id, changes).await
            };
            return posted.await.map_err(|error| Unsent::Answered { error, joined: false });
        }
        line.send(changes, stop, turn, |changes| self.post(zone_id, changes)).await
    }

    async fn post(&self, zone_id: &str, changes: Vec<Change>) -> Result<String, Error> {
        const ACTION: &str = "change records of hosted zone";
        let client = self.aws.route53().await?;
        let unsendable = |reason: String| Error::Answer { action: ACTION, object: zone_id.to_owned(), reason };
        let batch = ChangeBatch::builder().set_changes(Some(changes)).build();
        let batch = batch.map_err(|error| unsendable(error.to_string()))?;
        let answer = client.change_resource_record_sets().hosted_zone_id(zone_id).change_batch(batch).send().await;
        // Forgotten in both cases: a write that failed may have gone through all the same.
        self.reader.forget(zone_id);
        let answer = answer.map_err(|error| Error::call(ACTION, zone_id, error))?;
        let change = answer.change_info().ok_or_else(|| unsendable("it names no change".to_owned()))?;
        Ok(change.id().to_owned())
    }
}
