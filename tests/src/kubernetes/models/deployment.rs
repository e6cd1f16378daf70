//! Deployments: a replica set for the template, others scaled down within what the strategy allows.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::{Value, json};

use super::object::{is_active, name, namespace, number, owned, place, reference, set_condition, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::kind::{DEPLOYMENT, POD, REPLICA_SET};
use crate::kubernetes::api::state::{Part, is_going};

const MANAGER: &str = "kube-controller-manager";
const HASH: &str = "pod-template-hash";

/// Lets all deployments do one step.
pub fn act(api: &Api) {
    for deployment in api.list(&DEPLOYMENT, None).iter().filter(|deployment| !is_going(deployment)) {
        step(api, deployment);
        report(api, deployment);
    }
}

fn step(api: &Api, deployment: &Value) {
    let hash = hash(&deployment["spec"]["template"]);
    let sets = owned(api, &REPLICA_SET, deployment);
    let (new, old): (Vec<_>, Vec<_>) = sets.iter().partition(|set| set["metadata"]["labels"][HASH] == hash.as_str());
    let wanted = number(&deployment["spec"]["replicas"]);
    let size = |set: &Value| number(&set["spec"]["replicas"]);
    if deployment["spec"]["paused"] == true {
        let busiest = sets.iter().max_by_key(|set| size(set));
        return busiest.into_iter().for_each(|set| scale(api, set, wanted));
    }
    let there: i64 = sets.iter().map(|set| size(set)).sum();
    let Some(new) = new.first() else {
        return make(api, deployment, &hash, first_size(api, deployment, &old, there));
    };
    if old.iter().all(|set| size(set) == 0) {
        return scale(api, new, if waits_for_old(api, deployment, &old) { 0 } else { wanted });
    }
    if deployment["spec"]["strategy"]["type"] == "Recreate" {
        return old.iter().for_each(|set| scale(api, set, 0));
    }
    let (surge, unavailable) = limits(deployment);
    let up = (wanted + surge - there).min(wanted - size(new)).max(0);
    // Above what is wanted, the new one shrinks as well.
    scale(api, new, (size(new) + up).min(wanted.max(0)));
    let available = |set: &Value| number(&set["status"]["availableReplicas"]);
    let mut spare = there - (wanted - unavailable) - (size(new) - available(new)).max(0);
    let mut living = old.iter().map(|set| available(set)).sum::<i64>() + available(new) - (wanted - unavailable);
    for set in &old {
        let sick = (size(set) - available(set)).clamp(0, spare.max(0));
        let well = (size(set) - sick).min(spare - sick).min(living).max(0);
        scale(api, set, size(set) - sick - well);
        (spare, living) = (spare - sick - well, living - well);
    }
}

/// How many pods more, and how many fewer, there may be than wanted.
fn limits(deployment: &Value) -> (i64, i64) {
    let wanted = number(&deployment["spec"]["replicas"]);
    let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
    let (surge, unavailable) =
        (part(&rolling["maxSurge"], wanted, true), part(&rolling["maxUnavailable"], wanted, false));
    if surge == 0 && unavailable == 0 { (0, 1) } else { (surge, unavailable) }
}

/// A number, or a percent of a whole.
pub fn part(value: &Value, whole: i64, up: bool) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')?.parse::<i64>().ok()) {
        Some(percent) if up => (whole * percent + 99) / 100,
        Some(percent) => whole * percent / 100,
        None => number(value),
    }
}

fn first_size(api: &Api, deployment: &Value, old: &[&Arc<Value>], there: i64) -> i64 {
    let wanted = number(&deployment["spec"]["replicas"]);
    if deployment["spec"]["strategy"]["type"] == "Recreate" {
        return if there > 0 || waits_for_old(api, deployment, old) { 0 } else { wanted };
    }
    if there == 0 { wanted } else { (wanted + limits(deployment).0 - there).clamp(0, wanted) }
}

/// Whether a deployment that recreates has old pods left.
fn waits_for_old(api: &Api, deployment: &Value, old: &[&Arc<Value>]) -> bool {
    deployment["spec"]["strategy"]["type"] == "Recreate" && old.iter().any(|set| !owned(api, &POD, set).is_empty())
}

fn make(api: &Api, deployment: &Value, hash: &str, replicas: i64) {
    let mut template = deployment["spec"]["template"].clone();
    template["metadata"]["labels"][HASH] = json!(hash);
    let mut selector = deployment["spec"]["selector"].clone();
    selector["matchLabels"][HASH] = json!(hash);
    let set = json!({"metadata": {"name": format!("{}-{hash}", name(deployment)), "namespace": namespace(deployment),
        "labels": template["metadata"]["labels"], "ownerReferences": [reference(&DEPLOYMENT, deployment)]},
        "spec": {"replicas": replicas, "selector": selector, "template": template,
            "minReadySeconds": number(&deployment["spec"]["minReadySeconds"])},
        "status": {"replicas": 0}});
    if let Err(refusal) = api.make(&REPLICA_SET, set, MANAGER) {
        assert!([403, 404].contains(&refusal.code), "{}", refusal.message);
    }
}

fn scale(api: &Api, set: &Value, replicas: i64) {
    if number(&set["spec"]["replicas"]) != replicas {
        let edited =
            api.edit(&REPLICA_SET, place(set), Part::Main, MANAGER, |set| set["spec"]["replicas"] = json!(replicas));
        unless_gone(edited);
    }
}

fn hash(template: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    template.to_string().hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xffff_ffff)
}

/// Says how far it is. What was seen is the generation of `deployment`, not one that came meanwhile.
fn report(api: &Api, deployment: &Value) {
    let hash = hash(&deployment["spec"]["template"]);
    let sets = owned(api, &REPLICA_SET, deployment);
    let sum = |field: &str| sets.iter().map(|set| number(&set["status"][field])).sum::<i64>();
    let new = sets.iter().find(|set| set["metadata"]["labels"][HASH] == hash.as_str());
    let updated = new.map_or(0, |set| number(&set["status"]["replicas"]));
    let wanted = number(&deployment["spec"]["replicas"]);
    let (replicas, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"));
    let now = written(api.clock().now());
    let edited = api.edit(&DEPLOYMENT, place(deployment), Part::Status, MANAGER, |object| {
        let conditions = object["status"]["conditions"].clone();
        object["status"] = json!({"observedGeneration": deployment["metadata"]["generation"], "replicas": replicas,
            "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": available,
            "unavailableReplicas": (wanted - available).max(0), "conditions": conditions});
        set_condition(
            object,
            "Available",
            available >= wanted - limits(deployment).1,
            "MinimumReplicasAvailable",
            &now,
        );
        // Kubernetes: once complete, it stays so through a mere scaling up.
        let complete = updated == wanted && replicas == wanted && available == wanted;
        let was = super::object::condition(object, "Progressing")
            .is_some_and(|one| one["reason"] == "NewReplicaSetAvailable");
        let rolling = sets.iter().filter(|set| number(&set["status"]["replicas"]) > 0).count() > 1;
        let reason = if complete || (was && !rolling) { "NewReplicaSetAvailable" } else { "ReplicaSetUpdated" };
        set_condition(object, "Progressing", true, reason, &now);
    });
    unless_gone(edited);
}

/// The pods of a deployment that are not on their way out.
pub fn pods(api: &Api, deployment: &Value) -> Vec<Arc<Value>> {
    let sets = owned(api, &REPLICA_SET, deployment);
    sets.iter().flat_map(|set| owned(api, &POD, set)).filter(|pod| is_active(pod)).collect()
}
