//! What is saved of an `eksmig_route53_shift`: its shape.

use std::time::Duration;

use eksmig_core::route53::RecordType;
use eksmig_core::route53::record_shift::{Position, Records};
use eksmig_core::schedule::Schedule;
use tfplugin::{Diagnostic, Number, Reader, Value};

use crate::private::Private;
use crate::saved;

/// The attribute that holds the weights.
pub const WEIGHTS: &str = "records";

/// The id of a shift: short, for Terraform shows it on every line of progress.
pub fn id(records: &Records) -> String {
    format!("{} {}->{}", records.name, records.pair.blue, records.pair.green)
}

/// Where the records of a type are, for telling whether two resources move the same.
pub fn place(records: &Records, kind: RecordType) -> String {
    format!("{} {kind} in zone {}", records.name, records.zone_id)
}

/// Writes what is seen of the records into a state.
pub fn write_position(state: &mut Value, position: &Position) {
    saved::write_position(state, WEIGHTS, position);
}

/// The position that a state was saved with, strangers from the private data.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn position(state: &Value, private: &Private) -> Result<Position, Diagnostic> {
    saved::position(state, WEIGHTS, private, RecordType::parse)
}

/// What a create was reviewed with; nothing where the host does not keep it.
pub fn reviewed(private: &Private) -> Position {
    private.reviewed(|kind| RecordType::parse(kind).ok())
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
    state.set_attr("minimum_duration", saved::minimum_duration(schedule, ttl));
}
