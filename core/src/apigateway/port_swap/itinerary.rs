//! The steps of a swap over its stages. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apigateway::port_swap::standing::Position;
use crate::engine::gate::Sides;
use crate::engine::itinerary::{Itinerary, Step};
use crate::schedule::{Ramp, Schedule, serving};
use crate::share::Share;

/// Green's share by stage.
pub(crate) type Goal = BTreeMap<String, Share>;

/// The schedule that takes the stages to `target`.
pub(crate) fn schedule(now: &Position, target: Share, ramp: &Ramp) -> Schedule {
    Schedule::new(ramp, &shares(now), target)
}

/// The whole way. Where every stage has the share and something is left over from a run that was cut short, a canary
/// that was promoted or an edit that was not deployed, one step without traffic puts it away.
pub(crate) fn itinerary(now: &Position, target: Share, ramp: &Ramp) -> Itinerary<Goal> {
    let from = shares(now);
    let goal = |shares: &[Share]| now.keys().cloned().zip(shares.iter().copied()).collect::<Goal>();
    let schedule = schedule(now, target, ramp);
    let mut steps: Vec<Step<Goal>> = schedule
        .steps
        .iter()
        .map(|step| Step {
            goal: goal(&step.shares),
            label: format!("{}%", step.share),
            rising: step.rising,
            serving: step.serving,
            interval: step.interval,
        })
        .collect();
    if steps.is_empty() && !now.values().all(|standing| standing.is(target)) {
        steps.push(Step {
            goal: goal(&from),
            label: "what an earlier run left over put away".to_owned(),
            rising: Sides::NONE,
            serving: serving(&from),
            interval: Duration::ZERO,
        });
    }
    Itinerary { origin: goal(&from), origin_label: label(&from), origin_serving: serving(&from), steps }
}

fn shares(now: &Position) -> Vec<Share> {
    now.values().map(|standing| standing.share).collect()
}

fn label(shares: &[Share]) -> String {
    let mut distinct: Vec<String> = shares.iter().map(|share| format!("{share}%")).collect();
    distinct.dedup();
    distinct.join("/")
}
