//! Reading records. The only file that lists them: it reads every page, draws each call from the budget, and shares the
//! listing of a zone among all who ask.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_route53::types::{ChangeStatus, HealthCheckObservation, ResourceRecordSet, RrType};

use crate::aws::{Aws, Error, GatheredRead, Kind, Pages, Service, SharedRead};
use crate::route53::check_status::CheckStatus;
use crate::route53::name::RecordName;

/// How long a shared listing is good for: longer than Terraform takes to ask for the records of one refresh, and short
/// enough for nobody to act on old news, since whoever writes reads afresh.
const SHARED_FOR: Duration = Duration::from_secs(15);
/// How long the status of a change is good for: all who wait for one change ask once in this time.
const STATUS_SHARED_FOR: Duration = Duration::from_secs(2);
/// How long the status of a health check is good for: AWS asks not to poll it (Route 53 API, `GetHealthCheckStatus`).
const CHECK_SHARED_FOR: Duration = Duration::from_secs(10);
/// The types of health checks that have no checkers whose reports could be read.
const UNWATCHED: [&str; 3] = ["CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"];
/// What is tried, for errors.
const LIST: &str = "list the records of hosted zone";
/// Between the three parts of a marker. No name, type or set identifier has it.
const BETWEEN: char = '\n';

/// The records of a zone, as listed.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// All of them.
    pub records: Vec<ResourceRecordSet>,
    names: BTreeMap<RecordName, Vec<usize>>,
}

impl Listing {
    fn new(records: Vec<ResourceRecordSet>) -> Self {
        let mut names: BTreeMap<RecordName, Vec<usize>> = BTreeMap::new();
        for (nth, record) in records.iter().enumerate() {
            // A name that is none of DNS is nobody's who asks.
            if let Ok(name) = RecordName::parse(record.name()) {
                names.entry(name).or_default().push(nth);
            }
        }
        Self { records, names }
    }

    /// The records of one name, of every type.
    pub(crate) fn named(&self, name: &RecordName) -> Vec<ResourceRecordSet> {
        let places = self.names.get(name).into_iter().flatten();
        places.filter_map(|nth| self.records.get(*nth)).cloned().collect()
    }
}

type Records = Vec<ResourceRecordSet>;
type Present = GatheredRead<RecordName, Records, Error>;

/// What is known of one zone.
struct Zone {
    /// Reads of the present.
    present: Present,
    /// How many calls its last listing took.
    pages: Mutex<usize>,
}

/// Reads records. Cheap to clone; clones share what they read.
#[derive(Clone)]
pub struct Route53Reader {
    aws: Aws,
    listings: Arc<SharedRead<String, Arc<Listing>, Error>>,
    statuses: Arc<SharedRead<String, bool, Error>>,
    checks: Arc<SharedRead<String, CheckStatus, Error>>,
    /// By id: a process meets few, so that they are never thrown away.
    zones: Arc<Mutex<BTreeMap<String, Arc<Zone>>>>,
}

impl fmt::Debug for Route53Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route53Reader").finish_non_exhaustive()
    }
}

impl Route53Reader {
    /// Nothing read yet.
    pub fn new(aws: Aws) -> Self {
        let listings = Arc::new(SharedRead::new(aws.clock(), SHARED_FOR));
        let statuses = Arc::new(SharedRead::new(aws.clock(), STATUS_SHARED_FOR));
        let checks = Arc::new(SharedRead::new(aws.clock(), CHECK_SHARED_FOR));
        Self { aws, listings, statuses, checks, zones: Arc::default() }
    }

    /// Every record of a zone, from one listing that all who ask in the same while share.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn zone(&self, zone_id: &str) -> Result<Arc<Listing>, Error> {
        let read = || async {
            self.turn().await?;
            self.whole(zone_id).await
        };
        self.listings.get(zone_id.to_owned(), read).await
    }

    /// The records of one name, of every type, as they are now: one call, or the part of a listing of the whole zone
    /// where so many ask that it takes fewer calls.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn named(&self, zone_id: &str, name: &RecordName) -> Result<Records, Error> {
        let zone = self.known(zone_id);
        let read = |names: Vec<RecordName>| async {
            if names.len() > *zone.pages.lock().unwrap_or_else(PoisonError::into_inner) {
                let listing = self.whole(zone_id).await?;
                return Ok(names.into_iter().map(|name| (name.clone(), listing.named(&name))).collect());
            }
            let mut found = BTreeMap::new();
            for (nth, name) in names.into_iter().enumerate() {
                if nth > 0 {
                    self.next_turn().await?;
                }
                let listing = Listing::new(self.list(zone_id, Some(&name)).await?);
                found.insert(name.clone(), listing.named(&name));
            }
            Ok(found)
        };
        let mut found = zone.present.get(&BTreeSet::from([name.clone()]), || self.turn(), read).await?;
        Ok(found.remove(name).unwrap_or_default())
    }

    /// Has the next listing of a zone read afresh.
    pub(crate) fn forget(&self, zone_id: &str) {
        self.listings.forget(&zone_id.to_owned());
    }

    /// Whether a change has reached every name server, as of the last seconds.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn is_in_sync(&self, change_id: &str) -> Result<bool, Error> {
        let read = || async {
            let client = self.aws.route53().await?;
            self.turn().await?;
            let answer = client.get_change().id(change_id).send().await;
            let answer = answer.map_err(|error| Error::call("read the status of change", change_id, error))?;
            Ok(answer.change_info().is_some_and(|change| *change.status() == ChangeStatus::Insync))
        };
        self.statuses.get(change_id.to_owned(), read).await
    }

    /// What the checkers of a health check see, as of the last seconds.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn health_check(&self, id: &str) -> Result<CheckStatus, Error> {
        self.checks.get(id.to_owned(), || self.ask_health_check(id)).await
    }

    async fn ask_health_check(&self, id: &str) -> Result<CheckStatus, Error> {
        let client = self.aws.route53().await?;
        self.next_turn().await?;
        let answer = client.get_health_check().health_check_id(id).send().await;
        let answer = answer.map_err(|error| Error::call("read health check", id, error))?;
        let config = answer.health_check().and_then(|check| check.health_check_config());
        let watched = config.is_some_and(|config| !UNWATCHED.contains(&config.r#type().as_str()));
        if config.is_some_and(|config| config.disabled().unwrap_or(false)) || !watched {
            return Ok(CheckStatus::Unwatched);
        }
        self.next_turn().await?;
        let answer = client.get_health_check_status().health_check_id(id).send().await;
        let answer = answer.map_err(|error| Error::call("read the status of health check", id, error))?;
        let seen: Vec<bool> = answer.health_check_observations().iter().filter_map(succeeded).collect();
        let inverted = config.is_some_and(|config| config.inverted().unwrap_or(false));
        Ok(CheckStatus::judge(&seen, inverted))
    }

    async fn turn(&self) -> Result<(), Error> {
        self.aws.take(Service::Route53, Kind::Read).await
    }

    /// A turn for a call that goes on with a read: before all who wait for what it brings.
    async fn next_turn(&self) -> Result<(), Error> {
        self.aws.take_ahead(Service::Route53, Kind::Read).await
    }

    fn known(&self, zone_id: &str) -> Arc<Zone> {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(Zone { present: Present::new(usize::MAX), pages: Mutex::new(1) });
        Arc::clone(zones.entry(zone_id.to_owned()).or_insert_with(fresh))
    }

    /// Lists a zone. The first call is paid for.
    async fn whole(&self, zone_id: &str) -> Result<Arc<Listing>, Error> {
        Ok(Arc::new(Listing::new(self.list(zone_id, None).await?)))
    }

    /// The records of a zone in their order, from `name` on to the first of another name; all without one. The first call
    /// is paid for.
    async fn list(&self, zone_id: &str, name: Option<&RecordName>) -> Result<Records, Error> {
        let client = self.aws.route53().await?;
        let mut found = Vec::new();
        let mut pages = Pages::new(LIST, zone_id);
        let mut calls = 0;
        while let Some(marker) = pages.open() {
            if calls > 0 {
                self.next_turn().await?;
            }
            calls += 1;
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
        if name.is_none() {
            *self.known(zone_id).pages.lock().unwrap_or_else(PoisonError::into_inner) = calls;
        }
        Ok(found)
    }
}

/// What one checker saw; none where it has not reported.
fn succeeded(observation: &HealthCheckObservation) -> Option<bool> {
    let status = observation.status_report()?.status()?;
    Some(status.starts_with("Success"))
}

/// Whether a record has this name, however AWS writes it.
fn is_named(record: &ResourceRecordSet, name: &RecordName) -> bool {
    RecordName::parse(record.name()).as_ref() == Ok(name)
}
