//! Objects as the models see them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::read;
use crate::kubernetes::api::kind::{Kind, POD};
use crate::kubernetes::api::refusal::Answered;
use crate::kubernetes::api::state::is_going;

/// An object's name.
pub fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// An object's namespace; empty for none.
pub fn namespace(object: &Value) -> &str {
    object["metadata"]["namespace"].as_str().unwrap_or_default()
}

/// Where an object is.
pub fn place(object: &Value) -> [&str; 2] {
    [namespace(object), name(object)]
}

/// A whole number; 0 where there is none.
pub fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// An annotation that is a whole number.
pub fn noted(object: &Value, annotation: &str) -> Option<i64> {
    object["metadata"]["annotations"][annotation].as_str()?.parse().ok()
}

/// A time in seconds since 1970.
pub fn time(value: &Value) -> Option<i64> {
    read(value.as_str()?)
}

/// The condition of a type.
pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    object["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == kind)
}

/// Sets a condition. The time of its last transition only changes with its status.
pub fn set_condition(object: &mut Value, kind: &str, status: bool, reason: &str, now: &str) {
    let status = if status { "True" } else { "False" };
    let wanted = json!({"type": kind, "status": status, "reason": reason, "lastTransitionTime": now});
    if !object["status"]["conditions"].is_array() {
        object["status"]["conditions"] = json!([]);
    }
    let conditions = object["status"]["conditions"].as_array_mut().unwrap();
    match conditions.iter_mut().find(|condition| condition["type"] == kind) {
        Some(there) if there["status"] == status => there["reason"] = json!(reason),
        Some(there) => *there = wanted,
        None => conditions.push(wanted),
    }
}

/// A reference to the controller that an object belongs to.
pub fn reference(kind: &Kind, owner: &Value) -> Value {
    json!({"apiVersion": kind.api_version(), "kind": kind.kind, "name": name(owner), "uid": owner["metadata"]["uid"],
        "controller": true, "blockOwnerDeletion": true})
}

/// The controller that an object belongs to.
pub fn controller(object: &Value) -> Option<&Value> {
    object["metadata"]["ownerReferences"].as_array()?.iter().find(|owner| owner["controller"] == true)
}

/// The objects of a kind that belong to an owner.
pub fn owned(api: &Api, kind: &Kind, owner: &Value) -> Vec<Arc<Value>> {
    let mut found = api.list(kind, Some(namespace(owner)));
    found.retain(|object| controller(object).is_some_and(|of| of["uid"] == owner["metadata"]["uid"]));
    found
}

/// Whether a pod counts for its controller: neither over nor on its way out.
pub fn is_active(pod: &Value) -> bool {
    !is_over(pod) && !is_going(pod)
}

/// Whether a pod has ended.
pub fn is_over(pod: &Value) -> bool {
    ["Succeeded", "Failed"].contains(&pod["status"]["phase"].as_str().unwrap_or_default())
}

/// Makes a pod by a template.
pub fn make_pod(api: &Api, owner: (&Kind, &Value), template: &Value, change: impl FnOnce(&mut Value)) {
    let mut pod = json!({"metadata": {"namespace": namespace(owner.1), "generateName": format!("{}-", name(owner.1)),
        "labels": template["metadata"]["labels"], "annotations": template["metadata"]["annotations"],
        "ownerReferences": [reference(owner.0, owner.1)]}, "spec": template["spec"]});
    for empty in ["labels", "annotations"] {
        if pod["metadata"][empty].is_null() {
            pod["metadata"][empty] = json!({});
        }
    }
    change(&mut pod);
    // What a quota or a namespace that goes refuses is tried again at the next tick.
    if let Err(refusal) = api.make(&POD, pod, "kube-controller-manager") {
        assert!([403, 404, 409].contains(&refusal.code), "{}", refusal.message);
    }
}

/// What came of a write, unless its object has gone meanwhile.
///
/// # Panics
/// If it was refused for another reason: a model does nothing that could be.
#[track_caller]
pub fn unless_gone<T>(answered: Answered<T>) -> Option<T> {
    match answered {
        Ok(done) => Some(done),
        Err(refusal) if refusal.code == 404 => None,
        Err(refusal) => panic!("a model was refused: {}", refusal.message),
    }
}
