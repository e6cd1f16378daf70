//! The steps of a shift over the types of one name. Pure.

use std::time::Duration;

use crate::engine::gate::Sides;
use crate::engine::itinerary::{Itinerary, Step};
use crate::route53::group::{GroupError, WEIGHT_LIMIT};
use crate::route53::record_shift::{Position, Unmovable};
use crate::route53::record_type::RecordType;
use crate::schedule::{self, Ramp, Schedule, label, serving};
use crate::share::{Share, SplitError, Weights};

/// What a step brings about: green's share by type, with both sides in the group.
pub type Goal = std::collections::BTreeMap<RecordType, Share>;

/// The schedule that takes the records to `target`. Weights that express the target as near as whole numbers can are
/// there already.
///
/// # Errors
///
/// [`Unmovable`], for a type on which a share of the way cannot be expressed.
pub fn schedule(now: &Position, target: Share, ramp: &Ramp) -> Result<Schedule, Unmovable> {
    Ok(Schedule::new(ramp, &positions(now, target)?, target))
}

/// The whole way: both sides in the group where one is missing, and then the schedule's steps.
///
/// # Errors
///
/// As [`schedule()`].
pub fn itinerary(now: &Position, target: Share, ramp: &Ramp) -> Result<Itinerary<Goal>, Unmovable> {
    let from = positions(now, target)?;
    let goal = |shares: &[Share]| Goal::from_iter(now.keys().copied().zip(shares.iter().copied()));
    let ready = now.values().any(|weights| weights.green.is_none()).then(|| Step {
        goal: goal(&from),
        label: "both records in the group".to_owned(),
        rising: Sides::NONE,
        serving: serving(&from),
        interval: Duration::ZERO,
    });
    let taken = Schedule::new(ramp, &from, target).steps.into_iter().map(|step| Step {
        goal: goal(&step.shares),
        label: format!("{}%", step.share),
        rising: step.rising,
        serving: step.serving,
        interval: step.interval,
    });
    let steps: Vec<Step<Goal>> = ready.into_iter().chain(taken).collect();
    for step in &steps {
        for ((kind, weights), share) in now.iter().zip(step.goal.values()) {
            wanted(weights, *share).map_err(|source| Unmovable { kind: *kind, source })?;
        }
    }
    Ok(Itinerary { origin_label: label(&from), origin_serving: serving(&from), origin: goal(&from), steps })
}

/// The weights that the records end with, exactly as they will be written.
///
/// # Errors
///
/// As [`schedule()`].
pub fn final_position(now: &Position, target: Share, ramp: &Ramp) -> Result<Position, Unmovable> {
    let mut position = now.clone();
    for step in itinerary(now, target, ramp)?.steps {
        for (weights, (kind, share)) in position.values_mut().zip(&step.goal) {
            *weights = wanted(weights, *share).map_err(|source| Unmovable { kind: *kind, source })?;
        }
    }
    Ok(position)
}

/// The weights that a group gets for a share. Blue's record is never made, so where it is gone only green can serve.
pub(super) fn wanted(weights: &Weights, share: Share) -> Result<Weights, GroupError> {
    if weights.blue.is_some() {
        return Ok(weights.wanted(share, WEIGHT_LIMIT)?);
    }
    if share == Share::GREEN && weights.green.is_some() { Ok(weights.clone()) } else { Err(GroupError::NoBlue) }
}

fn positions(now: &Position, target: Share) -> Result<Vec<Share>, Unmovable> {
    let shares = schedule::positions(now.values(), target, WEIGHT_LIMIT);
    let unmovable = |kind: &RecordType| Unmovable { kind: *kind, source: SplitError::NoTraffic.into() };
    now.keys().zip(shares).map(|(kind, share)| share.ok_or_else(|| unmovable(kind))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Waypoints;

    #[track_caller]
    fn check(weights: &[(Option<u32>, Option<u32>)], percent: u16, expect: &[&str]) {
        let kinds = ["A", "AAAA"].map(|kind| RecordType::parse(kind).unwrap());
        let weights = weights.iter().map(|(blue, green)| Weights { blue: *blue, green: *green, strangers: vec![] });
        let now: Position = kinds.into_iter().zip(weights).collect();
        let ten = Share::from_tenths(100).unwrap();
        let ramp = Ramp::new(Waypoints::Listed(vec![ten]), Duration::from_secs(60), false).unwrap();
        let target = Share::from_tenths(percent * 10).unwrap();
        let said = match itinerary(&now, target, &ramp) {
            Ok(way) => way.steps.into_iter().map(|step| step.label).collect(),
            Err(unmovable) => vec![unmovable.to_string()],
        };
        assert_eq!(said, expect);
    }

    #[test]
    fn a_missing_green_joins_before_it_rises() {
        check(&[(Some(1), None)], 100, &["both records in the group", "10%", "100%"]);
        check(&[(Some(1), Some(0)), (Some(1), None)], 0, &["both records in the group"]);
        check(&[(Some(1), Some(1))], 50, &[]);
    }

    #[test]
    fn without_blue_only_green_can_serve() {
        check(&[(None, Some(7))], 100, &[]);
        check(&[(None, Some(7))], 50, &["the A records cannot be moved: blue's record does not exist"]);
    }
}
