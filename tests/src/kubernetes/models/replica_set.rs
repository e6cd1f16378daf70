//! Replica sets: as many pods as wanted, and a fixed order of deletion.

use std::sync::Arc;

use serde_json::{Value, json};

use super::object::{condition, controller, is_active, make_pod, namespace, number, owned, place, time, unless_gone};
use super::victims;
use crate::kubernetes::api::Api;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::{POD, REPLICA_SET};
use crate::kubernetes::api::state::{Part, is_going};

/// Lets all replica sets do one step.
pub fn act(api: &Api) {
    for set in api.list(&REPLICA_SET, None).iter().filter(|set| !is_going(set)) {
        let pods: Vec<Arc<Value>> = owned(api, &POD, set).into_iter().filter(|pod| is_active(pod)).collect();
        let (wanted, there) = (number(&set["spec"]["replicas"]), i64::try_from(pods.len()).unwrap());
        for _ in there..wanted {
            make_pod(api, (&REPLICA_SET, set), &set["spec"]["template"], |_| {});
        }
        let surplus = usize::try_from(there - wanted).unwrap_or(0);
        if surplus > 0 {
            for pod in victims::in_order(pods, &related(api, set), api.clock().now()).iter().take(surplus) {
                unless_gone(api.delete(&POD, place(pod), &json!({})));
            }
        }
        report(api, set);
    }
}

/// The pods of all replica sets that belong to the same owner.
fn related(api: &Api, set: &Value) -> Vec<Arc<Value>> {
    let owner = controller(set).map_or(Value::Null, |owner| owner["uid"].clone());
    let mut sets = api.list(&REPLICA_SET, Some(namespace(set)));
    sets.retain(|other| {
        let same = controller(other).is_some_and(|other| other["uid"] == owner);
        same || other["metadata"]["uid"] == set["metadata"]["uid"]
    });
    sets.iter().flat_map(|set| owned(api, &POD, set)).filter(|pod| is_active(pod)).collect()
}

fn report(api: &Api, set: &Value) {
    let mut pods = owned(api, &POD, set);
    pods.retain(|pod| is_active(pod));
    let now = api.clock().now();
    let rest = number(&set["spec"]["minReadySeconds"]);
    let since = |pod: &Value| condition(pod, "Ready").and_then(|ready| time(&ready["lastTransitionTime"]));
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let available =
        pods.iter().filter(|pod| is_ready(pod) && since(pod).is_some_and(|since| now - since >= rest)).count();
    let edited = api.edit(&REPLICA_SET, place(set), Part::Status, "kube-controller-manager", |object| {
        object["status"] = json!({"replicas": pods.len(), "fullyLabeledReplicas": pods.len(), "readyReplicas": ready,
            "availableReplicas": available, "observedGeneration": set["metadata"]["generation"]});
    });
    unless_gone(edited);
}
