//! Daemon sets: a pod on each node that it may be on, cordoned ones included. They name the node themselves, rather than
//! leave it to the scheduler.

use serde_json::{Value, json};

use super::object::{is_over, make_pod, name, owned, place, unless_gone};
use super::scheduler::{untolerated, wishes_hold};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::{DAEMON_SET, NODE, POD};
use crate::kubernetes::api::state::{Part, is_going};

/// The taints that each pod of a daemon set tolerates.
const TOLERATED: [&str; 6] =
    ["unschedulable", "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure"];

/// Lets all daemon sets do one step.
pub fn act(api: &Api) {
    for set in api.list(&DAEMON_SET, None).iter().filter(|set| !is_going(set)) {
        let pods = owned(api, &POD, set);
        let like = like(set);
        let mut wanted = 0;
        for node in api.list(&NODE, None) {
            let mine = pods.iter().find(|pod| pod["spec"]["nodeName"] == name(&node));
            if untolerated(&like, &node).is_some() || !wishes_hold(&like, &node) {
                // Kubernetes: who is there already stays until a taint says NoExecute.
                continue;
            }
            wanted += 1;
            match mine {
                None => make_pod(api, (&DAEMON_SET, set), &set["spec"]["template"], |pod| {
                    pod["spec"]["nodeName"] = json!(name(&node));
                    pod["spec"]["tolerations"] = like["spec"]["tolerations"].clone();
                }),
                Some(pod) if is_over(pod) => drop(unless_gone(api.delete(&POD, place(pod), &json!({})))),
                Some(_) => {}
            }
        }
        let ready = pods.iter().filter(|pod| is_ready(pod)).count();
        let edited = api.edit(&DAEMON_SET, place(set), Part::Status, "kube-controller-manager", |object| {
            object["status"] = json!({"observedGeneration": set["metadata"]["generation"], "desiredNumberScheduled": wanted,
                "currentNumberScheduled": pods.len(), "numberMisscheduled": 0, "numberReady": ready,
                "numberAvailable": ready, "updatedNumberScheduled": pods.len()});
        });
        unless_gone(edited);
    }
}

/// A pod as the set makes them.
fn like(set: &Value) -> Value {
    let mut pod = json!({"spec": set["spec"]["template"]["spec"]});
    if !pod["spec"]["tolerations"].is_array() {
        pod["spec"]["tolerations"] = json!([]);
    }
    let tolerations = pod["spec"]["tolerations"].as_array_mut().unwrap();
    tolerations
        .extend(TOLERATED.map(|taint| json!({"key": format!("node.kubernetes.io/{taint}"), "operator": "Exists"})));
    pod
}
