//! The AWS load balancer controller's target group bindings, as its `resource_manager.go` and `multicluster_manager.go`.
//!
//! What is kept here: a reconcile deregisters every target that is not its own, unless the binding shares its target
//! group; it does nothing at all while its endpoints and its wishes are those of the checkpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use super::object::{condition, name, namespace, number, owned, place, set_condition, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::kind::{BINDING, CONFIG_MAP, NODE, POD, SERVICE, SLICE};
use crate::kubernetes::api::select::matches;
use crate::kubernetes::api::state::{Part, is_going};

/// The label whose presence keeps a node out of load balancers.
pub const EXCLUDED: &str = "node.kubernetes.io/exclude-from-external-load-balancers";
/// The annotation that remembers what the last reconcile was for.
pub const CHECKPOINT: &str = "elbv2.k8s.aws/checkpoint";
const FINALIZER: &str = "elbv2.k8s.aws/resources";
const MANAGER: &str = "controller";

/// A target: an address or an instance's id, and a port.
pub type Target = (String, u16);

/// The target groups that bindings are of: the emulator's, or others.
pub trait TargetGroups: fmt::Debug + Send {
    /// The registered targets that are not draining, and whether each is healthy.
    fn targets(&self, group: &str) -> BTreeMap<Target, bool>;
    /// Registers targets.
    fn register(&self, group: &str, targets: &[Target]);
    /// Deregisters targets.
    fn deregister(&self, group: &str, targets: &[Target]);
}

/// Lets the controller of one cluster do one step.
pub fn act(api: &Api, groups: &dyn TargetGroups) {
    for binding in api.list(&BINDING, None) {
        let service =
            api.get(&SERVICE, namespace(&binding), binding["spec"]["serviceRef"]["name"].as_str().unwrap_or_default());
        match service {
            _ if is_going(&binding) => clean_up(api, &binding, groups, true),
            // Its service gone is as good as itself gone, but for the object.
            None => clean_up(api, &binding, groups, false),
            Some(service) => reconcile(api, &binding, &service, groups),
        }
    }
}

fn reconcile(api: &Api, binding: &Value, service: &Value, groups: &dyn TargetGroups) {
    hold(api, binding);
    let group = binding["spec"]["targetGroupARN"].as_str().unwrap_or_default();
    let wanted = endpoints(api, binding, service);
    open_gates(api, binding, service, &groups.targets(group));
    let checkpoint = checkpoint(&wanted, &binding["spec"]);
    if binding["metadata"]["annotations"][CHECKPOINT] == checkpoint.as_str() {
        return;
    }
    let registered: BTreeSet<Target> = groups.targets(group).into_keys().collect();
    let strange = registered.difference(&wanted).cloned();
    let gone: Vec<Target> = match (shares(binding), remembered(api, binding)) {
        (false, _) => strange.collect(),
        (true, None) => Vec::new(),
        (true, Some(mine)) => strange.filter(|target| mine.contains(target)).collect(),
    };
    let new: Vec<Target> = wanted.difference(&registered).cloned().collect();
    if !gone.is_empty() {
        groups.deregister(group, &gone);
    }
    if !new.is_empty() {
        groups.register(group, &new);
    }
    if shares(binding) {
        remember(api, binding, &wanted);
    }
    let generation = binding["metadata"]["generation"].clone();
    let edited = api.edit(&BINDING, place(binding), Part::Whole, MANAGER, |object| {
        object["metadata"]["annotations"][CHECKPOINT] = json!(checkpoint);
        object["status"]["observedGeneration"] = generation;
    });
    unless_gone(edited);
}

/// Deregisters all targets of the group, or of a shared one those that are remembered.
fn clean_up(api: &Api, binding: &Value, groups: &dyn TargetGroups, going: bool) {
    let held = binding["metadata"]["finalizers"].as_array().is_some_and(|all| all.iter().any(|one| one == FINALIZER));
    if !held {
        return;
    }
    let group = binding["spec"]["targetGroupARN"].as_str().unwrap_or_default();
    let mut gone: Vec<Target> = groups.targets(group).into_keys().collect();
    if shares(binding) {
        let mine = remembered(api, binding).unwrap_or_default();
        gone.retain(|target| mine.contains(target));
    }
    if !gone.is_empty() {
        groups.deregister(group, &gone);
    }
    let edited = api.edit(&BINDING, place(binding), Part::Whole, MANAGER, |object| {
        if let Some(notes) = object["metadata"]["annotations"].as_object_mut() {
            notes.remove(CHECKPOINT);
        }
        if let Some(finalizers) = object["metadata"]["finalizers"].as_array_mut().filter(|_| going) {
            finalizers.retain(|one| one != FINALIZER);
        }
    });
    unless_gone(edited);
    let map = memory(binding);
    if going && api.get(&CONFIG_MAP, namespace(binding), &map).is_some() {
        unless_gone(api.delete(&CONFIG_MAP, [namespace(binding), &map], &json!({})));
    }
}

fn hold(api: &Api, binding: &Value) {
    let edited = api.edit(&BINDING, place(binding), Part::Main, MANAGER, |object| {
        let meta = &mut object["metadata"];
        if !meta["finalizers"].is_array() {
            meta["finalizers"] = json!([]);
        }
        let finalizers = meta["finalizers"].as_array_mut().unwrap();
        if !finalizers.iter().any(|one| one == FINALIZER) {
            finalizers.push(json!(FINALIZER));
        }
    });
    unless_gone(edited);
}

/// What the targets should be.
fn endpoints(api: &Api, binding: &Value, service: &Value) -> BTreeSet<Target> {
    let wanted = &binding["spec"]["serviceRef"]["port"];
    let ports = service["spec"]["ports"].as_array().into_iter().flatten();
    let port = ports.into_iter().find(|port| port["port"] == *wanted || port["name"] == *wanted);
    let Some(port) = port else { return BTreeSet::new() };
    let numbered = |port: &Value| u16::try_from(number(port)).unwrap_or(0);
    if binding["spec"]["targetType"] == "instance" {
        let nodes = api.list(&NODE, None);
        let nodes = nodes.iter().filter(|node| serves(node, &binding["spec"]["nodeSelector"]));
        return nodes.filter_map(|node| Some((instance(node)?, numbered(&port["nodePort"])))).collect();
    }
    let mut found = BTreeSet::new();
    for slice in owned(api, &SLICE, service) {
        let named = slice["ports"].as_array().into_iter().flatten();
        let mut named =
            named.filter(|one| one["name"].as_str().unwrap_or_default() == port["name"].as_str().unwrap_or_default());
        let Some(target) = named.next().map(|one| numbered(&one["port"])) else { continue };
        for endpoint in slice["endpoints"].as_array().into_iter().flatten() {
            if ready_but_for_gates(api, namespace(binding), endpoint) {
                let addresses = endpoint["addresses"].as_array().into_iter().flatten();
                found.extend(addresses.filter_map(|address| Some((address.as_str()?.to_owned(), target))));
            }
        }
    }
    found
}

/// Whether a pod's containers are ready and it is not on its way out: its own gate cannot be asked for what opens it.
fn ready_but_for_gates(api: &Api, namespace: &str, endpoint: &Value) -> bool {
    let pod = endpoint["targetRef"]["name"].as_str().and_then(|pod| api.get(&POD, namespace, pod));
    pod.is_some_and(|pod| {
        !is_going(&pod) && condition(&pod, "ContainersReady").is_some_and(|ready| ready["status"] == "True")
    })
}

/// Whether a node may be a target: ready, not excluded by label, not about to be taken away.
fn serves(node: &Value, selector: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let leaving = |taint: &Value| {
        taint["key"] == "ToBeDeletedByClusterAutoscaler"
            || (taint["key"] == "karpenter.sh/disrupted" && taint["effect"] == "NoSchedule")
    };
    let taints = node["spec"]["taints"].as_array().into_iter().flatten();
    labels.get(EXCLUDED).is_none()
        && !taints.into_iter().any(leaving)
        && condition(node, "Ready").is_none_or(|ready| ready["status"] == "True")
        && (selector.is_null() || matches(selector, labels))
}

/// `i-0123` of `aws:///eu-west-1a/i-0123`.
pub fn instance(node: &Value) -> Option<String> {
    Some(node["spec"]["providerID"].as_str()?.rsplit('/').next()?.to_owned())
}

/// Opens the readiness gates of pods whose targets are healthy.
fn open_gates(api: &Api, binding: &Value, service: &Value, targets: &BTreeMap<Target, bool>) {
    let gate = format!("target-health.elbv2.k8s.aws/{}", name(binding));
    let now = written(api.clock().now());
    for pod in api.list(&POD, Some(namespace(service))) {
        let gates = pod["spec"]["readinessGates"].as_array().into_iter().flatten();
        if !gates.into_iter().any(|one| one["conditionType"] == gate.as_str()) {
            continue;
        }
        let address = pod["status"]["podIP"].as_str().unwrap_or_default();
        let healthy = targets.iter().any(|((target, _), healthy)| target == address && *healthy);
        let edited = api.edit(&POD, place(&pod), Part::Status, MANAGER, |pod| {
            set_condition(pod, &gate, healthy, if healthy { "" } else { "Elb.InitialHealthChecking" }, &now);
        });
        unless_gone(edited);
    }
}

fn checkpoint(endpoints: &BTreeSet<Target>, spec: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    (endpoints, spec.to_string()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn shares(binding: &Value) -> bool {
    binding["spec"]["multiClusterTargetGroup"] == true
}

fn memory(binding: &Value) -> String {
    format!("aws-lbc-targets-{}", name(binding))
}

/// The targets that a shared binding has registered; none known before its first reconcile.
fn remembered(api: &Api, binding: &Value) -> Option<BTreeSet<Target>> {
    let map = api.get(&CONFIG_MAP, namespace(binding), &memory(binding))?;
    let targets = map["data"]["targets"].as_str().unwrap_or_default().split(',').filter(|target| !target.is_empty());
    Some(
        targets
            .filter_map(|target| {
                let (id, port) = target.rsplit_once(':')?;
                Some((id.to_owned(), port.parse().ok()?))
            })
            .collect(),
    )
}

fn remember(api: &Api, binding: &Value, targets: &BTreeSet<Target>) {
    let text: Vec<String> = targets.iter().map(|(id, port)| format!("{id}:{port}")).collect();
    let data = json!({"targets": text.join(",")});
    if api.get(&CONFIG_MAP, namespace(binding), &memory(binding)).is_some() {
        let place = [namespace(binding), &memory(binding)];
        unless_gone(api.edit(&CONFIG_MAP, place, Part::Main, MANAGER, |map| map["data"] = data));
    } else {
        let map = json!({"metadata": {"name": memory(binding), "namespace": namespace(binding)}, "data": data});
        unless_gone(api.make(&CONFIG_MAP, map, MANAGER));
    }
}
