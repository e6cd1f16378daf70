//! The scheduler: a node for each pod that has none, if there is one that fits.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kubelet::claims;
use super::object::{condition, is_over, name, namespace, number, place, set_condition, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::kind::{CLAIM, NODE, POD, VOLUME};
use crate::kubernetes::api::quantity::{thousandths, used};
use crate::kubernetes::api::select::{expressed, matches};
use crate::kubernetes::api::state::{Part, is_going};

const MANAGER: &str = "kube-scheduler";

/// Gives each pod that waits a node, or says why there is none.
pub fn act(api: &Api) {
    let nodes = api.list(&NODE, None);
    for pod in api.list(&POD, None).iter().filter(|pod| waits(pod)) {
        let pods: Vec<Arc<Value>> = api.list(&POD, None).into_iter().filter(|pod| !is_over(pod)).collect();
        let scene = Scene { api, nodes: &nodes, pods: &pods };
        let mut fitting: Vec<&Arc<Value>> = nodes.iter().filter(|node| scene.obstacle(pod, node).is_none()).collect();
        fitting.sort_by_key(|node| (scene.on(node).count(), name(node).to_owned()));
        let now = written(api.clock().now());
        match fitting.first() {
            Some(node) => {
                let edited = api.edit(&POD, place(pod), Part::Whole, MANAGER, |pod| {
                    pod["spec"]["nodeName"] = json!(name(node));
                    set_condition(pod, "PodScheduled", true, "", &now);
                });
                unless_gone(edited);
            }
            None => {
                let mut why: Vec<&str> = nodes.iter().filter_map(|node| scene.obstacle(pod, node)).collect();
                why.sort_unstable();
                why.dedup();
                let message = format!("0/{} nodes are available: {}.", nodes.len(), why.join(", "));
                let edited = api.edit(&POD, place(pod), Part::Status, MANAGER, |pod| {
                    set_condition(pod, "PodScheduled", false, "Unschedulable", &now);
                    for one in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
                        if one["type"] == "PodScheduled" {
                            one["message"] = json!(message);
                        }
                    }
                });
                unless_gone(edited);
            }
        }
    }
}

fn waits(pod: &Value) -> bool {
    pod["spec"]["nodeName"].as_str().is_none_or(str::is_empty) && !is_going(pod) && !is_over(pod)
}

/// What the scheduler sees.
struct Scene<'a> {
    api: &'a Api,
    nodes: &'a [Arc<Value>],
    pods: &'a [Arc<Value>],
}

impl Scene<'_> {
    /// The pods on a node.
    fn on<'b>(&'b self, node: &'b Value) -> impl Iterator<Item = &'b Arc<Value>> {
        self.pods.iter().filter(|pod| pod["spec"]["nodeName"] == name(node))
    }

    /// Why a pod cannot run on a node, if it cannot.
    fn obstacle(&self, pod: &Value, node: &Value) -> Option<&'static str> {
        if condition(node, "Ready").is_some_and(|ready| ready["status"] != "True") {
            return Some("node(s) were not ready");
        }
        if untolerated(pod, node).is_some() {
            return Some("node(s) had untolerated taint(s)");
        }
        if !wishes_hold(pod, node) {
            return Some("node(s) didn't match Pod's node affinity/selector");
        }
        if !self.has_room(pod, node) {
            return Some("Insufficient cpu, memory or pods");
        }
        if !self.volumes_reach(pod, node) {
            return Some("node(s) had volume node affinity conflict");
        }
        if self.is_kept_apart(pod, node) {
            return Some("node(s) didn't match pod anti-affinity rules");
        }
        (!self.is_spread(pod, node)).then_some("node(s) didn't match pod topology spread constraints")
    }

    fn has_room(&self, pod: &Value, node: &Value) -> bool {
        ["cpu", "memory", "pods"].iter().all(|what| {
            let Some(most) = thousandths(&node["status"]["allocatable"][what]) else { return true };
            let taken: i64 = self.on(node).filter_map(|pod| used(pod, what)).sum();
            taken + used(pod, what).unwrap_or(0) <= most
        })
    }

    /// Whether the disks of a pod can be had on a node. A claim without a volume gets one where its pod is.
    fn volumes_reach(&self, pod: &Value, node: &Value) -> bool {
        claims(pod).iter().all(|claim| {
            let Some(claim) = self.api.get(&CLAIM, namespace(pod), claim) else { return false };
            let Some(volume) = claim["spec"]["volumeName"].as_str() else { return true };
            let Some(volume) = self.api.get(&VOLUME, "", volume) else { return false };
            let required = &volume["spec"]["nodeAffinity"]["required"];
            required.is_null() || selected(required, node)
        })
    }

    fn is_kept_apart(&self, pod: &Value, node: &Value) -> bool {
        let required = &pod["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
        required.as_array().into_iter().flatten().any(|term| {
            let there = self.nodes.iter().filter(|other| same_domain(&term["topologyKey"], node, other));
            there.into_iter().flat_map(|other| self.on(other)).any(|other| {
                namespace(other) == namespace(pod) && matches(&term["labelSelector"], &other["metadata"]["labels"])
            })
        })
    }

    /// Whether hard constraints on the spread hold. Kubernetes: unless `nodeTaintsPolicy` is `Honor`, the domains of
    /// tainted nodes count as well.
    fn is_spread(&self, pod: &Value, node: &Value) -> bool {
        let constraints = pod["spec"]["topologySpreadConstraints"].as_array().into_iter().flatten();
        constraints.into_iter().filter(|one| one["whenUnsatisfiable"] == "DoNotSchedule").all(|constraint| {
            let key = constraint["topologyKey"].as_str().unwrap_or_default();
            let honours = constraint["nodeTaintsPolicy"] == "Honor";
            let counted = |other: &&Arc<Value>| {
                other["metadata"]["labels"].get(key).is_some()
                    && wishes_hold(pod, other)
                    && (!honours || untolerated(pod, other).is_none())
            };
            let eligible: Vec<&Arc<Value>> = self.nodes.iter().filter(counted).collect();
            let count = |of: &Value| {
                let domain = eligible.iter().filter(|other| same_domain(&constraint["topologyKey"], of, other));
                let pods = domain.flat_map(|other| self.on(other));
                let same = pods.filter(|other| {
                    namespace(other) == namespace(pod)
                        && !is_going(other)
                        && matches(&constraint["labelSelector"], &other["metadata"]["labels"])
                });
                i64::try_from(same.count()).unwrap()
            };
            let least = eligible.iter().map(|other| count(other)).min().unwrap_or(0);
            node["metadata"]["labels"].get(key).is_some()
                && count(node) + 1 - least <= number(&constraint["maxSkew"]).max(1)
        })
    }
}

fn same_domain(key: &Value, one: &Value, other: &Value) -> bool {
    let of = |node: &Value| node["metadata"]["labels"].get(key.as_str().unwrap_or_default()).cloned();
    of(one).is_some() && of(one) == of(other)
}

/// The first taint of a node that keeps a pod away. To be cordoned is one as well.
pub fn untolerated(pod: &Value, node: &Value) -> Option<Value> {
    let cordoned = json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"});
    let cordoned = (node["spec"]["unschedulable"] == true).then_some(cordoned);
    let taints = node["spec"]["taints"].as_array().into_iter().flatten().cloned().chain(cordoned);
    let tolerations = pod["spec"]["tolerations"].as_array();
    let mut hard = taints.filter(|taint| taint["effect"] != "PreferNoSchedule");
    hard.find(|taint| !tolerations.into_iter().flatten().any(|toleration| tolerates(toleration, taint)))
}

fn tolerates(toleration: &Value, taint: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (key, effect) = (text(&toleration["key"]), text(&toleration["effect"]));
    let exists = toleration["operator"] == "Exists";
    (effect.is_empty() || effect == text(&taint["effect"]))
        && ((key.is_empty() && exists) || key == text(&taint["key"]))
        && (exists || text(&toleration["value"]) == text(&taint["value"]))
}

/// Whether a pod's node selector and its required affinity to nodes hold.
pub fn wishes_hold(pod: &Value, node: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let selector = pod["spec"]["nodeSelector"].as_object().into_iter().flatten();
    let affinity = &pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    selector.into_iter().all(|(key, value)| labels.get(key) == Some(value))
        && (affinity.is_null() || selected(affinity, node))
}

/// Whether a `NodeSelector` takes a node: one of its terms, with all its expressions.
fn selected(selector: &Value, node: &Value) -> bool {
    let fields = json!({"metadata.name": name(node)});
    selector["nodeSelectorTerms"].as_array().into_iter().flatten().any(|term| {
        let all = |field: &str, labels: &Value| {
            term[field].as_array().into_iter().flatten().all(|expression| expressed(expression, labels))
        };
        all("matchExpressions", &node["metadata"]["labels"]) && all("matchFields", &fields)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(toleration: Value, expected: bool) {
        let taint = json!({"key": "eksmig/blue", "value": "yes", "effect": "NoSchedule"});
        assert_eq!(tolerates(&toleration, &taint), expected, "{toleration}");
    }

    #[test]
    fn taints_are_tolerated() {
        check(json!({"operator": "Exists"}), true);
        check(json!({"key": "eksmig/blue", "operator": "Exists"}), true);
        check(json!({"key": "eksmig/blue", "value": "yes"}), true);
        check(json!({"key": "eksmig/blue", "value": "no"}), false);
        check(json!({"key": "eksmig/blue", "operator": "Exists", "effect": "NoExecute"}), false);
        check(json!({"key": "other", "operator": "Exists"}), false);
    }
}
