//! Objects to begin with, with healthy defaults.

use serde_json::{Value, json};

use super::models::kubelet::RUNS_FOR;

/// A ready node of a node group in a zone, with room for 4 cores, 16 GiB and 30 pods.
pub fn node(name: &str, group: &str, zone: &str) -> Value {
    let room = json!({"cpu": "4", "memory": "16Gi", "pods": "30"});
    json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"eks.amazonaws.com/nodegroup": group, "topology.kubernetes.io/zone": zone,
            "kubernetes.io/hostname": name}},
        "spec": {"providerID": format!("aws:///{zone}/i-{name}")},
        "status": {"capacity": room, "allocatable": room,
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}})
}

/// A deployment of one small container, whose pods are labelled `app=<name>`.
pub fn deployment(namespace: &str, name: &str, replicas: u32) -> Value {
    workload("Deployment", namespace, name, replicas)
}

/// A stateful set of the same.
pub fn stateful_set(namespace: &str, name: &str, replicas: u32) -> Value {
    workload("StatefulSet", namespace, name, replicas)
}

/// A daemon set of the same.
pub fn daemon_set(namespace: &str, name: &str) -> Value {
    let mut set = workload("DaemonSet", namespace, name, 0);
    set["spec"].as_object_mut().unwrap().remove("replicas");
    set
}

/// A job of one pod, which runs for so many seconds.
pub fn job(namespace: &str, name: &str, seconds: i64) -> Value {
    let mut job = workload("Job", namespace, name, 0);
    job["apiVersion"] = json!("batch/v1");
    job["spec"] = json!({"template": job["spec"]["template"]});
    let meta = &mut job["spec"]["template"]["metadata"];
    meta["annotations"] = json!({RUNS_FOR: seconds.to_string()});
    job
}

fn workload(kind: &str, namespace: &str, name: &str, replicas: u32) -> Value {
    let labels = json!({"app": name});
    let container = json!({"name": name, "image": "example/app:1", "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}});
    json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}})
}

/// A service in front of the pods `app=<name>`, port 80 to their port `http`; with a node port if there is one.
pub fn service(namespace: &str, name: &str, node_port: Option<u16>) -> Value {
    let mut port = json!({"name": "http", "port": 80, "targetPort": "http"});
    if let Some(number) = node_port {
        port["nodePort"] = json!(number);
    }
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": if node_port.is_some() { "NodePort" } else { "ClusterIP" }, "selector": {"app": name},
            "ports": [port]}})
}

/// A disruption budget for the pods `app=<name>`: so many must be available, a number or a percent.
pub fn budget(namespace: &str, name: &str, least: Value) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": namespace},
        "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": name}}}})
}

/// An autoscaler of a deployment.
pub fn autoscaler(namespace: &str, name: &str, least: u32, most: u32) -> Value {
    json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"minReplicas": least, "maxReplicas": most,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}}})
}

/// A binding of a target group to port 80 of a service, with targets of a type: `ip` or `instance`.
pub fn binding(namespace: &str, service: &str, group: &str, target_type: &str) -> Value {
    json!({"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding",
        "metadata": {"name": service, "namespace": namespace},
        "spec": {"targetGroupARN": group, "targetType": target_type, "serviceRef": {"name": service, "port": 80}}})
}
