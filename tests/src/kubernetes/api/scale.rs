//! `/scale`: the number of replicas, apart from all else.

use serde_json::{Value, json};

use super::kind::Kind;
use super::refusal::{Answered, Refusal};

/// The `Scale` of an object.
pub fn of(object: &Value) -> Value {
    let meta = &object["metadata"];
    let mut metadata = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        metadata[field] = meta[field].clone();
    }
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    json!({"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
        "spec": {"replicas": number(&object["spec"]["replicas"])},
        "status": {"replicas": number(&object["status"]["replicas"]), "selector": written(&object["spec"]["selector"])}})
}

/// Sets an object's replicas by a `Scale`.
///
/// # Errors
/// 409 where the scale is of another version, 422 below zero.
pub fn set(kind: &Kind, object: &mut Value, scale: &Value) -> Answered<()> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let version = &scale["metadata"]["resourceVersion"];
    if version.as_str().is_some_and(|version| !version.is_empty()) && *version != object["metadata"]["resourceVersion"]
    {
        return Err(Refusal::modified(kind, &name));
    }
    let replicas = match &scale["spec"]["replicas"] {
        Value::Null => 0,
        other => other.as_i64().ok_or_else(|| Refusal::bad_request("spec.replicas is no number"))?,
    };
    if replicas < 0 {
        return Err(Refusal::invalid(kind, &name, "spec.replicas", "must be greater than or equal to 0"));
    }
    object["spec"]["replicas"] = json!(replicas);
    Ok(())
}

/// A label selector as a query has it.
fn written(selector: &Value) -> String {
    let pairs = selector["matchLabels"].as_object().into_iter().flatten();
    let pairs: Vec<String> =
        pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    pairs.join(",")
}
