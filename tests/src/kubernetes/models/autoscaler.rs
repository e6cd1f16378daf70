//! Horizontal pod autoscalers: the bounds, as `horizontal.go` looks at them before any metrics; and KEDA's scaled objects,
//! whose autoscalers are theirs.

use serde_json::{Value, json};

use super::object::{name, namespace, noted, number, place, reference, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{AUTOSCALER, DEPLOYMENT, ROLLOUT, SCALED_OBJECT, STATEFUL_SET};
use crate::kubernetes::api::state::{Part, is_going};

/// Annotation: how many replicas the metrics ask for. Without it they ask for what there is.
pub const METRICS_SAY: &str = "models.test/metrics-say";

/// Lets all autoscalers do one step.
pub fn act(api: &Api) {
    for scaler in api.list(&AUTOSCALER, None).iter().filter(|scaler| !is_going(scaler)) {
        let target = &scaler["spec"]["scaleTargetRef"];
        let kinds = [DEPLOYMENT, STATEFUL_SET, ROLLOUT];
        let Some(kind) = kinds.iter().find(|kind| target["kind"] == kind.kind && api.serves(kind)) else { continue };
        let place_of = [namespace(scaler), target["name"].as_str().unwrap_or_default()];
        let Some(object) = api.get(kind, place_of[0], place_of[1]) else { continue };
        let current = number(&object["spec"]["replicas"]);
        let (least, most) = (number(&scaler["spec"]["minReplicas"]), number(&scaler["spec"]["maxReplicas"]));
        // At 0 replicas an autoscaler is inactive.
        let wanted = match current {
            0 => 0,
            _ if current > most => most,
            _ if current < least => least,
            _ => noted(scaler, METRICS_SAY).unwrap_or(current).clamp(least, most),
        };
        if wanted != current {
            let edited = api.edit(kind, place_of, Part::Scale, "kube-controller-manager", |object| {
                object["spec"]["replicas"] = json!(wanted);
            });
            unless_gone(edited);
        }
        let generation = scaler["metadata"]["generation"].clone();
        let edited = api.edit(&AUTOSCALER, place(scaler), Part::Status, "kube-controller-manager", |scaler| {
            scaler["status"]["observedGeneration"] = generation;
            scaler["status"]["currentReplicas"] = json!(current);
            scaler["status"]["desiredReplicas"] = json!(wanted);
        });
        unless_gone(edited);
    }
}

/// Lets KEDA do one step: an autoscaler for each scaled object, which it writes over if somebody else changes it; and
/// a fixed number of replicas where that is asked for.
pub fn act_for_scaled_objects(api: &Api) {
    for scaled in api.list(&SCALED_OBJECT, None).iter().filter(|scaled| !is_going(scaled)) {
        let scaler = format!("keda-hpa-{}", name(scaled));
        let spec = &scaled["spec"];
        let paused = noted(scaled, "autoscaling.keda.sh/paused-replicas");
        let target = &spec["scaleTargetRef"];
        if let Some(replicas) = paused {
            if api.get(&AUTOSCALER, namespace(scaled), &scaler).is_some() {
                unless_gone(api.delete(&AUTOSCALER, [namespace(scaled), &scaler], &json!({})));
            }
            let place = [namespace(scaled), target["name"].as_str().unwrap_or_default()];
            let edited = api
                .edit(&DEPLOYMENT, place, Part::Scale, "keda", |object| object["spec"]["replicas"] = json!(replicas));
            unless_gone(edited);
            continue;
        }
        let or = |value: &Value, other: i64| value.as_i64().unwrap_or(other);
        let bounds = [or(&spec["minReplicaCount"], 1).max(1), or(&spec["maxReplicaCount"], 100)];
        let wanted = json!({"minReplicas": bounds[0], "maxReplicas": bounds[1],
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target["name"]}});
        match api.get(&AUTOSCALER, namespace(scaled), &scaler) {
            None => {
                let made = json!({"metadata": {"name": scaler, "namespace": namespace(scaled),
                    "ownerReferences": [reference(&SCALED_OBJECT, scaled)]}, "spec": wanted});
                unless_gone(api.make(&AUTOSCALER, made, "keda"));
            }
            Some(_) => {
                drop(unless_gone(api.edit(&AUTOSCALER, [namespace(scaled), &scaler], Part::Main, "keda", |object| {
                    for field in ["minReplicas", "maxReplicas", "scaleTargetRef"] {
                        object["spec"][field] = wanted[field].clone();
                    }
                })))
            }
        }
    }
}
