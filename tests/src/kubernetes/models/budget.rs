//! The status of pod disruption budgets, as Kubernetes's `disruption.go` finds it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::deployment::part;
use super::object::{controller, is_over, name, namespace, number, place, set_condition, time, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::{BUDGET, DEPLOYMENT, POD, REPLICA_SET, STATEFUL_SET};
use crate::kubernetes::api::select::matches;
use crate::kubernetes::api::state::{Part, is_going};

/// After how many seconds an evicted pod that is still there counts again.
const GIVEN_UP: i64 = 120;

/// Finds the status of all budgets.
pub fn act(api: &Api) {
    for budget in api.list(&BUDGET, None).iter().filter(|budget| !is_going(budget)) {
        let mut pods = api.list(&POD, Some(namespace(budget)));
        pods.retain(|pod| matches(&budget["spec"]["selector"], &pod["metadata"]["labels"]) && !is_over(pod));
        let now = api.clock().now();
        let (expected, desired) = expected(api, &budget["spec"], &pods);
        let generation = budget["metadata"]["generation"].clone();
        let edited = api.edit(&BUDGET, place(budget), Part::Status, "kube-controller-manager", |budget| {
            let on_their_way = on_their_way(&budget["status"]["disruptedPods"], &pods, now);
            let healthy =
                pods.iter().filter(|pod| is_ready(pod) && !is_going(pod) && !on_their_way.contains_key(name(pod)));
            let healthy = i64::try_from(healthy.count()).unwrap();
            let allowed = if expected > 0 { (healthy - desired).max(0) } else { 0 };
            let status = &mut budget["status"];
            for (field, value) in [
                ("expectedPods", expected),
                ("desiredHealthy", desired),
                ("currentHealthy", healthy),
                ("disruptionsAllowed", allowed),
            ] {
                status[field] = json!(value);
            }
            status["observedGeneration"] = generation;
            status["disruptedPods"] = Value::Object(on_their_way);
            let reason = if allowed > 0 { "SufficientPods" } else { "InsufficientPods" };
            set_condition(budget, "DisruptionAllowed", allowed > 0, reason, &written(now));
        });
        unless_gone(edited);
    }
}

/// The evicted pods that are still there and have not begun to go.
fn on_their_way(there: &Value, pods: &[Arc<Value>], now: i64) -> Map<String, Value> {
    let waiting = there.as_object().into_iter().flatten().filter(|(disrupted, since)| {
        let pod = pods.iter().find(|pod| name(pod) == disrupted.as_str());
        pod.is_some_and(|pod| !is_going(pod)) && time(since).is_some_and(|since| now < since + GIVEN_UP)
    });
    waiting.map(|(name, since)| (name.clone(), since.clone())).collect()
}

/// How many pods there should be, and how many of them healthy.
fn expected(api: &Api, spec: &Value, pods: &[Arc<Value>]) -> (i64, i64) {
    let least = &spec["minAvailable"];
    if least.is_i64() {
        return (i64::try_from(pods.len()).unwrap(), number(least));
    }
    let expected = wanted_by_controllers(api, pods);
    if !least.is_null() {
        return (expected, part(least, expected, true));
    }
    (expected, (expected - part(&spec["maxUnavailable"], expected, true)).max(0))
}

/// The sum of what the controllers of these pods want.
fn wanted_by_controllers(api: &Api, pods: &[Arc<Value>]) -> i64 {
    let mut seen: Vec<Value> = Vec::new();
    let mut sum = 0;
    for pod in pods {
        let Some(owner) = controller(pod) else { continue };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = if owner["kind"] == "StatefulSet" { STATEFUL_SET } else { REPLICA_SET };
        let Some(mut scaled) = api.get(&kind, namespace(pod), &text(&owner["name"])) else { continue };
        if let Some(above) = controller(&scaled)
            && let Some(deployment) = api.get(&DEPLOYMENT, namespace(pod), &text(&above["name"]))
        {
            scaled = deployment;
        }
        if !seen.contains(&scaled["metadata"]["uid"]) {
            seen.push(scaled["metadata"]["uid"].clone());
            sum += number(&scaled["spec"]["replicas"]);
        }
    }
    sum
}
