//! Endpoint slices: the pods behind each service that has a selector.

use serde_json::{Value, json};

use super::object::{is_over, name, namespace, number, place, reference, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::{NODE, POD, SERVICE, SLICE};
use crate::kubernetes::api::state::{Part, is_going};

const MANAGER: &str = "kube-controller-manager";

/// Brings the slices of all services up to date. A service has one, however many pods.
pub fn act(api: &Api) {
    for service in api.list(&SERVICE, None).iter().filter(|service| service["spec"]["selector"].is_object()) {
        let slice = format!("{}-slice", name(service));
        let pods = api.list(&POD, Some(namespace(service)));
        let chosen =
            pods.iter().filter(|pod| chooses(service, pod) && pod["status"]["podIP"].is_string() && !is_over(pod));
        let endpoints: Vec<Value> = chosen.clone().map(|pod| endpoint(api, pod)).collect();
        let example = chosen.clone().next();
        let ports: Vec<Value> = service["spec"]["ports"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|port| {
                json!({"name": port["name"].as_str().unwrap_or_default(), "protocol": port["protocol"],
                "port": target(port, example.map(|pod| &**pod))})
            })
            .collect();
        if api.get(&SLICE, namespace(service), &slice).is_none() {
            let labels = json!({"kubernetes.io/service-name": name(service),
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"});
            let made = json!({"metadata": {"name": slice, "namespace": namespace(service), "labels": labels,
                "ownerReferences": [reference(&SERVICE, service)]}, "addressType": "IPv4", "endpoints": [], "ports": []});
            if unless_gone(api.make(&SLICE, made, MANAGER)).is_none() {
                continue;
            }
        }
        let edited = api.edit(&SLICE, [namespace(service), &slice], Part::Main, MANAGER, |slice| {
            slice["endpoints"] = json!(endpoints);
            slice["ports"] = json!(ports);
        });
        unless_gone(edited);
    }
}

fn chooses(service: &Value, pod: &Value) -> bool {
    let selector = service["spec"]["selector"].as_object().into_iter().flatten();
    selector.into_iter().all(|(key, value)| pod["metadata"]["labels"].get(key) == Some(value))
}

fn endpoint(api: &Api, pod: &Value) -> Value {
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    let zone = api
        .get(&NODE, "", node)
        .map_or(Value::Null, |node| node["metadata"]["labels"]["topology.kubernetes.io/zone"].clone());
    let [space, called] = place(pod);
    // Kubernetes: who is on its way out still serves, and no longer is ready.
    json!({"addresses": [pod["status"]["podIP"]], "nodeName": node, "zone": zone,
        "conditions": {"ready": is_ready(pod) && !is_going(pod), "serving": is_ready(pod), "terminating": is_going(pod)},
        "targetRef": {"kind": "Pod", "namespace": space, "name": called, "uid": pod["metadata"]["uid"]}})
}

/// The port of the pods that a port of a service leads to.
fn target(port: &Value, pod: Option<&Value>) -> Value {
    let Some(wanted) = port["targetPort"].as_str() else { return port["targetPort"].clone() };
    let containers = pod.and_then(|pod| pod["spec"]["containers"].as_array()).into_iter().flatten();
    let mut ports = containers.flat_map(|container| container["ports"].as_array().into_iter().flatten());
    json!(ports.find(|port| port["name"] == wanted).map_or(0, |port| number(&port["containerPort"])))
}
