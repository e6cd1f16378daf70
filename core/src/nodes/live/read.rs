//! Reading the picture of a cluster.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::Api;
use kube::api::ListParams;

use super::objects;
use crate::kubernetes::{Cluster, Error, Object};
use crate::nodes::picture::{Claim, Kind, Name, Owner, Picture, Workload};

/// Everything that is seen of a cluster. The node groups are EKS's to tell.
pub(super) async fn picture(cluster: &Cluster) -> Result<Picture, Error> {
    let (nodes, pods, budgets, scalers) = tokio::try_join!(
        all::<core::Node>(cluster, "nodes"),
        all::<core::Pod>(cluster, "pods"),
        all::<PodDisruptionBudget>(cluster, "poddisruptionbudgets"),
        all::<HorizontalPodAutoscaler>(cluster, "horizontalpodautoscalers")
    )?;
    let (claims, volumes) = tokio::try_join!(
        all::<core::PersistentVolumeClaim>(cluster, "persistentvolumeclaims"),
        all::<core::PersistentVolume>(cluster, "persistentvolumes")
    )?;
    let (deployments, replica_sets, stateful_sets, daemon_sets, jobs) = tokio::try_join!(
        all::<Deployment>(cluster, "deployments"),
        all::<ReplicaSet>(cluster, "replicasets"),
        all::<StatefulSet>(cluster, "statefulsets"),
        all::<DaemonSet>(cluster, "daemonsets"),
        all::<Job>(cluster, "jobs")
    )?;
    // A pod of a deployment is owned by a replica set that is owned by it.
    let makers: BTreeMap<Name, Owner> =
        replica_sets.iter().map(|set| (objects::name(&set.metadata), objects::owner(&set.metadata))).collect();
    let owner = |pod: &core::Pod| match objects::owner(&pod.metadata) {
        Owner::Workload(Kind::ReplicaSet, name) => {
            let full = Name { namespace: pod.metadata.namespace.clone().unwrap_or_default(), name: name.clone() };
            match makers.get(&full) {
                Some(Owner::Nobody) | None => Owner::Workload(Kind::ReplicaSet, name),
                Some(maker) => maker.clone(),
            }
        }
        owner => owner,
    };
    let alone = replica_sets.iter().filter(|set| objects::owner(&set.metadata) == Owner::Nobody);
    let workloads: Vec<Workload> =
        deployments
            .iter()
            .map(objects::deployment)
            .chain(alone.map(|it| {
                objects::workload(Kind::ReplicaSet, &it.metadata, it.spec.as_ref().and_then(|it| it.replicas))
            }))
            .chain(stateful_sets.iter().map(|it| {
                objects::workload(Kind::StatefulSet, &it.metadata, it.spec.as_ref().and_then(|it| it.replicas))
            }))
            .chain(daemon_sets.iter().map(|it| objects::workload(Kind::DaemonSet, &it.metadata, None)))
            .chain(jobs.iter().map(|it| objects::workload(Kind::Job, &it.metadata, None)))
            .collect();
    let volumes: BTreeMap<&str, &core::PersistentVolume> =
        volumes.iter().filter_map(|volume| Some((volume.metadata.name.as_deref()?, volume))).collect();
    let claim = |claim: &core::PersistentVolumeClaim| -> Claim {
        let bound = claim.spec.as_ref().and_then(|spec| spec.volume_name.as_deref());
        objects::claim(claim, bound.and_then(|name| volumes.get(name).copied()))
    };
    Ok(Picture {
        nodes: nodes.iter().map(objects::node).collect(),
        pods: pods.iter().map(|pod| objects::pod(pod, owner(pod))).collect(),
        workloads,
        budgets: budgets.iter().map(objects::budget).collect(),
        autoscalers: scalers.iter().filter_map(objects::autoscaler).collect(),
        claims: claims.iter().map(claim).collect(),
        ..Picture::default()
    })
}

async fn all<K>(cluster: &Cluster, what: &str) -> Result<Vec<K>, Error>
where
    K: Object + kube::Resource<DynamicType = ()>,
{
    cluster.list(what, Api::all, &ListParams::default()).await
}
