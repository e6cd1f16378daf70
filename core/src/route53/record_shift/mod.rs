//! Moving the share of two weighted records of one name, over any number of types, all in one batch.

mod itinerary;
mod mover;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_route53::types::ResourceRecordSet;
use tracing::Instrument;

use crate::aws::Error;
use crate::clock::Clock;
use crate::engine::driver::Driver;
use crate::engine::outcome::Report;
use crate::engine::standing;
use crate::route53::batch::Described;
use crate::route53::external_dns::{self, Owner};
use crate::route53::group::{self, GroupError, Pair};
use crate::route53::name::RecordName;
use crate::route53::read::{Route53Reader, is_named};
use crate::route53::record_type::RecordType;
use crate::route53::write::Route53Writer;
use crate::schedule::Ramp;
use crate::share::{Share, Weights};

pub use itinerary::{Goal, final_position, itinerary, schedule};

/// The weights of every type of a shift.
pub type Position = standing::Position<RecordType>;

/// A shift that began.
pub type Shifted = standing::Shifted<RecordType>;

/// What is seen of the records of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// They are no weighted pair.
    Foreign(GroupError),
    /// They are.
    Seen(Seen),
}

/// The records of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Their weights.
    pub weights: Weights,
    /// How long resolvers keep their answers.
    pub ttl: Duration,
    /// The TTLs of the group, where it has several.
    pub uneven_ttls: Vec<Duration>,
}

/// What a shift moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// The hosted zone.
    pub zone_id: String,
    /// The name.
    pub name: RecordName,
    /// The types that move together.
    pub types: BTreeSet<RecordType>,
    /// The set identifiers.
    pub pair: Pair,
    /// What green's record is made like where there is none.
    pub green: Option<Described>,
    /// Whether a simple record becomes blue's.
    pub adopt_simple: bool,
}

/// A shift between two weighted records.
#[derive(Debug, Clone)]
pub struct RecordShift {
    reader: Route53Reader,
    writer: Route53Writer,
    clock: Arc<dyn Clock>,
    records: Records,
}

/// What a shift is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Green's share.
    pub target: Share,
    /// How to get there.
    pub ramp: Ramp,
    /// The weights that were seen when the order was reviewed. Records that have another share now, or that would end
    /// with other weights, stop the shift before it begins. A type that is not listed is taken as it is.
    pub reviewed: Position,
}

/// Records of a type that cannot be moved as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} records cannot be moved: {source}")]
pub struct Unmovable {
    /// The type.
    pub kind: RecordType,
    /// Why.
    #[source]
    pub source: GroupError,
}

/// A shift that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// Records cannot be moved as asked.
    #[error(transparent)]
    Unmovable(#[from] Unmovable),
    /// Records were moved after the order was reviewed.
    #[error("the {kind} records had {reviewed} when this was planned and have {live} now")]
    Stale {
        /// The type.
        kind: RecordType,
        /// The weights that were reviewed.
        reviewed: Box<Weights>,
        /// The weights that are seen.
        live: Box<Weights>,
    },
    /// The records could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
    /// The run was to stop while the records were being read.
    #[error("the run was stopped before it began")]
    Stopped,
}

impl RecordShift {
    /// A shift of these records.
    pub fn new(reader: Route53Reader, writer: Route53Writer, clock: Arc<dyn Clock>, records: Records) -> Self {
        Self { reader, writer, clock, records }
    }

    /// Reads the records from the listing of their zone, which everyone shares who asks in the same while, and whom
    /// ExternalDNS says they belong to.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn look(&self) -> Result<(BTreeMap<RecordType, Sight>, Option<Owner>), Error> {
        let zone = self.reader.zone(&self.records.zone_id).await?;
        let owner = external_dns::owner(&zone, &self.records.name, &self.records.pair);
        Ok((self.sights(&zone), owner))
    }

    /// Reads the records from AWS as they are now.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn look_afresh(&self) -> Result<BTreeMap<RecordType, Sight>, Error> {
        Ok(self.sights(&self.read().await?))
    }

    async fn read(&self) -> Result<Vec<ResourceRecordSet>, Error> {
        self.reader.named(&self.records.zone_id, &self.records.name).await
    }

    fn group(&self, records: &[ResourceRecordSet], kind: RecordType) -> Vec<ResourceRecordSet> {
        let of_the_type = records.iter().filter(|record| *record.r#type() == kind.sdk());
        of_the_type.filter(|record| is_named(record, &self.records.name)).cloned().collect()
    }

    fn sights(&self, records: &[ResourceRecordSet]) -> BTreeMap<RecordType, Sight> {
        let pair = &self.records.pair;
        let sight = |kind: RecordType| {
            let group = self.group(records, kind);
            match group::weights(&group, pair, self.records.adopt_simple) {
                Err(error) => Sight::Foreign(error),
                Ok(weights) if weights.green.is_none() && self.records.green.is_none() => {
                    // Nothing can be moved without green, and it cannot be made.
                    Sight::Foreign(if weights.blue.is_some() { GroupError::NoGreen } else { GroupError::Missing })
                }
                Ok(weights) => Sight::Seen(Seen {
                    weights,
                    ttl: group::ttl(&group, pair),
                    uneven_ttls: group::uneven_ttls(&group),
                }),
            }
        };
        self.records.types.iter().map(|kind| (*kind, sight(*kind))).collect()
    }

    /// Carries out the order. With how it went comes how long resolvers keep the records' answers.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, order: &Order, driver: &Driver) -> Result<(Shifted, Duration), Refusal> {
        let seen = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = self.look_afresh() => seen?,
        };
        let made = self.records.green.as_ref().filter(|_| lacks_green(&seen)).map(Described::ttl);
        let ttl = ttl(&seen).into_iter().chain(made).max().unwrap_or_default();
        let before = position(seen)?;
        refuse_stale(order, &before)?;
        let way = itinerary(&before, order.target, &order.ramp)?;
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            return Ok((Shifted { known: before.clone(), before, report }, ttl));
        }
        let mover = mover::Mover::new(self, Arc::clone(&self.clock), before.clone());
        let span = tracing::info_span!("record_shift", zone = self.records.zone_id, name = %self.records.name);
        let report = driver.run(&mover, &way).instrument(span).await;
        Ok((Shifted { before, known: mover.known(), report }, ttl))
    }
}

/// Compares what is there with what was reviewed, where it came from and where it would lead.
fn refuse_stale(order: &Order, live: &Position) -> Result<(), Refusal> {
    for (kind, reviewed) in &order.reviewed {
        let Some(seen) = live.get(kind) else { continue };
        let ends =
            |weights: &Weights| final_position(&Position::from([(*kind, weights.clone())]), order.target, &order.ramp);
        if reviewed.share() != seen.share() || ends(reviewed)? != ends(seen)? {
            let (reviewed, live) = (Box::new(reviewed.clone()), Box::new(seen.clone()));
            return Err(Refusal::Stale { kind: *kind, reviewed, live });
        }
    }
    Ok(())
}

/// How long resolvers keep the answers of these records; none where none of them is a weighted pair.
pub fn ttl(sights: &BTreeMap<RecordType, Sight>) -> Option<Duration> {
    let seen = sights.values().filter_map(|sight| match sight {
        Sight::Seen(seen) => Some(seen.ttl),
        Sight::Foreign(_) => None,
    });
    seen.max()
}

fn lacks_green(sights: &BTreeMap<RecordType, Sight>) -> bool {
    sights.values().any(|sight| matches!(sight, Sight::Seen(seen) if seen.weights.green.is_none()))
}

/// The weights of records that are all a weighted pair.
///
/// # Errors
///
/// [`Refusal`], for the first that are not.
pub fn position(sights: BTreeMap<RecordType, Sight>) -> Result<Position, Refusal> {
    sights
        .into_iter()
        .map(|(kind, sight)| match sight {
            Sight::Seen(seen) => Ok((kind, seen.weights)),
            Sight::Foreign(source) => Err(Refusal::Unmovable(Unmovable { kind, source })),
        })
        .collect()
}
