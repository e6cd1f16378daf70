//! Writing records: one batch at a time for a zone in this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_route53::types::{Change, ChangeBatch};
use tokio::sync::OwnedMutexGuard;

use crate::aws::{Aws, Error, Kind, Service};
use crate::route53::read::Route53Reader;

type Lock = tokio::sync::Mutex<()>;

/// Writes what [`Route53Reader`] reads. Cheap to clone; clones share the locks.
#[derive(Debug, Clone)]
pub struct Route53Writer {
    aws: Aws,
    reader: Route53Reader,
    /// By zone: a process meets few, so that they are never thrown away.
    locks: Arc<Mutex<BTreeMap<String, Arc<Lock>>>>,
}

impl Route53Writer {
    /// A writer that has `reader` forget what it writes.
    pub fn new(aws: Aws, reader: Route53Reader) -> Self {
        Self { aws, reader, locks: Arc::default() }
    }

    /// Holds the zone until the guard is dropped, so that what is read before a write is still true when it arrives,
    /// and since AWS takes one change of a zone at a time (Route 53 developer guide, quotas).
    pub async fn hold(&self, zone_id: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(zone_id.to_owned()).or_default())
        };
        lock.lock_owned().await
    }

    /// Sends one batch, which AWS carries out as a whole or not at all; the change's id. While another change of the
    /// zone is under way AWS answers `PriorRequestNotComplete`, which the SDK takes for throttling and waits out.
    ///
    /// # Errors
    ///
    /// What AWS answered, after the SDK's own retries.
    pub async fn change(&self, zone_id: &str, changes: Vec<Change>) -> Result<String, Error> {
        const ACTION: &str = "change records of hosted zone";
        let client = self.aws.route53().await?;
        let unsendable = |reason: String| Error::Answer { action: ACTION, object: zone_id.to_owned(), reason };
        let batch = ChangeBatch::builder().set_changes(Some(changes)).build();
        let batch = batch.map_err(|error| unsendable(error.to_string()))?;
        self.aws.take(Service::Route53, Kind::Write).await?;
        let answer = client.change_resource_record_sets().hosted_zone_id(zone_id).change_batch(batch).send().await;
        // Forgotten in both cases: a write that failed may have gone through all the same.
        self.reader.forget(zone_id);
        let answer = answer.map_err(|error| Error::call(ACTION, zone_id, error))?;
        let change = answer.change_info().ok_or_else(|| unsendable("it names no change".to_owned()))?;
        Ok(change.id().to_owned())
    }
}
