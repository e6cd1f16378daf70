//! What is saved of an `eksmig_external_dns_shift`: its shape.

use std::time::{Duration, SystemTime};

use eksmig_core::clock::utc;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::external_dns::{Position, Run};
use eksmig_core::route53::{RecordName, record_shift};
use eksmig_core::schedule::Schedule;
use tfplugin::{Diagnostic, Number, Reader, Value};

use super::config::Names;
use crate::private::Private;
use crate::saved;

/// The attribute that holds the weights that the objects say.
const ANNOTATIONS: &str = "annotations";

/// The id of a shift: short, for Terraform shows it on every line of progress.
pub fn id(names: &Names) -> String {
    format!("{} {}->{}", names.name, names.places.blue.set_identifier, names.places.green.set_identifier)
}

/// The position that a state was saved with.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn position(state: &Value, private: &Private) -> Result<Position, Diagnostic> {
    saved::position(state, ANNOTATIONS, private, RecordName::parse)
}

/// What a create was reviewed with; nothing where the host does not keep it.
pub fn reviewed(private: &Private) -> Position {
    private.reviewed(|name| RecordName::parse(name).ok())
}

/// Writes where the objects and the records stand.
pub fn write_position(state: &mut Value, position: &Position, records: &record_shift::Position) {
    state.set_attr(ANNOTATIONS, saved::weights(position));
    saved::write_position(state, "records", records);
}

/// Writes what is true after a run. Of a run that arrived, Terraform wants what was planned as known.
pub fn write_truth(state: &mut Value, run: &Run) {
    let settled = run.shifted.report.outcome == Outcome::Settled;
    let open = |state: &Value, name: &str| !settled || state.attr(name).is_unknown();
    write_position(state, saved::seen(&run.shifted), &run.records);
    saved::write_status(state, &run.shifted.report.outcome);
    if open(state, "ttl_seconds") {
        write_ttl(state, run.ttl);
    }
    if open(state, "effective_at") {
        write_effective_at(state, run.effective_at);
    }
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

/// Writes the steps and the least time that they take.
pub fn write_schedule(state: &mut Value, schedule: &Schedule, ttl: Duration) {
    state.set_attr("schedule", saved::schedule(schedule));
    state.set_attr("minimum_duration", saved::minimum_duration(schedule, ttl, Duration::ZERO));
}
