//! What is saved of an `eksmig_node_group_migration`: its shape.

use eksmig_core::engine::outcome::Outcome;
use eksmig_core::nodes::{Judged, Moved, Orders, Stage, Standing};
use tfplugin::Value;

use crate::blocks::duration;
use crate::saved::Status;

/// The id.
pub fn id(cluster_name: &str, blue: &str) -> String {
    format!("{cluster_name}/{blue}")
}

/// Writes the stages of a migration, and the least time that they take.
pub fn write_stages(state: &mut Value, orders: &Orders) {
    state.set_attr("stages", Value::list(Stage::of(orders).iter().map(|stage| Value::from(stage.as_str()))));
    state.set_attr("minimum_duration", duration::text(orders.drain));
}

/// Writes what is seen into a state.
pub fn write_standing(state: &mut Value, now: &Standing) {
    state.set_attr("stage", now.stage.map_or(Value::Null, |stage| Value::from(stage.as_str())));
    state.set_attr("verdicts", Value::list(now.verdicts.iter().map(verdict)));
}

fn verdict(judged: &Judged) -> Value {
    Value::object([
        ("pod", Value::from(judged.pod.to_string())),
        ("node", Value::from(judged.node.as_str())),
        ("verdict", Value::from(judged.verdict.as_str())),
        ("why", Value::from(judged.why.as_str())),
        ("warnings", Value::list(judged.warnings.iter().map(|warning| Value::from(warning.as_str())))),
    ])
}

/// Writes what is true after a run.
pub fn write_truth(state: &mut Value, moved: &Moved) {
    let seen = moved.report.position.as_ref().unwrap_or(&moved.known);
    write_standing(state, seen);
    if moved.report.outcome == Outcome::Settled {
        state.set_attr("stage", Value::Null);
    }
    state.set_attr("status", Status::of(&moved.report.outcome).as_str());
}

/// Whether a state is of a migration that has arrived.
pub fn is_settled(state: &Value) -> bool {
    state.attr("status").as_str() == Some(Status::Settled.as_str())
}
