//! The objects of a cluster in our own terms.

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::nodes::names::{MIRROR, ZONE};
use crate::nodes::picture::{
    Allowance, Autoscaler, Budget, Claim, Effect, Kind, Name, Node, Operator, Owner, Phase, Pod, Requirement, Selector,
    Taint, Term, Toleration, Workload,
};

/// The zone of a volume by its driver's own label. (kubernetes-sigs/aws-ebs-csi-driver.)
const EBS_ZONE: &str = "topology.ebs.csi.aws.com/zone";

fn count(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

pub(super) fn name(meta: &ObjectMeta) -> Name {
    Name { namespace: meta.namespace.clone().unwrap_or_default(), name: meta.name.clone().unwrap_or_default() }
}

/// Who makes an object again.
pub(super) fn owner(meta: &ObjectMeta) -> Owner {
    let owners = meta.owner_references.iter().flatten();
    let Some(owner) = owners.into_iter().find(|owner| owner.controller == Some(true)) else { return Owner::Nobody };
    match (owner.kind.as_str(), Kind::parse(&owner.kind)) {
        ("Node", _) => Owner::Kubelet,
        (_, Some(kind)) => Owner::Workload(kind, owner.name.clone()),
        (kind, None) => Owner::Other(kind.to_owned(), owner.name.clone()),
    }
}

pub(super) fn workload(kind: Kind, meta: &ObjectMeta, replicas: Option<i32>) -> Workload {
    Workload {
        kind,
        name: name(meta),
        version: meta.resource_version.clone().unwrap_or_default(),
        // What has no number of pods of its own is never short of any.
        replicas: count(replicas),
        rolling: false,
        paused: false,
        recreates: false,
        annotations: meta.annotations.clone().unwrap_or_default(),
    }
}

pub(super) fn deployment(it: &Deployment) -> Workload {
    let (spec, status) = (it.spec.clone().unwrap_or_default(), it.status.clone().unwrap_or_default());
    Workload {
        paused: spec.paused.unwrap_or_default(),
        recreates: spec.strategy.and_then(|strategy| strategy.type_).as_deref() == Some("Recreate"),
        rolling: count(status.updated_replicas) < count(status.replicas),
        // Where it is left out, it is 1. (Kubernetes API, DeploymentSpec.)
        ..workload(Kind::Deployment, &it.metadata, Some(spec.replicas.unwrap_or(1)))
    }
}

pub(super) fn autoscaler(it: &HorizontalPodAutoscaler) -> Option<Autoscaler> {
    let spec = it.spec.as_ref()?;
    let kind = Kind::parse(&spec.scale_target_ref.kind)?;
    let master = it.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
    Some(Autoscaler {
        name: name(&it.metadata),
        version: it.metadata.resource_version.clone().unwrap_or_default(),
        target: (kind, spec.scale_target_ref.name.clone()),
        min: spec.min_replicas.map_or(1, |min| count(Some(min))),
        max: count(Some(spec.max_replicas)),
        master: master.map(|owner| format!("{} {}", owner.kind, owner.name)),
        annotations: it.metadata.annotations.clone().unwrap_or_default(),
    })
}

pub(super) fn node(it: &core::Node) -> Node {
    let (spec, status) = (it.spec.clone().unwrap_or_default(), it.status.clone().unwrap_or_default());
    let taint = |taint: core::Taint| {
        Some(Taint { effect: Effect::parse(&taint.effect)?, key: taint.key, value: taint.value.unwrap_or_default() })
    };
    Node {
        name: it.metadata.name.clone().unwrap_or_default(),
        version: it.metadata.resource_version.clone().unwrap_or_default(),
        provider_id: spec.provider_id.unwrap_or_default(),
        addresses: status
            .addresses
            .into_iter()
            .flatten()
            .filter(|it| it.type_ == "InternalIP")
            .map(|it| it.address)
            .collect(),
        ready: status.conditions.iter().flatten().any(|it| it.type_ == "Ready" && it.status == "True"),
        unschedulable: spec.unschedulable.unwrap_or_default(),
        labels: it.metadata.labels.clone().unwrap_or_default(),
        annotations: it.metadata.annotations.clone().unwrap_or_default(),
        taints: spec.taints.into_iter().flatten().filter_map(taint).collect(),
    }
}

pub(super) fn pod(it: &core::Pod, owner: Owner) -> Pod {
    let (spec, status) = (it.spec.clone().unwrap_or_default(), it.status.clone().unwrap_or_default());
    let annotations = it.metadata.annotations.clone().unwrap_or_default();
    let name = name(&it.metadata);
    let affinity = spec.affinity.and_then(|it| it.node_affinity);
    let required = affinity.and_then(|it| it.required_during_scheduling_ignored_during_execution);
    let volumes = spec.volumes.unwrap_or_default();
    let named = |which: fn(&core::Volume) -> bool| {
        volumes.iter().filter(|volume| which(volume)).map(|volume| volume.name.clone()).collect()
    };
    let claim = |volume: &core::Volume| match (&volume.persistent_volume_claim, &volume.ephemeral) {
        (Some(claim), _) => Some(claim.claim_name.clone()),
        // Kubernetes, ephemeral volumes: the claim is named after the pod and the volume.
        (None, Some(_)) => Some(format!("{}-{}", name.name, volume.name)),
        (None, None) => None,
    };
    Pod {
        uid: it.metadata.uid.clone().unwrap_or_default(),
        version: it.metadata.resource_version.clone().unwrap_or_default(),
        node: spec.node_name,
        address: status.pod_ip,
        phase: match status.phase.as_deref() {
            Some("Succeeded" | "Failed") => Phase::Finished,
            Some("Running") => Phase::Running,
            _ => Phase::Pending,
        },
        ready: status.conditions.iter().flatten().any(|it| it.type_ == "Ready" && it.status == "True"),
        deleting: it.metadata.deletion_timestamp.is_some(),
        owner: if annotations.contains_key(MIRROR) { Owner::Kubelet } else { owner },
        labels: it.metadata.labels.clone().unwrap_or_default(),
        node_selector: spec.node_selector.unwrap_or_default(),
        affinity: required.map(|it| it.node_selector_terms).into_iter().flatten().map(requirement).collect(),
        tolerations: spec.tolerations.into_iter().flatten().map(toleration).collect(),
        claims: volumes.iter().filter_map(claim).collect(),
        empty_dirs: named(|volume| volume.empty_dir.is_some()),
        host_paths: named(|volume| volume.host_path.is_some()),
        strictly_spread: spec
            .topology_spread_constraints
            .iter()
            .flatten()
            .any(|it| it.when_unsatisfiable == "DoNotSchedule"),
        annotations,
        name,
    }
}

fn requirement(term: core::NodeSelectorTerm) -> Requirement {
    let both = term.match_expressions.into_iter().chain(term.match_fields).flatten();
    both.map(|it| term_of(it.key, &it.operator, it.values)).collect()
}

/// An operator that is not known holds nowhere, so that nobody is sent to where a pod cannot run.
fn term_of(key: String, operator: &str, values: Option<Vec<String>>) -> Term {
    let values = values.unwrap_or_default();
    let operator = match operator {
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        "Gt" => Operator::Gt,
        "Lt" => Operator::Lt,
        "In" => Operator::In,
        _ => return Term { key, operator: Operator::In, values: Vec::new() },
    };
    Term { key, operator, values }
}

fn toleration(it: core::Toleration) -> Toleration {
    let exists = it.operator.as_deref() == Some("Exists");
    Toleration {
        key: it.key.filter(|key| !key.is_empty()),
        value: if exists { None } else { Some(it.value.unwrap_or_default()) },
        effect: it.effect.as_deref().and_then(Effect::parse),
    }
}

pub(super) fn budget(it: &PodDisruptionBudget) -> Budget {
    let (spec, status) = (it.spec.clone().unwrap_or_default(), it.status.clone().unwrap_or_default());
    let allowance = |it: IntOrString| match it {
        IntOrString::Int(pods) => Allowance::Pods(count(Some(pods))),
        IntOrString::String(text) => Allowance::Percent(text.trim_end_matches('%').parse().unwrap_or(100)),
    };
    Budget {
        name: name(&it.metadata),
        selector: spec.selector.map_or_else(nothing, selector),
        min_available: spec.min_available.map(allowance),
        max_unavailable: spec.max_unavailable.map(allowance),
        allowed: count(Some(status.disruptions_allowed)),
        expected: count(Some(status.expected_pods)),
    }
}

/// A budget without a selector selects nothing. (Kubernetes API, PodDisruptionBudgetSpec.)
fn nothing() -> Selector {
    Selector { terms: vec![Term { key: String::new(), operator: Operator::Exists, values: Vec::new() }] }
}

fn selector(it: LabelSelector) -> Selector {
    let equal = |(key, value)| Term { key, operator: Operator::In, values: vec![value] };
    let labels = it.match_labels.into_iter().flatten().map(equal);
    let expressions = it.match_expressions.into_iter().flatten();
    let expressions = expressions.map(|it| term_of(it.key, &it.operator, it.values));
    Selector { terms: labels.chain(expressions).collect() }
}

pub(super) fn claim(it: &core::PersistentVolumeClaim, volume: Option<&core::PersistentVolume>) -> Claim {
    let modes = it.spec.as_ref().and_then(|spec| spec.access_modes.clone()).unwrap_or_default();
    let spec = volume.and_then(|volume| volume.spec.as_ref());
    let required = spec.and_then(|spec| spec.node_affinity.as_ref()).and_then(|it| it.required.as_ref());
    let terms = required.map(|it| it.node_selector_terms.as_slice()).unwrap_or_default();
    let expressions = terms.iter().flat_map(|term| term.match_expressions.iter().flatten());
    let zones: BTreeSet<String> = expressions
        .filter(|it| (it.key == ZONE || it.key == EBS_ZONE) && it.operator == "In")
        .flat_map(|it| it.values.clone().unwrap_or_default())
        .collect();
    Claim {
        name: name(&it.metadata),
        many_nodes: modes.iter().any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany"),
        zones,
        local: spec.is_some_and(|spec| spec.local.is_some() || spec.host_path.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::picture::Labels;

    /// The labels that a selector, written as JSON, lets through.
    #[track_caller]
    fn check(written: serde_json::Value, labels: [(&str, &str); 1], selects: bool) {
        let labels: Labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let read = selector(serde_json::from_value(written).unwrap());
        assert_eq!(read.matches(&labels), selects, "{read:?}");
    }

    #[test]
    fn selectors_are_read_as_they_are_meant() {
        use serde_json::json;
        check(json!({}), [("app", "web")], true);
        check(json!({"matchLabels": {"app": "web"}}), [("app", "web")], true);
        check(json!({"matchLabels": {"app": "web"}}), [("app", "cart")], false);
        let not = json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]});
        check(not.clone(), [("app", "web")], false);
        check(not, [("tier", "web")], true);
        check(json!({"matchExpressions": [{"key": "app", "operator": "Like"}]}), [("app", "web")], false);
        assert!(!nothing().matches(&Labels::new()));
    }
}
