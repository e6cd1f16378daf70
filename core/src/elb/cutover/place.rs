//! What a side is to be, and what it takes to get there. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::position::{Bench, Position};
use crate::elb::cutover::side::Seat;
use crate::engine::gate::Side;

/// What one side is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// All of its members.
    Whole,
    /// These registrations, with these Auto Scaling groups attached, by target group.
    Only(BTreeMap<TargetGroupArn, (BTreeSet<Seat>, BTreeSet<String>)>),
}

/// Registrations of one side, by target group.
pub(super) type Seats<'a> = Vec<(&'a TargetGroupArn, BTreeSet<Seat>)>;

impl Place {
    fn kept(&self, arn: &TargetGroupArn) -> Option<&(BTreeSet<Seat>, BTreeSet<String>)> {
        match self {
            Place::Whole => None,
            Place::Only(kept) => kept.get(arn),
        }
    }

    /// Who is to be registered in a target group and is not. Who has left the side meanwhile is not brought back.
    pub(super) fn missing(&self, arn: &TargetGroupArn, bench: &Bench) -> BTreeSet<Seat> {
        let missing = bench.missing();
        match self {
            Place::Whole => missing,
            Place::Only(_) => {
                let kept = |seat: &Seat| self.kept(arn).is_some_and(|(seats, _)| seats.contains(seat));
                missing.into_iter().filter(kept).collect()
            }
        }
    }

    /// Who of a side is registered and is not to be.
    pub(super) fn surplus<'p>(&self, now: &'p Position, side: Side) -> Seats<'p> {
        let Place::Only(_) = self else { return Vec::new() };
        let extra = |(arn, bench): (&'p TargetGroupArn, &'p Bench)| {
            let goes = |seat: &&Seat| !self.kept(arn).is_some_and(|(seats, _)| seats.contains(*seat));
            (arn, bench.registered.keys().filter(goes).cloned().collect())
        };
        now.benches(side).map(extra).collect()
    }

    /// Whether an Auto Scaling group that is attached stays so.
    pub(super) fn keeps_attached(&self, arn: &TargetGroupArn, name: &str) -> bool {
        *self == Place::Whole || self.kept(arn).is_some_and(|(_, attached)| attached.contains(name))
    }

    /// Who of a side is still there, or still draining, and should not be, in words; none where nobody is. What an Auto
    /// Scaling group that stays attached registers meanwhile is its own affair.
    pub(super) fn lingering(&self, now: &Position, side: Side) -> Option<String> {
        let lingering = |(arn, seats): (&TargetGroupArn, BTreeSet<Seat>)| {
            let attached = self.kept(arn).is_some_and(|(_, attached)| !attached.is_empty());
            let here = if attached { 0 } else { seats.len() };
            let draining = now.target_groups.get(arn).map_or(0, |group| group.sides.of(side).draining.len());
            (here + draining > 0).then(|| format!("{arn}: {here} of {side} still registered, {draining} draining"))
        };
        let lingering: Vec<String> = self.surplus(now, side).into_iter().filter_map(lingering).collect();
        (!lingering.is_empty()).then(|| lingering.join("; "))
    }
}

/// Why these must not be deregistered now. Nobody is taken out of a target group in which the other side has no healthy
/// target, unless the other side is not there at all and nobody who leaves is healthy. A load balancer whose targets are
/// all unhealthy sends to all of them, so that an unhealthy one is not for nothing either.
///
/// # Errors
///
/// The target group in which nobody healthy would stay.
pub(super) fn guard(now: &Position, side: Side, surplus: &Seats<'_>) -> Result<(), String> {
    let other = side.other();
    for (arn, seats) in surplus {
        let Some(occupancy) = now.target_groups.get(*arn).filter(|_| !seats.is_empty()) else { continue };
        let (stays, leaves) = (occupancy.sides.of(other), occupancy.sides.of(side));
        if stays.healthy() > 0 || (stays.registered.is_empty() && leaves.healthy() == 0) {
            continue;
        }
        return Err(format!(
            "deregister {side}'s targets from {arn}: {other} has no healthy target there ({}), so nothing of {side} is \
             taken away",
            stays.summary()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
