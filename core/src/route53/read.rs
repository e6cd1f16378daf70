//! Reading records. The only file that lists them: it reads every page, draws each call from the budget, and shares the
//! listing of a zone among all who ask.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_route53::types::{ChangeStatus, ResourceRecordSet, RrType};

use crate::aws::{Aws, Error, Kind, Pages, Service, SharedRead};
use crate::route53::name::RecordName;

/// How long a shared listing is good for: longer than Terraform takes to ask for the records of one refresh, and short
/// enough for nobody to act on old news, since whoever writes reads afresh.
const SHARED_FOR: Duration = Duration::from_secs(15);
/// What is tried, for errors.
const LIST: &str = "list the records of hosted zone";
/// Between the three parts of a marker. No name, type or set identifier has it.
const BETWEEN: char = '\n';

/// The records of a zone, as listed.
type Listing = Arc<Vec<ResourceRecordSet>>;

/// Reads records. Cheap to clone; clones share what they read.
#[derive(Clone)]
pub struct Route53Reader {
    aws: Aws,
    zones: Arc<SharedRead<String, Listing, Error>>,
}

impl fmt::Debug for Route53Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route53Reader").finish_non_exhaustive()
    }
}

impl Route53Reader {
    /// Nothing read yet.
    pub fn new(aws: Aws) -> Self {
        let zones = Arc::new(SharedRead::new(aws.clock(), SHARED_FOR));
        Self { aws, zones }
    }

    /// Every record of a zone, from one listing that all who ask in the same while share.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn zone(&self, zone_id: &str) -> Result<Listing, Error> {
        let read = || async { self.list(zone_id, None).await.map(Arc::new) };
        self.zones.get(zone_id.to_owned(), read).await
    }

    /// The records of one name, of every type, as they are now.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn named(&self, zone_id: &str, name: &RecordName) -> Result<Vec<ResourceRecordSet>, Error> {
        let mut records = self.list(zone_id, Some(name)).await?;
        records.retain(|record| is_named(record, name));
        Ok(records)
    }

    /// Has the next listing of a zone read afresh.
    pub fn forget(&self, zone_id: &str) {
        self.zones.forget(&zone_id.to_owned());
    }

    /// Whether a change has reached every name server.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn is_in_sync(&self, change_id: &str) -> Result<bool, Error> {
        let client = self.aws.route53().await?;
        self.aws.take(Service::Route53, Kind::Read).await?;
        let answer = client.get_change().id(change_id).send().await;
        let answer = answer.map_err(|error| Error::call("read the status of change", change_id, error))?;
        Ok(answer.change_info().is_some_and(|change| *change.status() == ChangeStatus::Insync))
    }

    /// The records of a zone in their order, from `name` on to the first of another name; all without one.
    async fn list(&self, zone_id: &str, name: Option<&RecordName>) -> Result<Vec<ResourceRecordSet>, Error> {
        let client = self.aws.route53().await?;
        let mut found = Vec::new();
        let mut pages = Pages::new(LIST, zone_id);
        while let Some(marker) = pages.open() {
            self.aws.take(Service::Route53, Kind::Read).await?;
            let mut request = client.list_resource_record_sets().hosted_zone_id(zone_id);
            request = match &marker {
                None => request.set_start_record_name(name.map(|name| name.as_str().to_owned())),
                Some(marker) => {
                    let mut parts =
                        marker.split(BETWEEN).map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
                    request
                        .set_start_record_name(parts.next().flatten())
                        .set_start_record_type(parts.next().flatten().map(|kind| RrType::from(kind.as_str())))
                        .set_start_record_identifier(parts.next().flatten())
                }
            };
            let page = request.send().await.map_err(|error| Error::call(LIST, zone_id, error))?;
            let last_is_wanted =
                name.is_none_or(|name| page.resource_record_sets().last().is_some_and(|record| is_named(record, name)));
            let next = [
                page.next_record_name().unwrap_or_default(),
                page.next_record_type().map(RrType::as_str).unwrap_or_default(),
                page.next_record_identifier().unwrap_or_default(),
            ];
            if page.is_truncated() && last_is_wanted {
                pages.turn(Some(next.join(&BETWEEN.to_string())))?;
            }
            found.extend(page.resource_record_sets);
        }
        Ok(found)
    }
}

/// Whether a record has this name, however AWS writes it.
pub(super) fn is_named(record: &ResourceRecordSet, name: &RecordName) -> bool {
    RecordName::parse(record.name()).as_ref() == Ok(name)
}
