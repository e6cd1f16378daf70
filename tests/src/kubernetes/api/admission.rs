//! What an object must be to be let in.

use serde_json::{Value, json};

use super::kind::{BUDGET, DEPLOYMENT, Kind, POD, QUOTA, REPLICA_SET, STATEFUL_SET};
use super::quantity;
use super::refusal::{Answered, Refusal};
use super::schema::Shape;
use super::select::matches;
use super::state::Validation;
use super::store::Store;

/// Sees to it that an object is of its kind and namespace, and drops what the kind has no field for. Returns what to
/// warn of.
///
/// # Errors
/// 400.
pub fn decoded(kind: &Kind, namespace: &str, object: &mut Value, validation: Validation) -> Answered<Vec<String>> {
    let expect = |object: &mut Value, field: &str, wanted: String| -> Answered<()> {
        match object[field].as_str() {
            None | Some("") => object[field] = json!(wanted),
            Some(there) if there != wanted => {
                let message =
                    format!("the {field} in the data ({there}) does not match the expected {field} ({wanted})");
                return Err(Refusal::bad_request(message));
            }
            Some(_) => {}
        }
        Ok(())
    };
    if !object.is_object() {
        return Err(Refusal::bad_request("the object provided is unrecognized (must be of type object)"));
    }
    expect(object, "apiVersion", kind.api_version())?;
    expect(object, "kind", kind.kind.to_owned())?;
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    let there = object["metadata"]["namespace"].as_str().unwrap_or_default();
    if kind.namespaced && !there.is_empty() && there != namespace {
        let why = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Refusal::bad_request(why));
    }
    let unknown: Vec<String> =
        Shape::of(kind).prune(object).iter().map(|field| format!("unknown field {field:?}")).collect();
    match validation {
        Validation::Ignore => Ok(Vec::new()),
        Validation::Warn => Ok(unknown),
        Validation::Strict if unknown.is_empty() => Ok(unknown),
        Validation::Strict => {
            let of = format!("{} in version {:?} cannot be handled as a {}", kind.kind, kind.version, kind.kind);
            Err(Refusal::bad_request(format!("{of}: strict decoding error: {}", unknown.join(", "))))
        }
    }
}

/// Refuses a write that was meant for another version of the object, or for another object of that name.
///
/// # Errors
/// 409, or 400 if the name is another.
pub fn same_object(kind: &Kind, name: &str, before: &Value, wanted: &Value) -> Answered<()> {
    let given = |field: &str| wanted["metadata"][field].as_str().filter(|text| !text.is_empty());
    if given("name").is_some_and(|there| there != name) {
        let there = given("name").unwrap_or_default();
        let message = format!("the name of the object ({there}) does not match the name on the URL ({name})");
        return Err(Refusal::bad_request(message));
    }
    if let Some(uid) = given("uid")
        && before["metadata"]["uid"] != uid
    {
        let there = before["metadata"]["uid"].as_str().unwrap_or_default();
        let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {there}");
        return Err(Refusal::conflict(kind, name, &why));
    }
    if given("resourceVersion").is_some_and(|version| before["metadata"]["resourceVersion"] != version) {
        return Err(Refusal::modified(kind, name));
    }
    Ok(())
}

/// Refuses an object that could not work, or of which something changed that cannot.
///
/// # Errors
/// 422.
pub fn valid(kind: &Kind, name: &str, object: &Value, before: Option<&Value>) -> Answered<()> {
    let invalid = |field: &str, why: &str| Err(Refusal::invalid(kind, name, field, why));
    let labels = object["metadata"]["labels"].as_object().into_iter().flatten();
    let notes = object["metadata"]["annotations"].as_object().into_iter().flatten();
    if let Some((key, _)) = labels.chain(notes).find(|(_, value)| !value.is_string()) {
        return Err(Refusal::bad_request(format!("json: cannot unmarshal {key} into a Go value of type string")));
    }
    let spec = &object["spec"];
    if spec["replicas"].as_i64().is_some_and(|replicas| replicas < 0) {
        return invalid("spec.replicas", "Invalid value: must be greater than or equal to 0");
    }
    if [DEPLOYMENT, REPLICA_SET, STATEFUL_SET].contains(kind) {
        if !matches(&spec["selector"], &spec["template"]["metadata"]["labels"]) {
            return invalid("spec.template.metadata.labels", "`selector` does not match template `labels`");
        }
        if before.is_some_and(|before| before["spec"]["selector"] != spec["selector"]) {
            return invalid("spec.selector", "field is immutable");
        }
    }
    if *kind == BUDGET && spec.get("minAvailable").is_some() && spec.get("maxUnavailable").is_some() {
        return invalid("spec", "minAvailable and maxUnavailable cannot be both set");
    }
    if kind.kind == "HorizontalPodAutoscaler" {
        let (least, most) = (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(0));
        if most < 1 || most < least {
            return invalid("spec.maxReplicas", "must be greater than or equal to `minReplicas`");
        }
    }
    if let Some(before) = before {
        if *kind == POD && fixed(before) != fixed(object) {
            let only = "pod updates may not change fields other than `spec.containers[*].image`, \
                `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations)";
            return invalid("spec", &format!("Forbidden: {only}"));
        }
        // The AWS load balancer controller's webhook.
        if kind.kind == "TargetGroupBinding" {
            for field in ["targetGroupARN", "targetType", "ipAddressType", "vpcID"] {
                let there = &before["spec"][field];
                if !there.is_null() && spec[field] != *there {
                    let message = format!(
                        "admission webhook \"vtargetgroupbinding.elbv2.k8s.aws\" denied the request: \
                        TargetGroupBinding update may not change these immutable fields: spec.{field}"
                    );
                    return Err(Refusal::new(403, "Forbidden", message));
                }
            }
        }
    }
    Ok(())
}

/// What of a pod's wishes can never change. Scheduling it is no change of them.
fn fixed(pod: &Value) -> Value {
    let mut spec = pod["spec"].clone();
    if let Some(fields) = spec.as_object_mut() {
        for free in
            ["nodeName", "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"]
        {
            fields.remove(free);
        }
        for container in fields.get_mut("containers").and_then(Value::as_array_mut).into_iter().flatten() {
            container.as_object_mut().map(|container| container.remove("image"));
        }
    }
    spec
}

/// Refuses what a quota of the namespace has no room for: pods by their number and their requests.
///
/// # Errors
/// 403.
pub fn within_quota(store: &Store, kind: &Kind, namespace: &str, object: &Value) -> Answered<()> {
    if *kind != POD {
        return Ok(());
    }
    let pods = store.list(&POD.resource(), Some(namespace));
    let living = |pod: &&std::sync::Arc<Value>| {
        !["Succeeded", "Failed"].contains(&pod["status"]["phase"].as_str().unwrap_or(""))
    };
    for quota in store.list(&QUOTA.resource(), Some(namespace)) {
        for (what, hard) in quota["spec"]["hard"].as_object().into_iter().flatten() {
            let Some(more) = quantity::used(object, what) else { continue };
            let used: i64 = pods.iter().filter(living).filter_map(|pod| quantity::used(pod, what)).sum();
            let Some(limit) = quantity::thousandths(hard) else { continue };
            if used + more > limit {
                let quota = quota["metadata"]["name"].as_str().unwrap_or_default();
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                let why = format!(
                    "exceeded quota: {quota}, requested: {what}={}, used: {what}={}, limited: {what}={}",
                    quantity::whole(more),
                    quantity::whole(used),
                    quantity::whole(limit)
                );
                let message = format!("pods {name:?} is forbidden: {why}");
                return Err(Refusal::of(403, "Forbidden", kind, name, message));
            }
        }
    }
    Ok(())
}
