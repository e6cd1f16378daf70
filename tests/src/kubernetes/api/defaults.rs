//! What the API server fills in where nothing is said.

use serde_json::{Value, json};

use super::kind::Kind;

/// Fills in what is not said.
pub fn fill(kind: &Kind, object: &mut Value) {
    match kind.kind {
        "Namespace" => {
            let name = object["metadata"]["name"].clone();
            put(object, "/metadata/labels", json!({}));
            put(object, "/metadata/labels/kubernetes.io~1metadata.name", name);
            put(object, "/spec", json!({"finalizers": ["kubernetes"]}));
            put(object, "/status", json!({"phase": "Active"}));
        }
        "Pod" => {
            pod(object, "");
            put(object, "/status", json!({"phase": "Pending"}));
        }
        "Deployment" => {
            put(object, "/spec/replicas", json!(1));
            put(object, "/spec/strategy", json!({"type": "RollingUpdate"}));
            put(object, "/spec/strategy/type", json!("RollingUpdate"));
            if object["spec"]["strategy"]["type"] == "RollingUpdate" {
                put(object, "/spec/strategy/rollingUpdate", json!({}));
                put(object, "/spec/strategy/rollingUpdate/maxSurge", json!("25%"));
                put(object, "/spec/strategy/rollingUpdate/maxUnavailable", json!("25%"));
            }
            put(object, "/spec/revisionHistoryLimit", json!(10));
            put(object, "/spec/progressDeadlineSeconds", json!(600));
            pod(object, "/spec/template");
        }
        "ReplicaSet" | "StatefulSet" => {
            put(object, "/spec/replicas", json!(1));
            pod(object, "/spec/template");
        }
        "DaemonSet" | "Job" => pod(object, "/spec/template"),
        "Service" => {
            put(object, "/spec/type", json!("ClusterIP"));
            put(object, "/spec/sessionAffinity", json!("None"));
            let outside = ["NodePort", "LoadBalancer"].contains(&object["spec"]["type"].as_str().unwrap_or_default());
            if outside {
                put(object, "/spec/externalTrafficPolicy", json!("Cluster"));
            }
            for port in object["spec"]["ports"].as_array_mut().into_iter().flatten() {
                put(port, "/protocol", json!("TCP"));
                let same = port["port"].clone();
                put(port, "/targetPort", same);
            }
        }
        "HorizontalPodAutoscaler" => put(object, "/spec/minReplicas", json!(1)),
        _ => {}
    }
}

fn pod(object: &mut Value, at: &str) {
    let within = |field: &str| format!("{at}/spec/{field}");
    put(object, &within("restartPolicy"), json!("Always"));
    put(object, &within("terminationGracePeriodSeconds"), json!(30));
    put(object, &within("dnsPolicy"), json!("ClusterFirst"));
    put(object, &within("schedulerName"), json!("default-scheduler"));
    let containers = object.pointer_mut(&format!("{at}/spec/containers")).and_then(Value::as_array_mut);
    for port in containers.into_iter().flatten().flat_map(|one| one["ports"].as_array_mut().into_iter().flatten()) {
        put(port, "/protocol", json!("TCP"));
    }
}

/// Puts a value where there is none, if there is something to put it into.
fn put(object: &mut Value, pointer: &str, value: Value) {
    if object.pointer(pointer).is_some_and(|there| !there.is_null()) {
        return;
    }
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(fields)) = object.pointer_mut(parent) {
        fields.insert(last.replace("~1", "/").replace("~0", "~"), value);
    }
}
