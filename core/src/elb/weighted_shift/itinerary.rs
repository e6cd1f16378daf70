//! The steps of a shift over its routes. Pure.

use std::collections::BTreeMap;

use crate::elb::arn::RouteArn;
use crate::elb::forward::{self, ForwardError, Idle};
use crate::engine::gate::Sides;
use crate::engine::itinerary::{Itinerary, Step};
use crate::schedule::{Ramp, Schedule, serving};
use crate::share::{Share, SplitError, Weights};

/// What a step brings about: for every route, green's share, and what becomes of an idle side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// Green's share by route.
    pub shares: BTreeMap<RouteArn, Share>,
    /// What becomes of a side at weight 0.
    pub idle: Idle,
    /// The very weights to go back to, for 1 and 2 are no number of tenths. None in a step.
    pub seen: BTreeMap<RouteArn, Weights>,
}

/// A route that cannot be moved as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("route {route} cannot be moved: {source}")]
pub struct Unmovable {
    /// The route.
    pub route: RouteArn,
    /// Why.
    #[source]
    pub source: ForwardError,
}

/// The schedule that takes the routes to `target`. A route whose weights express the target as near as whole numbers
/// can is there already.
///
/// # Errors
///
/// [`Unmovable`], for a route on which a share of the way cannot be expressed.
pub fn schedule(now: &BTreeMap<RouteArn, Weights>, target: Share, ramp: &Ramp) -> Result<Schedule, Unmovable> {
    let schedule = Schedule::new(ramp, &positions(now, target)?, target);
    for step in &schedule.steps {
        for ((route, weights), share) in now.iter().zip(&step.shares) {
            forward::wanted(weights, *share, Idle::Keep)
                .map_err(|source| Unmovable { route: route.clone(), source })?;
        }
    }
    Ok(schedule)
}

/// The whole way: both sides referenced where one is missing, then the schedule's steps, then the idle side dropped
/// where that is asked for.
///
/// # Errors
///
/// As [`schedule`].
pub fn itinerary(
    now: &BTreeMap<RouteArn, Weights>,
    target: Share,
    ramp: &Ramp,
    idle: Idle,
) -> Result<Itinerary<Goal>, Unmovable> {
    let from = positions(now, target)?;
    let schedule = schedule(now, target, ramp)?;
    let goal = |shares: &[Share], idle: Idle| Goal {
        shares: now.keys().cloned().zip(shares.iter().copied()).collect(),
        idle,
        seen: BTreeMap::new(),
    };
    let unraised = |label: &str, shares: &[Share], idle: Idle| Step {
        goal: goal(shares, idle),
        label: label.to_owned(),
        rising: Sides::NONE,
        serving: serving(shares),
        interval: std::time::Duration::ZERO,
    };

    let drops = idle == Idle::Drop && !target.is_split();
    let misses_a_side = now.values().any(|weights| weights.blue.is_none() || weights.green.is_none());
    let has_both = now.values().any(|weights| weights.blue.is_some() && weights.green.is_some());
    let moves = !schedule.steps.is_empty();

    let mut steps = Vec::with_capacity(schedule.steps.len() + 2);
    if misses_a_side && (moves || !drops) {
        for (route, weights) in now {
            let share = weights.share().ok_or(ForwardError::Split(SplitError::NoTraffic));
            share
                .and_then(|share| forward::wanted(weights, share, Idle::Keep))
                .map_err(|source| Unmovable { route: route.clone(), source })?;
        }
        steps.push(unraised("both sides referenced", &from, Idle::Keep));
    }
    steps.extend(schedule.steps.iter().map(|step| Step {
        goal: goal(&step.shares, Idle::Keep),
        label: format!("{}%", step.share),
        rising: step.rising,
        serving: step.serving,
        interval: step.interval,
    }));
    if drops && (moves || has_both) {
        let goals = vec![target; from.len()];
        steps.push(unraised("the idle side taken out", &goals, Idle::Drop));
    }
    let origin = Goal { seen: now.clone(), ..goal(&from, Idle::Keep) };
    Ok(Itinerary { origin_label: label(&from), origin_serving: serving(&from), origin, steps })
}

/// The weights that the routes end with, exactly as they will be written.
///
/// # Errors
///
/// As [`schedule`].
pub fn final_position(
    now: &BTreeMap<RouteArn, Weights>,
    target: Share,
    ramp: &Ramp,
    idle: Idle,
) -> Result<BTreeMap<RouteArn, Weights>, Unmovable> {
    let mut position = now.clone();
    for step in itinerary(now, target, ramp, idle)?.steps {
        for (route, share) in &step.goal.shares {
            if let Some(weights) = position.get_mut(route) {
                *weights = forward::wanted(weights, *share, step.goal.idle)
                    .map_err(|source| Unmovable { route: route.clone(), source })?;
            }
        }
    }
    Ok(position)
}

/// Where the routes stand, with a route that expresses the target as well as it can counted as being there.
fn positions(now: &BTreeMap<RouteArn, Weights>, target: Share) -> Result<Vec<Share>, Unmovable> {
    now.iter()
        .map(|(route, weights)| match weights.share() {
            None => Err(Unmovable { route: route.clone(), source: SplitError::NoTraffic.into() }),
            Some(_) if weights.express(target, forward::WEIGHT_LIMIT) => Ok(target),
            Some(share) => Ok(share),
        })
        .collect()
}

fn label(shares: &[Share]) -> String {
    let mut distinct: Vec<String> = shares.iter().map(|share| format!("{share}%")).collect();
    distinct.dedup();
    distinct.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Waypoints;
    use std::time::Duration;

    fn routes(weights: &[(Option<u32>, Option<u32>)]) -> BTreeMap<RouteArn, Weights> {
        let arn = |nth: usize| {
            let text = format!(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0123456789abcde{nth}/0123456789abcdef"
            );
            RouteArn::parse(&text).unwrap()
        };
        let weights = weights.iter().map(|(blue, green)| Weights { blue: *blue, green: *green, strangers: vec![] });
        weights.enumerate().map(|(nth, weights)| (arn(nth), weights)).collect()
    }

    #[track_caller]
    fn check(weights: &[(Option<u32>, Option<u32>)], target: u16, idle: Idle, expect: &[&str]) {
        let steps = vec![Share::from_tenths(100).unwrap()];
        let ramp = Ramp::new(Waypoints::Listed(steps), Duration::from_secs(60), false).unwrap();
        let way = itinerary(&routes(weights), Share::from_tenths(target * 10).unwrap(), &ramp, idle).unwrap();
        let labels: Vec<&str> = way.steps.iter().map(|step| step.label.as_str()).collect();
        assert_eq!(labels, expect);
    }

    #[test]
    fn a_missing_side_is_referenced_before_anything_rises() {
        check(&[(Some(1), None)], 100, Idle::Keep, &["both sides referenced", "10%", "100%"]);
        check(&[(Some(1), None)], 0, Idle::Keep, &["both sides referenced"]);
        check(&[(Some(1), None)], 0, Idle::Drop, &[]);
        check(&[(Some(100), Some(0)), (Some(1), None)], 10, Idle::Keep, &["both sides referenced", "10%"]);
    }

    #[test]
    fn an_idle_side_is_dropped_last() {
        check(&[(Some(100), Some(0))], 100, Idle::Drop, &["10%", "100%", "the idle side taken out"]);
        check(&[(Some(0), Some(100))], 100, Idle::Drop, &["the idle side taken out"]);
        check(&[(Some(50), Some(50))], 50, Idle::Drop, &[]);
    }

    #[test]
    fn nothing_is_done_where_the_ratio_is_right() {
        check(&[(Some(1), Some(1))], 50, Idle::Keep, &[]);
        check(&[(Some(100), Some(0))], 0, Idle::Keep, &[]);
    }

    #[test]
    fn a_route_without_traffic_is_unmovable() {
        let none = routes(&[(Some(0), Some(0))]);
        let refused = itinerary(&none, Share::GREEN, &Ramp::default(), Idle::Keep).unwrap_err();
        assert_eq!(refused.source, ForwardError::Split(SplitError::NoTraffic));
    }
}
