//! The steps of a cut-over: a side joins, then the other leaves in batches. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::elb::cutover::place::Place;
use crate::elb::cutover::position::{Bench, Position, SIDES, Serving};
use crate::elb::cutover::side::Seat;
use crate::engine::both::Both;
use crate::engine::gate::{Side, Sides};
use crate::engine::itinerary::{Itinerary, Step};

/// Where to go, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// Who is to serve.
    pub serving: Serving,
    /// How the side that leaves does.
    pub batches: Batches,
}

/// How a side leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batches {
    /// Percent of the side's instances in each batch, 1 to 100; at least one instance.
    pub percent: u8,
    /// How long every step bakes.
    pub interval: Duration,
    /// Whether green leaves in batches as well, rather than at once.
    pub both_ways: bool,
}

impl Default for Batches {
    fn default() -> Self {
        Self { percent: 100, interval: Duration::ZERO, both_ways: false }
    }
}

/// A step as a plan shows it, before anyone was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// The side that it registers or deregisters.
    pub side: Side,
    /// Percent of the side that is registered once it is done.
    pub registered: u8,
    /// How long it bakes.
    pub interval: Duration,
}

/// What a step brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    /// What each side is to be.
    pub places: Both<Place>,
    /// The side that the step registers, and waits for until it is healthy.
    pub joining: Option<Side>,
    /// The side that the step deregisters, and waits for until it has drained.
    pub leaving: Option<Side>,
    /// Whether it is where the run began.
    pub origin: bool,
}

impl Aim {
    /// Batches and interval of the steps; one batch and none where the way leads back to blue.
    fn pace(&self, joins: Sides) -> (u8, Duration) {
        let onward = match self.serving {
            Serving::Green => true,
            Serving::Blue => false,
            Serving::Both => joins.green,
        };
        if onward || self.batches.both_ways {
            (self.batches.percent.clamp(1, 100), self.batches.interval)
        } else {
            (100, Duration::ZERO)
        }
    }
}

/// The steps that a plan shows. Nobody is counted: `from` says who served when it was last looked, none where that is in
/// between.
pub fn scheduled(from: Option<Serving>, aim: &Aim) -> Vec<Scheduled> {
    if from == Some(aim.serving) {
        return Vec::new();
    }
    let (to, was) = (aim.serving.sides(), from.map_or(Sides::NONE, Serving::sides));
    let joins = Sides { blue: to.blue && !was.blue, green: to.green && !was.green };
    let (percent, interval) = aim.pace(joins);
    let mut steps: Vec<Scheduled> = joins.iter().map(|side| Scheduled { side, registered: 100, interval }).collect();
    for side in SIDES.into_iter().filter(|side| !to.contains(*side)) {
        let left = (0..100_u8.div_ceil(percent)).map(|nth| 100_u8.saturating_sub(percent.saturating_mul(nth + 1)));
        steps.extend(left.map(|registered| Scheduled { side, registered, interval }));
    }
    steps
}

/// The whole way from here.
pub(crate) fn itinerary(now: &Position, aim: &Aim) -> Itinerary<Goal> {
    let to = aim.serving.sides();
    let lacks = |side: Side| to.contains(side) && now.benches(side).any(|(_, bench)| !bench.is_whole());
    let joins = Sides { blue: lacks(Side::Blue), green: lacks(Side::Green) };
    let (percent, interval) = aim.pace(joins);
    let as_seen = Both { blue: place(now, Side::Blue), green: place(now, Side::Green) };
    let origin = Goal { places: as_seen.clone(), joining: None, leaving: None, origin: true };

    let mut steps = Vec::new();
    let mut places = as_seen;
    let mut serving = now.registered();
    for side in joins.iter() {
        *places.of_mut(side) = Place::Whole;
        serving = with(serving, side, true);
        let goal = Goal { places: places.clone(), joining: Some(side), leaving: None, origin: false };
        steps.push(Step { goal, label: format!("{side} registered"), rising: Sides::only(side), serving, interval });
    }
    let leaving = SIDES.into_iter().filter(|side| !to.contains(*side));
    for side in leaving.filter(|side| now.benches(*side).any(|(_, bench)| !bench.is_gone())) {
        let (total, batches) = batches(now, side, percent);
        let mut gone = BTreeSet::new();
        for (nth, batch) in batches.iter().enumerate() {
            gone.extend(batch.iter().cloned());
            let last = nth + 1 == batches.len();
            *places.of_mut(side) = without(now, side, &gone, last);
            serving = if last { with(serving, side, false) } else { serving };
            let out = total.saturating_sub(batches.iter().skip(nth + 1).map(BTreeSet::len).sum());
            let goal = Goal { places: places.clone(), joining: None, leaving: Some(side), origin: false };
            let label = format!("{out} of {total} of {side} deregistered");
            steps.push(Step { goal, label, rising: Sides::only(side.other()), serving, interval });
        }
    }
    Itinerary { origin, origin_label: label(now), origin_serving: now.registered(), steps }
}

fn with(sides: Sides, side: Side, is: bool) -> Sides {
    match side {
        Side::Blue => Sides { blue: is, ..sides },
        Side::Green => Sides { green: is, ..sides },
    }
}

/// How a position is named in logs and errors.
pub(super) fn label(now: &Position) -> String {
    let sides: Vec<String> = now.registered().iter().map(|side| side.to_string()).collect();
    if sides.is_empty() { "neither side registered".to_owned() } else { format!("{} registered", sides.join(" and ")) }
}

/// A side as it is.
fn place(now: &Position, side: Side) -> Place {
    without(now, side, &BTreeSet::new(), false)
}

/// A side without these instances; nor attached, if it is the `last` of it.
fn without(now: &Position, side: Side, gone: &BTreeSet<String>, last: bool) -> Place {
    let kept = |bench: &Bench| {
        let seats = bench.registered.keys().filter(|seat| !last && !gone.contains(&seat.id)).cloned().collect();
        (seats, if last { BTreeSet::new() } else { bench.attached.clone() })
    };
    Place::Only(now.benches(side).map(|(arn, bench)| (arn.clone(), kept(bench))).collect())
}

/// How many instances a side has, and the batches in which those that are registered leave. An instance leaves with all
/// its ports. There is always a batch, for what drains and what is attached.
fn batches(now: &Position, side: Side, percent: u8) -> (usize, Vec<BTreeSet<String>>) {
    let ids = |seats: &mut dyn Iterator<Item = &Seat>| seats.map(|seat| seat.id.clone()).collect::<BTreeSet<_>>();
    let registered = ids(&mut now.benches(side).flat_map(|(_, bench)| bench.registered.keys()));
    let all = ids(&mut now.benches(side).flat_map(|(_, bench)| bench.members.iter().chain(bench.registered.keys())));
    let size = (all.len() * usize::from(percent)).div_ceil(100).max(1);
    let registered: Vec<String> = registered.into_iter().collect();
    let mut batches: Vec<BTreeSet<String>> =
        registered.chunks(size).map(|batch| batch.iter().cloned().collect()).collect();
    if batches.is_empty() {
        batches.push(BTreeSet::new());
    }
    (all.len(), batches)
}

#[cfg(test)]
mod tests;
