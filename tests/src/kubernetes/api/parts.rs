//! The parts of an object, each with writers of its own.

use serde_json::{Map, Value};

use super::kind::Kind;

/// Which part of an object a write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All but the status, where that is apart.
    Main,
    /// The status alone.
    Status,
    /// The number of replicas, through `/scale`.
    Scale,
    /// Everything, as only the cluster itself writes.
    Whole,
}

impl Part {
    pub(super) fn subresource(self) -> &'static str {
        match self {
            Self::Main | Self::Whole => "",
            Self::Status => "status",
            Self::Scale => "scale",
        }
    }
}

/// Whether an object is being deleted.
pub fn is_going(object: &Value) -> bool {
    object["metadata"].get("deletionTimestamp").is_some()
}

/// Whether nothing holds an object that is being deleted.
pub fn no_finalizers(object: &Value) -> bool {
    object["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty)
}

/// What a change of is a new generation.
pub(super) fn wanted(kind: &Kind, object: &Value) -> Value {
    if !kind.custom {
        return object["spec"].clone();
    }
    let mut rest = object.clone();
    for apart in ["metadata", "status"] {
        rest.as_object_mut().unwrap_or(&mut Map::new()).remove(apart);
    }
    rest
}

/// What a write of one part cannot change: the other parts, and what only the server sets.
pub(super) fn keep_other_parts(kind: &Kind, before: &Value, after: &mut Value, part: Part) {
    let own = |value: &Value, field: &str| value.get(field).cloned();
    match part {
        Part::Status => {
            let status = own(after, "status");
            let labels = after["metadata"].clone();
            *after = before.clone();
            restore(after, "status", status);
            // Kubernetes: a status update may also change metadata; finalizers and owners stay as they were.
            for field in ["labels", "annotations", "managedFields"] {
                restore(&mut after["metadata"], field, own(&labels, field));
            }
        }
        Part::Main | Part::Scale if kind.status => restore(after, "status", own(before, "status")),
        _ => {}
    }
    for field in [
        "uid",
        "creationTimestamp",
        "resourceVersion",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "name",
        "namespace",
        "generateName",
    ] {
        let there = own(&before["metadata"], field);
        restore(&mut after["metadata"], field, there);
    }
}

fn restore(object: &mut Value, field: &str, value: Option<Value>) {
    let Some(fields) = object.as_object_mut() else { return };
    match value {
        Some(value) => drop(fields.insert(field.to_owned(), value)),
        None => drop(fields.remove(field)),
    }
}
