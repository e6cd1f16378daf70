//! Handing target groups over from blue's targets to green's: green is registered and waited for until it is healthy,
//! then blue is deregistered in batches and waited for until it has drained.

mod itinerary;
mod known;
mod mover;
mod owners;
mod place;
mod position;
mod refusal;
mod registrar;
mod scaling;
mod side;
#[cfg(test)]
mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tracing::Instrument;

use crate::elb::Fare;
use crate::elb::arn::TargetGroupArn;
use crate::elb::read::ElbReader;
use crate::engine::both::Both;
use crate::engine::driver::Driver;
use crate::engine::gate::{Side, Sides};
use crate::engine::outcome::Report;

pub use super::enough::Enough;
pub use itinerary::{Aim, Batches, Scheduled, scheduled};
pub(crate) use itinerary::{Goal, itinerary};
pub use owners::Shared;
pub use place::Place;
pub use position::{Bench, Families, Occupancy, Position, Seats, Serving};
pub use refusal::{Refusal, verify};
pub use scaling::{Family, Scaling, ScalingGroup};
pub use side::{Members, Named, NoSeat, Seat};

use owners::Owners;
use position::SIDES;
use registrar::Registrar;

/// What is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// The target groups, all of which move together.
    pub target_groups: BTreeSet<TargetGroupArn>,
    /// Who the sides are.
    pub members: Both<Members>,
    /// What was blue's and green's when it was last saved: what has left its Auto Scaling group since is known by it.
    pub recorded: Seats,
    /// How target groups were attached when that was last saved.
    pub families: Families,
}

/// A cut-over that began.
#[derive(Debug, Clone)]
pub struct CutOver {
    /// Where everything stood before it.
    pub before: Position,
    /// Where it was seen last.
    pub known: Position,
    /// How target groups are attached, or were before they were detached.
    pub families: Families,
    /// How it went.
    pub report: Report<Position>,
}

/// What a cut-over is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Where to go, and how.
    pub aim: Aim,
    /// The sides that were registered when the order was reviewed; none where nobody looked.
    pub reviewed: Option<Sides>,
    /// How healthy a side has to be before the other leaves, in every target group. What an Auto Scaling group has not
    /// registered yet does not count: a group that scales out is not ill.
    pub enough: Enough,
    /// How long a side may take to become healthy.
    pub patience: Duration,
}

/// A cut-over, as it is carried out through one configuration.
#[derive(Debug, Clone)]
pub struct Cutover {
    reader: ElbReader,
    registrar: Registrar,
    scaling: Scaling,
    targets: Targets,
}

impl Cutover {
    /// A cut-over of these targets.
    pub fn new(reader: ElbReader, targets: Targets) -> Self {
        let (registrar, scaling) = (Registrar::new(reader.aws().clone()), Scaling::new(reader.aws().clone()));
        Self { reader, registrar, scaling, targets }
    }

    /// Reads where everything stands now.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where that is no place for a cut-over, or could not be read.
    pub async fn look(&self) -> Result<Position, Refusal> {
        let Targets { target_groups: arns, members, recorded, .. } = &self.targets;
        let scaling_groups = self.scaling_groups().await?;
        let infos = self.reader.target_groups(arns).await?;
        let owners = Owners { members, recorded, scaling_groups: &scaling_groups };
        let mut target_groups = BTreeMap::new();
        for (arn, info) in infos {
            let info = info.ok_or_else(|| Refusal::NoTargetGroup(arn.clone()))?;
            self.fits(&arn, info.target_type.as_deref().unwrap_or("instance"))?;
            let health = self.reader.target_health(&arn, Fare::Ahead).await?;
            let occupancy = owners.occupancy(&arn, info.port.unwrap_or_default(), &health)?;
            target_groups.insert(arn, occupancy);
        }
        Ok(Position { target_groups, scaling_groups })
    }

    async fn scaling_groups(&self) -> Result<BTreeMap<String, ScalingGroup>, Refusal> {
        let names = |side| self.targets.members.of(side).scaling_groups().cloned().map(move |name| (name, side));
        let sides: BTreeMap<String, Side> = SIDES.into_iter().flat_map(names).collect();
        let found = if sides.is_empty() {
            BTreeMap::new()
        } else {
            self.scaling.groups(&sides.keys().cloned().collect()).await?
        };
        match sides.into_iter().find(|(name, _)| !found.contains_key(name)) {
            Some((name, side)) => Err(Refusal::NoScalingGroup { name, side }),
            None => Ok(found),
        }
    }

    /// Whether a target group takes what the sides are made of.
    fn fits(&self, arn: &TargetGroupArn, takes: &str) -> Result<(), Refusal> {
        for side in SIDES {
            let (fits, given) = match self.targets.members.of(side) {
                Members::ScalingGroups(_) => (takes == "instance", "the instances of Auto Scaling groups"),
                Members::Targets(_) => (takes == "instance" || takes == "ip", "instances or addresses"),
            };
            if !fits {
                let (target_group, takes) = (arn.clone(), takes.to_owned());
                return Err(Refusal::Unfit { target_group, takes, side, given });
            }
        }
        Ok(())
    }

    /// How the target groups are attached to the Auto Scaling groups of both sides, or were when that was last known.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn families(&self, now: &Position) -> Result<Families, Refusal> {
        let mut families = self.targets.families.clone();
        families.retain(|name, _| now.scaling_groups.contains_key(name));
        for (name, group) in &now.scaling_groups {
            let attached: BTreeSet<&TargetGroupArn> =
                group.attached.intersection(&self.targets.target_groups).collect();
            if attached.is_empty() {
                continue;
            }
            let older = self.scaling.by_target_groups(name).await?;
            let known = attached.into_iter().map(|arn| (arn.clone(), Family::among(&older, arn)));
            families.entry(name.clone()).or_default().extend(known);
        }
        Ok(families)
    }

    /// Carries out the order. Everything is verified before anything is written.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, order: &Order, driver: &Driver) -> Result<CutOver, Refusal> {
        let (before, families, delay) = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = async {
                let before = self.look().await?;
                let families = self.families(&before).await?;
                let delay = self.registrar.longest_delay(&self.targets.target_groups).await?;
                Ok::<_, Refusal>((before, families, delay))
            } => seen?,
        };
        let name = |sides: Sides| {
            let names: Vec<String> = sides.iter().map(|side| side.to_string()).collect();
            if names.is_empty() {
                "neither side registered".to_owned()
            } else {
                format!("{} registered", names.join(" and "))
            }
        };
        if let Some(reviewed) = order.reviewed.filter(|reviewed| *reviewed != before.registered()) {
            return Err(Refusal::Stale { reviewed: name(reviewed), live: name(before.registered()) });
        }
        let way = itinerary(&before, &order.aim);
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            return Ok(CutOver { known: before.clone(), before, families, report });
        }
        verify(&before, &order.aim)?;
        let mover = mover::Mover::new(self, order, before.clone(), families, delay, driver.stop.clone());
        let report = driver.run(&mover, &way).instrument(tracing::info_span!("cutover")).await;
        let (known, families) = mover.known();
        Ok(CutOver { before, known, families, report })
    }
}
