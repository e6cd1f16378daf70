//! What resolvers keep: the attributes of a shift whose weights are in records.

use std::time::{Duration, SystemTime};

use eksmig_core::clock::utc;
use eksmig_core::route53::RecordName;
use eksmig_core::schedule::Schedule;
use tfplugin::{Attribute, Number, Reader, Value};

use crate::blocks::gate;
use crate::saved;

/// `gate`, where records lead to the sides.
pub fn gate() -> Attribute {
    gate::attribute().description(
        "What must be true before a step begins and all through its interval. `min_healthy_targets` and \
         `min_healthy_percent` count the targets behind the load balancer that a record is an alias of, where it is in \
         this account and region; a record's health check is asked as well. `error_rate` is refused here.",
    )
}

/// `ttl_seconds`.
pub fn ttl_seconds() -> Attribute {
    Attribute::number("ttl_seconds").computed().description(
        "How long resolvers keep what they were told: the longest TTL of the two records over all types, 60 for an \
         alias. Every step that moves the share waits for it.",
    )
}

/// `effective_at`.
pub fn effective_at() -> Attribute {
    Attribute::string("effective_at").computed().description(
        "From when on everyone who asks meets the weights, as far as resolvers honour the TTL: Route 53 had them, and the \
         TTL has passed since (RFC 3339, UTC). Both sides are needed until then.",
    )
}

/// The id of a shift: short, for Terraform shows it on every line of progress.
pub fn id(name: &RecordName, [blue, green]: [&str; 2]) -> String {
    format!("{name} {blue}->{green}")
}

/// Writes when everyone who asks meets the weights.
pub fn write_effective_at(state: &mut Value, time: SystemTime) {
    state.set_attr("effective_at", Value::from(utc(time)));
}

/// Writes for how long answers are kept.
pub fn write_ttl(state: &mut Value, ttl: Duration) {
    state.set_attr("ttl_seconds", Value::from(Number::from(ttl.as_secs())));
}

/// For how long answers are kept; zero where that is not known.
pub fn ttl(state: &Value) -> Duration {
    let seconds = Reader::new(state).attr("ttl_seconds").number().ok().and_then(tfplugin::Field::known);
    Duration::from_secs(seconds.as_ref().and_then(Number::to_u64).unwrap_or(0))
}

/// Writes the steps and the least time that they take, and a drain after them.
pub fn write_schedule(state: &mut Value, schedule: &Schedule, ttl: Duration, drain: Duration) {
    state.set_attr("schedule", saved::schedule(schedule));
    state.set_attr("minimum_duration", saved::minimum_duration(schedule, ttl, drain));
}

/// Writes what a run found of the two, but for what was planned as known and a run that arrived has to keep.
pub fn write_truth(state: &mut Value, settled: bool, ttl: Duration, effective_at: SystemTime) {
    if is_open(state, "ttl_seconds", settled) {
        write_ttl(state, ttl);
    }
    if is_open(state, "effective_at", settled) {
        write_effective_at(state, effective_at);
    }
}

/// Whether an attribute is still to be found out: of a run that arrived, Terraform wants what was planned as known.
pub fn is_open(state: &Value, name: &str, settled: bool) -> bool {
    !settled || state.attr(name).is_unknown()
}
