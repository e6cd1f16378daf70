//! What is saved of an `eksmig_route53_shift`: its shape.

use std::collections::BTreeMap;

use eksmig_core::engine::outcome::Outcome;
use eksmig_core::route53::record_shift::{Position, Records, Run};
use eksmig_core::route53::{Answers, RecordType};
use tfplugin::{Diagnostic, Reader, Value};

use crate::blocks::kept;
use crate::notices;
use crate::private::Private;
use crate::saved;

/// The attribute that holds the weights.
pub const WEIGHTS: &str = "records";

/// The id of a shift.
pub fn id(records: &Records) -> String {
    kept::id(&records.name, [&records.pair.blue, &records.pair.green])
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

/// Writes what is true after a run. Of a run that arrived, Terraform wants what was planned as known.
pub fn write_truth(state: &mut Value, run: &Run) {
    let settled = run.shifted.report.outcome == Outcome::Settled;
    saved::write_truth(state, WEIGHTS, &run.shifted);
    kept::write_truth(state, settled, run.ttl, run.effective_at);
    if kept::is_open(state, "answers", settled) {
        write_answers(state, &run.answers);
    }
}

/// Writes what the records answer with.
pub fn write_answers(state: &mut Value, answers: &BTreeMap<RecordType, Answers>) {
    let side = |answer: &Option<String>| answer.as_deref().map_or(Value::Null, Value::from);
    let of = |answers: &Answers| Value::object([("blue", side(&answers.blue)), ("green", side(&answers.green))]);
    state.set_attr("answers", Value::map(answers.iter().map(|(kind, answers)| (kind.as_str(), of(answers)))));
}

/// The records, with what a state says that they answered with.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn with_answers(records: Records, state: Option<&Value>) -> Result<Records, Diagnostic> {
    let Some(state) = state else { return Ok(records) };
    let mut seen = BTreeMap::new();
    for (kind, entry) in Reader::new(state).attr("answers").entries()?.known().unwrap_or_default() {
        let kind =
            RecordType::parse(&kind).map_err(|error| entry.error(notices::DAMAGED_STATE, format!("{error}.")))?;
        let side = |name: &str| -> Result<Option<String>, Diagnostic> { Ok(entry.attr(name).string()?.known()) };
        seen.insert(kind, Answers { blue: side("blue")?, green: side("green")? });
    }
    Ok(Records { seen, ..records })
}
