//! What is saved of a shift, whatever it moves: the attributes that all shifts have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::time::Duration;

use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_core::engine::shift::Position;
use eksmig_core::engine::standing::{Began, Shifted};
use eksmig_core::schedule::Schedule;
use eksmig_core::share::{Share, Weights};
use tfplugin::{Diagnostic, Number, Reader, Value};

use crate::blocks::{duration, share};
use crate::notices;
use crate::private::Private;

/// How the last apply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// At the share asked for.
    Settled,
    /// Stopped on the way.
    Held,
    /// Back at the share seen when the apply began.
    RolledBack,
    /// At the share asked for, and the idle side was not seen drained.
    Undrained,
}

impl Status {
    /// How a run ended.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Settled => Status::Settled,
            Outcome::RolledBack(_) => Status::RolledBack,
            Outcome::Held { .. } | Outcome::Stuck { .. } => Status::Held,
        }
    }

    /// The status as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Settled => "settled",
            Status::Held => "held",
            Status::RolledBack => "rolled_back",
            Status::Undrained => "undrained",
        }
    }
}

/// The value of an attribute that holds weights by what carries them: `routes`, `records` or `baseline`.
pub fn weights<K: Display>(position: &Position<K>) -> Value {
    let weight = |weight: Option<u32>| weight.map(i64::from).map(Value::from).unwrap_or(Value::Null);
    let entry = |weights: &Weights| {
        Value::object([
            ("blue_weight", weight(weights.blue)),
            ("green_weight", weight(weights.green)),
            ("share", weights.share().map(share::value).unwrap_or(Value::Null)),
        ])
    };
    Value::map(position.iter().map(|(key, weights)| (key.to_string(), entry(weights))))
}

/// The value of `observed_green_weight`: null where shares differ or there is none.
pub fn observed<K>(position: &Position<K>) -> Value {
    let shares: BTreeSet<Option<Share>> = position.values().map(Weights::share).collect();
    match (shares.len(), shares.first()) {
        (1, Some(Some(one))) => share::value(*one),
        _ => Value::Null,
    }
}

/// The value of `schedule`.
pub fn schedule(schedule: &Schedule) -> Value {
    Value::list(schedule.steps.iter().map(|step| {
        Value::object([
            ("green_weight", share::value(step.share)),
            ("interval", Value::from(duration::text(step.interval))),
        ])
    }))
}

/// The value of `minimum_duration`, where each step takes `each` besides its interval, and the drain `drain` in the end.
pub fn minimum_duration(schedule: &Schedule, each: Duration, drain: Duration) -> Value {
    let steps = u32::try_from(schedule.steps.len()).unwrap_or(u32::MAX);
    let stepping = schedule.minimum_duration().saturating_add(each.saturating_mul(steps));
    Value::from(duration::text(stepping.saturating_add(drain)))
}

/// Writes what is seen into a state: the weights into the attribute `name`, and green's share.
pub fn write_position<K: Display>(state: &mut Value, name: &str, position: &Position<K>) {
    state.set_attr(name, weights(position));
    state.set_attr("observed_green_weight", observed(position));
}

/// The position that a state was saved with in the attribute `name`, strangers from the private data.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn position<K: Ord, E: Display>(
    state: &Value,
    name: &str,
    private: &Private,
    parse: impl Fn(&str) -> Result<K, E>,
) -> Result<Position<K>, Diagnostic> {
    let mut position = BTreeMap::new();
    for (key, entry) in Reader::new(state).attr(name).entries()?.known().unwrap_or_default() {
        let parsed = parse(&key).map_err(|error| {
            entry.error(notices::DAMAGED_STATE, format!("The state has weights of what is none: {error}."))
        })?;
        let weight = |side: &str| -> Result<Option<u32>, Diagnostic> {
            let number = entry.attr(side).number()?.known();
            Ok(number.as_ref().and_then(Number::to_u64).and_then(|weight| u32::try_from(weight).ok()))
        };
        let weights = Weights {
            blue: weight("blue_weight")?,
            green: weight("green_weight")?,
            strangers: private.strangers.get(&key).cloned().unwrap_or_default(),
        };
        position.insert(parsed, weights);
    }
    Ok(position)
}

/// Whether green's share is another one somewhere.
pub fn moved<K: Ord>(before: &Position<K>, now: &Position<K>) -> bool {
    before.iter().any(|(key, weights)| now.get(key).is_some_and(|now| now.share() != weights.share()))
}

/// What a run saw last: at its end, or on the way where the end could not be read.
pub fn seen<P>(shifted: &Began<P>) -> &P {
    shifted.report.position.as_ref().unwrap_or(&shifted.known)
}

/// Whether a run was stopped.
pub fn stopped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Held { reason: Reason::Stopped | Reason::StoppedInWrite, .. })
}

/// Writes where the traffic stands into a state.
pub fn write_truth<K: Display>(state: &mut Value, name: &str, shifted: &Shifted<K>) {
    write_position(state, name, seen(shifted));
    write_status(state, &shifted.report.outcome);
}

/// Writes how a run ended into a state.
pub fn write_status(state: &mut Value, outcome: &Outcome) {
    state.set_attr("status", Status::of(outcome).as_str());
}

/// The value of `baseline`: the weights as they were before the resource first touched each of what it moves now.
pub fn baseline<K: Display>(prior: Option<&Value>, before: &Position<K>) -> Value {
    let mut baseline = weights(before);
    let Some(Value::Map(known)) = prior.map(|prior| prior.attr("baseline")) else { return baseline };
    if let Value::Map(entries) = &mut baseline {
        for (name, entry) in entries.iter_mut() {
            if let Some(first_seen) = known.get(name) {
                entry.clone_from(first_seen);
            }
        }
    }
    baseline
}
