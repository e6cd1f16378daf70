//! Stateful sets: pods by ordinal, one at a time and each only once those before it are ready.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::{Value, json};

use super::object::{is_over, make_pod, name, namespace, number, owned, place, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::{CLAIM, POD, STATEFUL_SET};
use crate::kubernetes::api::state::{Part, is_going};

const REVISION: &str = "controller-revision-hash";

/// Lets all stateful sets do one step.
pub fn act(api: &Api) {
    for set in api.list(&STATEFUL_SET, None).iter().filter(|set| !is_going(set)) {
        step(api, set);
        report(api, set);
    }
}

fn step(api: &Api, set: &Value) {
    let wanted = number(&set["spec"]["replicas"]);
    let pods = owned(api, &POD, set);
    let at = |ordinal: i64| pods.iter().find(|pod| self::ordinal(pod) == Some(ordinal));
    let in_order = set["spec"]["podManagementPolicy"] != "Parallel";
    for ordinal in 0..wanted {
        match at(ordinal) {
            None => make(api, set, ordinal),
            Some(pod) if is_over(pod) => drop(unless_gone(api.delete(&POD, place(pod), &json!({})))),
            Some(pod) if is_ready(pod) && !is_going(pod) => continue,
            Some(_) => {}
        }
        if in_order {
            return;
        }
    }
    let surplus = pods.iter().filter(|pod| self::ordinal(pod).is_some_and(|ordinal| ordinal >= wanted));
    let mut surplus: Vec<&Arc<Value>> = surplus.collect();
    surplus.sort_by_key(|pod| std::cmp::Reverse(self::ordinal(pod)));
    if let Some(pod) = surplus.first() {
        if !is_going(pod) {
            unless_gone(api.delete(&POD, place(pod), &json!({})));
        }
        return;
    }
    if set["spec"]["updateStrategy"]["type"] == "OnDelete" || pods.iter().any(|pod| is_going(pod)) {
        return;
    }
    let revision = revision(set);
    let outdated = pods.iter().filter(|pod| pod["metadata"]["labels"][REVISION] != revision.as_str());
    if let Some(pod) = outdated.max_by_key(|pod| self::ordinal(pod)) {
        unless_gone(api.delete(&POD, place(pod), &json!({})));
    }
}

fn make(api: &Api, set: &Value, ordinal: i64) {
    let pod_name = format!("{}-{ordinal}", name(set));
    let templates = set["spec"]["volumeClaimTemplates"].as_array().cloned().unwrap_or_default();
    let claim = |template: &Value| format!("{}-{pod_name}", name(template));
    for template in &templates {
        if api.get(&CLAIM, namespace(set), &claim(template)).is_none() {
            let wanted = json!({"metadata": {"name": claim(template), "namespace": namespace(set)}, "spec": template["spec"],
                "status": {"phase": "Pending"}});
            unless_gone(api.make(&CLAIM, wanted, "kube-controller-manager"));
        }
    }
    make_pod(api, (&STATEFUL_SET, set), &set["spec"]["template"], |pod| {
        pod["metadata"]["name"] = json!(pod_name);
        pod["metadata"]["labels"][REVISION] = json!(revision(set));
        pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] = json!(ordinal.to_string());
        pod["spec"]["hostname"] = json!(pod_name);
        if !pod["spec"]["volumes"].is_array() {
            pod["spec"]["volumes"] = json!([]);
        }
        let volumes = pod["spec"]["volumes"].as_array_mut().unwrap();
        for template in &templates {
            volumes.push(json!({"name": name(template), "persistentVolumeClaim": {"claimName": claim(template)}}));
        }
    });
}

fn ordinal(pod: &Value) -> Option<i64> {
    name(pod).rsplit('-').next()?.parse().ok()
}

fn revision(set: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    set["spec"]["template"].to_string().hash(&mut hasher);
    format!("{}-{:08x}", name(set), hasher.finish() & 0xffff_ffff)
}

fn report(api: &Api, set: &Value) {
    let pods = owned(api, &POD, set);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let revision = revision(set);
    let updated = pods.iter().filter(|pod| pod["metadata"]["labels"][REVISION] == revision.as_str()).count();
    let edited = api.edit(&STATEFUL_SET, place(set), Part::Status, "kube-controller-manager", |object| {
        let before = object["status"]["currentRevision"].as_str().unwrap_or(&revision).to_owned();
        let current = if updated == pods.len() { revision.clone() } else { before };
        object["status"] = json!({"observedGeneration": set["metadata"]["generation"], "replicas": pods.len(),
            "readyReplicas": ready, "availableReplicas": ready, "currentReplicas": updated, "updatedReplicas": updated,
            "currentRevision": current, "updateRevision": revision});
    });
    unless_gone(edited);
}
