//! What is saved of an `eksmig_external_dns_shift`: its shape.

use eksmig_core::engine::outcome::Outcome;
use eksmig_core::external_dns::{Position, Run};
use eksmig_core::route53::{RecordName, record_shift};
use tfplugin::{Diagnostic, Value};

use super::config::Names;
use crate::blocks::kept;
use crate::private::Private;
use crate::saved;

/// The attribute that holds the weights that the objects say.
const ANNOTATIONS: &str = "annotations";

/// The id of a shift.
pub fn id(names: &Names) -> String {
    kept::id(&names.name, [&names.places.blue.set_identifier, &names.places.green.set_identifier])
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
    write_position(state, saved::seen(&run.shifted), &run.records);
    saved::write_status(state, &run.shifted.report.outcome);
    kept::write_truth(state, settled, run.ttl, run.effective_at);
}
