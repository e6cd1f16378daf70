//! Kubelets: pods that start, become ready, and end. What a pod of a test does otherwise, its annotations say.

use std::sync::Arc;

use serde_json::{Value, json};

use super::object::{condition, name, namespace, noted, number, place, set_condition, time, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::kind::{CLAIM, NODE, POD};
use crate::kubernetes::api::state::{Part, is_going};

/// Annotation: so many seconds from running to ready; -1 for never.
pub const READY_AFTER: &str = "models.test/ready-after";
/// Annotation: so many seconds from being told to end to having ended, within the grace period.
pub const ENDS_AFTER: &str = "models.test/ends-after";
/// Annotation: so many seconds from running to having succeeded.
pub const RUNS_FOR: &str = "models.test/runs-for";

const MANAGER: &str = "kubelet";

/// The pace of pods that do not say their own, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From being scheduled to running.
    pub start: i64,
    /// From running to ready.
    pub ready: i64,
    /// From being told to end to having ended.
    pub end: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { start: 2, ready: 3, end: 2 }
    }
}

/// Lets all kubelets do one step.
pub fn act(api: &Api, pace: &Pace) {
    let pods = api.list(&POD, None);
    for pod in pods.iter().filter(|pod| !node(pod).is_empty()) {
        if api.get(&NODE, "", node(pod)).is_none() {
            // The garbage collector of pods: their node is gone.
            api.remove(&POD, place(pod));
        } else if is_going(pod) {
            end(api, pod, pace);
        } else {
            match pod["status"]["phase"].as_str() {
                Some("Pending") => start(api, pod, &pods, pace),
                Some("Running") => run(api, pod, pace),
                _ => {}
            }
        }
    }
}

fn node(pod: &Value) -> &str {
    pod["spec"]["nodeName"].as_str().unwrap_or_default()
}

fn end(api: &Api, pod: &Value, pace: &Pace) {
    let meta = &pod["metadata"];
    let last = time(&meta["deletionTimestamp"]).unwrap_or(0);
    let told = last - number(&meta["deletionGracePeriodSeconds"]);
    if api.clock().now() >= last.min(told + noted(pod, ENDS_AFTER).unwrap_or(pace.end)) {
        api.remove(&POD, place(pod));
    }
}

fn start(api: &Api, pod: &Value, pods: &[Arc<Value>], pace: &Pace) {
    let now = api.clock().now();
    let scheduled = condition(pod, "PodScheduled").and_then(|one| time(&one["lastTransitionTime"]));
    let assigned = scheduled.or_else(|| time(&pod["metadata"]["creationTimestamp"])).unwrap_or(now);
    if now < assigned + pace.start || is_attached_elsewhere(api, pod, pods) {
        return;
    }
    let at = written(now);
    edit(api, pod, |pod| {
        let address = address(pod);
        let containers = pod["spec"]["containers"].as_array().cloned().unwrap_or_default();
        let containers: Vec<Value> = containers
            .iter()
            .map(|one| {
                json!({"name": one["name"], "image": one["image"], "ready": false, "restartCount": 0,
                "state": {"running": {"startedAt": at}}})
            })
            .collect();
        let status = &mut pod["status"];
        status["phase"] = json!("Running");
        status["startTime"] = json!(at);
        status["podIP"] = json!(address);
        status["podIPs"] = json!([{"ip": address}]);
        status["containerStatuses"] = json!(containers);
        set_condition(pod, "Initialized", true, "", &at);
        set_condition(pod, "ContainersReady", false, "ContainersNotReady", &at);
        set_condition(pod, "Ready", false, "ContainersNotReady", &at);
    });
}

fn run(api: &Api, pod: &Value, pace: &Pace) {
    let now = api.clock().now();
    let since = time(&pod["status"]["startTime"]).unwrap_or(now);
    let at = written(now);
    if noted(pod, RUNS_FOR).is_some_and(|time| now >= since + time) {
        return edit(api, pod, |pod| {
            pod["status"]["phase"] = json!("Succeeded");
            set_condition(pod, "Ready", false, "PodCompleted", &at);
        });
    }
    let after = noted(pod, READY_AFTER).unwrap_or(pace.ready);
    let healthy = after >= 0 && now >= since + after;
    let gates = pod["spec"]["readinessGates"].as_array().into_iter().flatten();
    let open = gates.into_iter().all(|gate| {
        let kind = gate["conditionType"].as_str().unwrap_or_default();
        condition(pod, kind).is_some_and(|condition| condition["status"] == "True")
    });
    edit(api, pod, |pod| {
        for container in pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten() {
            container["ready"] = json!(healthy);
        }
        set_condition(pod, "ContainersReady", healthy, if healthy { "" } else { "ContainersNotReady" }, &at);
        let reason = match (healthy, open) {
            (true, true) => "",
            (false, _) => "ContainersNotReady",
            (true, false) => "ReadinessGatesNotReady",
        };
        set_condition(pod, "Ready", healthy && open, reason, &at);
    });
}

/// Whether a disk of the pod, which only one node can have, is with a pod on another.
fn is_attached_elsewhere(api: &Api, pod: &Value, pods: &[Arc<Value>]) -> bool {
    let others = pods.iter().filter(|other| {
        namespace(other) == namespace(pod)
            && name(other) != name(pod)
            && !node(other).is_empty()
            && node(other) != node(pod)
            && other["status"]["phase"] == "Running"
    });
    let taken: Vec<&str> = others.flat_map(|other| claims(other)).collect();
    claims(pod).iter().any(|claim| {
        let modes =
            api.get(&CLAIM, namespace(pod), claim).map_or(Value::Null, |claim| claim["spec"]["accessModes"].clone());
        let shared = modes.as_array().is_some_and(|modes| modes.iter().any(|mode| mode == "ReadWriteMany"));
        !shared && taken.contains(claim)
    })
}

/// The claims that a pod uses.
pub fn claims(pod: &Value) -> Vec<&str> {
    let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
    volumes.filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str()).collect()
}

/// An address that no other pod has, from its uid.
fn address(pod: &Value) -> String {
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
    let number = u32::from_str_radix(uid.rsplit('-').next().unwrap_or_default(), 16).unwrap_or(0);
    format!("10.{}.{}.{}", number / 62_500 % 250, number / 250 % 250, number % 250 + 1)
}

fn edit(api: &Api, pod: &Value, change: impl FnOnce(&mut Value)) {
    unless_gone(api.edit(&POD, place(pod), Part::Status, MANAGER, change));
}
