//! Moving the share of two records that ExternalDNS writes: by the weights that objects in two clusters say, in an annotation
//! or in an endpoint, which ExternalDNS then brings to Route 53. Nothing here writes to Route 53.
//!
//! | file | what it has |
//! |---|---|
//! | `kind` | the kinds of objects (pure) |
//! | `field`, `endpoint` | where in an object its weight stands; the endpoints of a `DNSEndpoint` (pure) |
//! | `source` | an object as it was read, and what it says of its weight (pure) |
//! | `deployed` | how an ExternalDNS is deployed (pure) |
//! | `preflight` | what stands in the way (pure) |
//! | `writes` | the order of two weights (pure) |
//! | `desk` | reading and writing clusters |
//! | `look` | where everything stands |
//! | `mover`, `hand` | the work that the engine drives; setting one weight |
//! | `words` | what is said when it does not go on (pure) |

mod carrier;
mod deployed;
mod desk;
mod endpoint;
mod field;
mod hand;
mod kind;
mod look;
mod mover;
mod preflight;
mod source;
mod words;
mod writes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tracing::Instrument;

use crate::aws;
use crate::clock::Clock;
use crate::engine::both::Both;
use crate::engine::driver::Driver;
use crate::engine::gate::Side;
use crate::engine::itinerary::{Itinerary, Step};
use crate::engine::outcome::Report;
use crate::engine::shift::{self, Aim, Goal, Order, Stale, Unmovable};
use crate::engine::{gate::Sides, standing};
use crate::kubernetes::{self, Cluster};
use crate::route53::record_shift;
use crate::route53::{Pair, RecordName, Route53Reader};

pub use carrier::Objects;
pub use deployed::{Policy, Settings};
pub use desk::Desk;
pub use field::Field;
pub use kind::{Kind, ObjectRef};
pub use look::Look;
pub use preflight::Unfit;
pub use source::Source;
pub use writes::{Write, writes};

/// The weights that the two objects say, by the name that they are for.
pub type Position = shift::Position<RecordName>;

/// A shift that began.
pub type Shifted = standing::Shifted<RecordName>;

/// How long a change takes to reach every name server as a rule (Route 53 API, `GetChange`).
const USUALLY_IN_SYNC: Duration = Duration::from_secs(60);

/// One side: an object in a cluster.
#[derive(Debug, Clone)]
pub struct Place {
    /// The cluster.
    pub cluster: Cluster,
    /// The object.
    pub object: ObjectRef,
    /// What is known of its ExternalDNS without asking the cluster; none to ask.
    pub given: Option<Settings>,
}

/// What a shift moves.
#[derive(Debug, Clone)]
pub struct Names {
    /// The hosted zone.
    pub zone_id: String,
    /// The name.
    pub name: RecordName,
    /// The set identifiers.
    pub pair: Pair,
    /// The objects.
    pub places: Both<Place>,
    /// Whether the weight is taken from whoever owns its field.
    pub force_conflicts: bool,
}

/// A shift between two objects.
#[derive(Debug, Clone)]
pub struct ExternalDnsShift {
    desk: Desk,
    reader: Route53Reader,
    clock: Arc<dyn Clock>,
    names: Names,
}

/// A shift that began, and what is known besides.
#[derive(Debug, Clone)]
pub struct Run {
    /// How it went.
    pub shifted: Shifted,
    /// How long resolvers keep the records' answers.
    pub ttl: Duration,
    /// The weights in Route 53, as they were read last.
    pub records: record_shift::Position,
    /// When everyone who asks meets the weights that Route 53 has, as a rule.
    pub effective_at: SystemTime,
}

/// A shift that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// There is no such object.
    #[error("{side}'s {object} does not exist in cluster {cluster}")]
    NoObject {
        /// Whose.
        side: Side,
        /// The object.
        object: String,
        /// The cluster.
        cluster: String,
    },
    /// The cluster does not know the kind of object.
    #[error("{side}'s cluster {cluster} serves {kind} in none of the versions {versions}")]
    NotServed {
        /// Whose.
        side: Side,
        /// The cluster.
        cluster: String,
        /// The kind.
        kind: &'static str,
        /// The versions that were looked for.
        versions: String,
    },
    /// It cannot be told how ExternalDNS works there.
    #[error("what ExternalDNS does in {side}'s cluster {cluster} cannot be told: {why}")]
    Untold {
        /// Whose.
        side: Side,
        /// The cluster.
        cluster: String,
        /// Why.
        why: String,
    },
    /// Something stands in the way.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unfit(Vec<Unfit>),
    /// Someone else owns the weight.
    #[error("{side}'s object {object}: {possession} belongs to {managers}, with another value than is to be written")]
    Owned {
        /// Whose.
        side: Side,
        /// The object.
        object: String,
        /// What belongs to them.
        possession: String,
        /// The field managers.
        managers: String,
    },
    /// The weights cannot be had.
    #[error(transparent)]
    Unmovable(#[from] Unmovable<Objects>),
    /// The weights were changed after the order was reviewed.
    #[error(transparent)]
    Stale(#[from] Stale<Objects>),
    /// The zone could not be read.
    #[error(transparent)]
    Unread(#[from] aws::Error),
    /// A cluster could not be asked.
    #[error(transparent)]
    Cluster(#[from] kubernetes::Error),
    /// The run was to stop before it began.
    #[error("the run was stopped before it began")]
    Stopped,
}

impl ExternalDnsShift {
    /// A shift of these names.
    pub fn new(desk: Desk, reader: Route53Reader, clock: Arc<dyn Clock>, names: Names) -> Self {
        Self { desk, reader, clock, names }
    }

    /// The way of a shift from where things stand. Where Route 53 does not show what the objects say, there is a step that
    /// waits for it.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where the weights cannot be had.
    pub fn way(&self, look: &Look, aim: &Aim) -> Result<Itinerary<Goal<RecordName>>, Refusal> {
        let mut way = shift::itinerary::<Objects>(&look.position, aim)?;
        if way.steps.is_empty() && look.lags() {
            let step = Step {
                goal: Goal { seen: BTreeMap::new(), ..way.origin.clone() },
                label: format!("{} in Route 53", way.origin_label),
                rising: Sides::NONE,
                serving: way.origin_serving,
                interval: Duration::ZERO,
            };
            way.steps.push(step);
        }
        Ok(way)
    }

    /// Whether someone else owns a weight that an order changes, so that it is a conflict.
    ///
    /// # Errors
    ///
    /// [`Refusal::Owned`].
    pub fn free(&self, look: &Look, aim: &Aim) -> Result<(), Refusal> {
        let after = shift::final_position::<Objects>(&look.position, aim)?;
        let moved = look.position.iter().zip(&after).flat_map(|((_, from), (_, to))| writes(from, to));
        for side in moved.map(|write| write.side).filter(|_| !self.names.force_conflicts) {
            let field = self.field(side, &look.settings);
            let managers = look.objects.of(side).owners(&field);
            if !managers.is_empty() {
                let object = self.names.places.of(side).object.to_string();
                let possession = field.possession();
                return Err(Refusal::Owned { side, object, possession, managers: managers.join(" and ") });
            }
        }
        Ok(())
    }

    /// Carries out the order, from what was looked at just before.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, look: &Look, order: &Order<RecordName>, driver: &Driver) -> Result<Run, Refusal> {
        if driver.stop.is_cancelled() {
            return Err(Refusal::Stopped);
        }
        let before = look.position.clone();
        if let Some(stale) = shift::stale::<Objects>(&order.reviewed, &before, &order.aim)? {
            return Err(stale.into());
        }
        let way = self.way(look, &order.aim)?;
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            let shifted = Shifted { known: before.clone(), before, report };
            let (ttl, records) = (look.ttl, look.records.clone());
            return Ok(Run { shifted, ttl, records, effective_at: self.found_effective_at(look.ttl) });
        }
        self.free(look, &order.aim)?;
        let mover = mover::Mover::new(self, look, driver.stop.clone());
        let span = tracing::info_span!("external_dns_shift", zone = self.names.zone_id, name = %self.names.name);
        let report = Box::pin(driver.run(&mover, &way).instrument(span)).await;
        let shifted = Shifted { before, known: mover.known(), report };
        let effective_at = self.clock.wall() + mover.effective_in();
        Ok(Run { shifted, ttl: look.ttl, records: mover.records(), effective_at })
    }

    /// Where a side's object has its weight.
    pub fn field(&self, side: Side, settings: &Both<Settings>) -> Field {
        let Names { name, pair, places, .. } = &self.names;
        Field::of(places.of(side).object.kind, settings.of(side), name, preflight::identifier(pair, side))
    }

    /// Who keeps a side's object as it is in Git, and what to have them do, so that its weight stays.
    pub fn kept_in_git(&self, look: &Look, side: Side) -> Option<String> {
        let (place, tracked) = (self.names.places.of(side), look.objects.of(side).tracked.as_ref()?);
        Some(words::kept_in_git(place, &self.field(side, &look.settings), tracked))
    }

    /// When all who ask meet weights that were found and not written, at the latest.
    pub fn found_effective_at(&self, ttl: Duration) -> SystemTime {
        self.clock.wall() + ttl + USUALLY_IN_SYNC
    }
}
