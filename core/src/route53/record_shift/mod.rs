//! Moving the share of two weighted records of one name, over any number of types, all in one batch.

mod mover;
mod sight;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_route53::types::ResourceRecordSet;
use tracing::Instrument;

use crate::aws::Error;
use crate::clock::Clock;
use crate::engine::driver::Driver;
use crate::engine::gate::Side;
use crate::engine::itinerary::Itinerary;
use crate::engine::outcome::Report;
use crate::engine::shift::{self, Aim, Goal, Order, Stale, Unmovable};
use crate::engine::standing;
use crate::route53::batch::Described;
use crate::route53::external_dns::{self, Owner};
use crate::route53::group::{Answers, GroupError, Known, Pair};
use crate::route53::name::RecordName;
use crate::route53::read::Route53Reader;
use crate::route53::record_type::RecordType;
use crate::route53::write::Route53Writer;

pub use sight::{Pointer, Seen, Sight};
pub use types::Types;

/// The weights of every type of a shift.
pub type Position = shift::Position<RecordType>;

/// A shift that began.
pub type Shifted = standing::Shifted<RecordType>;

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
    /// What the sides answered with when they were seen last.
    pub seen: BTreeMap<RecordType, Answers>,
}

impl Records {
    /// The same, with what the sides answer with now. A side without a record keeps what it answered with before: it tells
    /// whose the record is that is left.
    fn knowing(&self, answers: &BTreeMap<RecordType, Answers>) -> Self {
        let mut known = self.clone();
        for (kind, now) in answers {
            let seen = known.seen.entry(*kind).or_default();
            seen.blue = now.blue.clone().or_else(|| seen.blue.take());
            seen.green = now.green.clone().or_else(|| seen.green.take());
        }
        known
    }

    fn known(&self, kind: RecordType) -> Known {
        Known {
            seen: self.seen.get(&kind).cloned().unwrap_or_default(),
            described: self.green.as_ref().map(Described::answer),
            adopt: self.adopt_simple,
        }
    }
}

/// A shift between two weighted records.
#[derive(Debug, Clone)]
pub struct RecordShift {
    reader: Route53Reader,
    writer: Route53Writer,
    clock: Arc<dyn Clock>,
    records: Records,
}

/// A shift that began, and what is known of its records besides.
#[derive(Debug, Clone)]
pub struct Run {
    /// How it went.
    pub shifted: Shifted,
    /// How long resolvers keep the records' answers.
    pub ttl: Duration,
    /// What the sides answer with.
    pub answers: BTreeMap<RecordType, Answers>,
    /// When everyone who asks meets the weights that were written last, as a rule. Both sides are needed until then.
    pub effective_at: SystemTime,
}

/// A shift that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// Records cannot be moved as asked.
    #[error(transparent)]
    Unmovable(#[from] Unmovable<Types>),
    /// Records were moved after the order was reviewed.
    #[error(transparent)]
    Stale(#[from] Stale<Types>),
    /// The records could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
    /// The run was to stop while the records were being read.
    #[error("the run was stopped before it began")]
    Stopped,
}

impl Run {
    /// This run and one that took the idle record out after it, as one. `passed` is the time between the two beginnings.
    pub fn followed_by(self, later: Self, passed: Duration) -> Self {
        Self { shifted: self.shifted.followed_by(later.shifted, passed), effective_at: self.effective_at, ..later }
    }
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
        let owner = external_dns::owner(&zone.records, &self.records.name, &self.records.pair);
        Ok((self.records.sights(&zone.named(&self.records.name)), owner))
    }

    /// Reads the records from AWS as they are now.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn look_afresh(&self) -> Result<BTreeMap<RecordType, Sight>, Error> {
        Ok(self.records.sights(&self.read().await?))
    }

    /// What the records of a side lead to, as they are now; green's that are still to be made as they are described.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn pointers(&self, side: Side) -> Result<Vec<Pointer>, Error> {
        Ok(self.records.pointers(side, &self.read().await?))
    }

    async fn read(&self) -> Result<Vec<ResourceRecordSet>, Error> {
        self.reader.named(&self.records.zone_id, &self.records.name).await
    }

    /// The way of a shift over records that stand here.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where they cannot be moved as asked.
    pub fn way(&self, now: &Position, aim: &Aim) -> Result<Itinerary<Goal<RecordType>>, Refusal> {
        let way = shift::itinerary::<Types>(now, aim)?;
        let lacks_green = now.iter().find(|(_, weights)| weights.green.is_none());
        match lacks_green.filter(|_| !way.steps.is_empty() && self.records.green.is_none()) {
            Some((kind, _)) => Err(Refusal::Unmovable(Unmovable { at: *kind, source: GroupError::NoGreen })),
            None => Ok(way),
        }
    }

    /// Carries out the order.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, order: &Order<RecordType>, driver: &Driver) -> Result<Run, Refusal> {
        let seen = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = self.look_afresh() => seen?,
        };
        let lacks_green = seen.values().any(|sight| matches!(sight, Sight::Seen(seen) if seen.weights.green.is_none()));
        let made = self.records.green.as_ref().filter(|_| lacks_green).map(Described::ttl);
        let ttl = ttl(&seen).into_iter().chain(made).max().unwrap_or_default();
        let answers = answers(&seen);
        let before = position(seen)?;
        if let Some(stale) = shift::stale::<Types>(&order.reviewed, &before, &order.aim)? {
            return Err(stale.into());
        }
        let way = self.way(&before, &order.aim)?;
        // Nobody knows when the weights were written that are there.
        let found = self.found_effective_at(ttl);
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            let shifted = Shifted { known: before.clone(), before, report };
            return Ok(Run { shifted, ttl, answers, effective_at: found });
        }
        let knowing = self.knowing(&answers);
        let mover = mover::Mover::new(&knowing, before.clone(), driver.stop.clone());
        let span = tracing::info_span!("record_shift", zone = self.records.zone_id, name = %self.records.name);
        let report = driver.run(&mover, &way).instrument(span).await;
        let shifted = Shifted { before, known: mover.known(), report };
        let effective_at = mover.effective_in().map_or(found, |from_now| self.effective_at(from_now));
        Ok(Run { shifted, ttl, answers: mover.answers(), effective_at })
    }

    /// What the records answered with when they were seen last.
    pub fn seen(&self) -> &BTreeMap<RecordType, Answers> {
        &self.records.seen
    }

    /// The same shift, of records that answered with this when they were seen last.
    #[must_use]
    pub fn knowing(&self, answers: &BTreeMap<RecordType, Answers>) -> Self {
        Self { records: self.records.knowing(answers), ..self.clone() }
    }

    /// When all who ask meet the weights, if that is so long from now.
    fn effective_at(&self, from_now: Duration) -> SystemTime {
        self.clock.wall() + from_now
    }

    /// When all who ask meet weights that were found and not written, at the latest.
    pub fn found_effective_at(&self, ttl: Duration) -> SystemTime {
        self.effective_at(ttl + mover::USUALLY_IN_SYNC)
    }
}

/// How long resolvers keep the answers of these records; none where none of them is a weighted pair.
pub fn ttl(sights: &BTreeMap<RecordType, Sight>) -> Option<Duration> {
    let seen = sights.values().filter_map(|sight| match sight {
        Sight::Seen(seen) => Some(seen.ttl),
        Sight::Foreign(_) => None,
    });
    seen.max()
}

/// What the sides answer with, of the types that are a weighted pair.
pub fn answers(sights: &BTreeMap<RecordType, Sight>) -> BTreeMap<RecordType, Answers> {
    let seen = sights.iter().filter_map(|(kind, sight)| match sight {
        Sight::Seen(seen) => Some((*kind, seen.answers.clone())),
        Sight::Foreign(_) => None,
    });
    seen.collect()
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
            Sight::Foreign(source) => Err(Refusal::Unmovable(Unmovable { at: kind, source })),
        })
        .collect()
}
