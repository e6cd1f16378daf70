//! Which pods a replica set deletes first, as `ActivePodsWithRanks` in Kubernetes's `controller_utils.go`.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::object::{condition, noted, number, time};
use crate::kubernetes::api::eviction::is_ready;

/// Below which pods are deleted first; 0 for those without.
pub const COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The pods in the order in which they are deleted. `related` are the pods of all replica sets of the same owner.
pub fn in_order(mut pods: Vec<Arc<Value>>, related: &[Arc<Value>], now: i64) -> Vec<Arc<Value>> {
    let mut neighbours: HashMap<&str, usize> = HashMap::new();
    for pod in related {
        *neighbours.entry(node(pod)).or_default() += 1;
    }
    let crowd = |pod: &Value| neighbours.get(node(pod)).copied().unwrap_or(0);
    pods.sort_by(|one, other| {
        let keys = [one, other].map(|pod| {
            let phase = match pod["status"]["phase"].as_str() {
                Some("Pending") => 0,
                Some("Running") => 2,
                _ => 1,
            };
            let cost = noted(pod, COST).unwrap_or(0);
            (!node(pod).is_empty(), phase, is_ready(pod), cost, Reverse(crowd(pod)))
        });
        keys[0].cmp(&keys[1]).then_with(|| by_age(one, other, now))
    });
    pods
}

/// The younger first: by the time of being ready, restarts, then by creation. Ages count in powers of two, and within one
/// the `uid` decides, which is as good as chance.
fn by_age(one: &Value, other: &Value, now: i64) -> Ordering {
    if is_ready(one) && is_ready(other) {
        let since = |pod: &Value| condition(pod, "Ready").and_then(|ready| time(&ready["lastTransitionTime"]));
        if since(one) != since(other) {
            return by_power(since(one), since(other), now).then_with(|| by_uid(one, other));
        }
    }
    let restarts = |pod: &Value| -> i64 {
        let containers = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
        containers.map(|container| number(&container["restartCount"])).max().unwrap_or(0)
    };
    let made = |pod: &Value| time(&pod["metadata"]["creationTimestamp"]);
    Reverse(restarts(one))
        .cmp(&Reverse(restarts(other)))
        .then_with(|| by_power(made(one), made(other), now))
        .then_with(|| by_uid(one, other))
}

fn by_uid(one: &Value, other: &Value) -> Ordering {
    one["metadata"]["uid"].as_str().cmp(&other["metadata"]["uid"].as_str())
}

fn by_power(one: Option<i64>, other: Option<i64>, now: i64) -> Ordering {
    let power = |since: Option<i64>| {
        let age = now - since.unwrap_or(now);
        // In nanoseconds, as there.
        if age > 0 { (age as f64 * 1e9).log2() as i64 } else { -1 }
    };
    power(one).cmp(&power(other))
}

fn node(pod: &Value) -> &str {
    pod["spec"]["nodeName"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kubernetes::api::calendar::{BEGINNING, written};

    fn pod(name: &str, node: &str, ready_for: Option<i64>, cost: Option<i64>) -> Arc<Value> {
        let ready = |age| json!([{"type": "Ready", "status": "True", "lastTransitionTime": written(BEGINNING - age)}]);
        let mut pod = json!({"metadata": {"name": name, "uid": name, "annotations": {}}, "spec": {"nodeName": node},
            "status": {"phase": "Running", "conditions": ready_for.map_or(json!([]), ready)}});
        if let Some(cost) = cost {
            pod["metadata"]["annotations"][COST] = json!(cost.to_string());
        }
        Arc::new(pod)
    }

    #[track_caller]
    fn check(pods: Vec<Arc<Value>>, expected: &[&str]) {
        let related = pods.clone();
        let ordered = in_order(pods, &related, BEGINNING);
        let names: Vec<&str> = ordered.iter().map(|pod| pod["metadata"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_lower_cost_goes_first_among_the_ready() {
        check(vec![pod("green", "g", Some(10), None), pod("blue", "b", Some(9000), Some(-1000))], &["blue", "green"]);
    }

    #[test]
    fn who_is_not_ready_goes_before_any_cost() {
        check(
            vec![
                pod("blue", "b", Some(9000), Some(-1000)),
                pod("green", "g", None, None),
                pod("nowhere", "", None, Some(5)),
            ],
            &["nowhere", "green", "blue"],
        );
    }

    #[test]
    fn a_crowded_node_loses_first_and_then_the_younger() {
        check(
            vec![pod("alone", "a", Some(10), None), pod("one", "b", Some(1000), None), pod("two", "b", Some(10), None)],
            &["two", "one", "alone"],
        );
    }

    #[test]
    fn ages_of_one_power_of_two_are_the_same() {
        check(vec![pod("b", "x", Some(1100), None), pod("a", "y", Some(1200), None)], &["a", "b"]);
    }
}
