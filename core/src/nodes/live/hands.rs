//! The calls that write to a cluster.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Node, Pod};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Map, Value, json};

use super::NAMESPACE;
use crate::kubernetes::{Cluster, Effect, Error, Eviction, FIELD_MANAGER, Object as Readable};
use crate::nodes::act::{Change, Keys, Object};
use crate::nodes::ground::{Acted, Trouble};
use crate::nodes::picture::{Kind, Labels, Name, Taint};
use crate::nodes::record::Record;

/// Patches an object, if it is still as it was seen.
pub(super) async fn change(cluster: &Cluster, change: &Change) -> Result<Acted, Trouble> {
    let body = body(change);
    let text = change.object.to_string();
    let done = match &change.object {
        Object::Node(name) => patch::<Node>(cluster, &text, Api::all, name, &body).await,
        Object::Pod(name) => {
            patch::<Pod>(cluster, &text, |client| Api::namespaced(client, &name.namespace), &name.name, &body).await
        }
        Object::Autoscaler(name) => {
            let at = |client| Api::namespaced(client, &name.namespace);
            patch::<HorizontalPodAutoscaler>(cluster, &text, at, &name.name, &body).await
        }
        Object::Workload(kind, name) => workload(cluster, *kind, name, &text, &body).await,
    };
    answered(done)
}

async fn workload(cluster: &Cluster, kind: Kind, name: &Name, text: &str, body: &Value) -> Result<(), Error> {
    let (space, name) = (name.namespace.as_str(), name.name.as_str());
    match kind {
        Kind::Deployment => patch::<Deployment>(cluster, text, |it| Api::namespaced(it, space), name, body).await,
        Kind::ReplicaSet => patch::<ReplicaSet>(cluster, text, |it| Api::namespaced(it, space), name, body).await,
        Kind::StatefulSet => patch::<StatefulSet>(cluster, text, |it| Api::namespaced(it, space), name, body).await,
        Kind::DaemonSet => {
            patch::<k8s_openapi::api::apps::v1::DaemonSet>(cluster, text, |it| Api::namespaced(it, space), name, body)
                .await
        }
        Kind::Job => patch::<Job>(cluster, text, |it| Api::namespaced(it, space), name, body).await,
    }
}

/// The whole of a change as one merge patch, with the version that it is for.
fn body(change: &Change) -> Value {
    let keys = |keys: &Keys| keys.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect::<Map<_, _>>();
    let mut body = json!({"metadata": {"resourceVersion": change.version}});
    for (field, value) in [("annotations", keys(&change.annotations)), ("labels", keys(&change.labels))] {
        if !value.is_empty()
            && let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut)
        {
            metadata.insert(field.to_owned(), Value::Object(value));
        }
    }
    let mut spec = Map::new();
    spec.extend(change.replicas.map(|replicas| ("replicas".to_owned(), json!(replicas))));
    if let Some((min, max)) = change.bounds {
        spec.extend([("minReplicas".to_owned(), json!(min)), ("maxReplicas".to_owned(), json!(max))]);
    }
    if !spec.is_empty()
        && let Some(whole) = body.as_object_mut()
    {
        whole.insert("spec".to_owned(), Value::Object(spec));
    }
    body
}

/// Gives a node these taints, if it is still as it was seen: the list is one value, and whoever else writes it loses.
pub(super) async fn taint(cluster: &Cluster, node: &str, version: &str, taints: &[Taint]) -> Result<Acted, Trouble> {
    let one = |taint: &Taint| {
        let (key, value, effect) = (&taint.key, &taint.value, taint.effect.as_str());
        if value.is_empty() {
            json!({"key": key, "effect": effect})
        } else {
            json!({"key": key, "value": value, "effect": effect})
        }
    };
    let taints: Vec<Value> = taints.iter().map(one).collect();
    let taints = if taints.is_empty() { Value::Null } else { Value::Array(taints) };
    let body = json!({"metadata": {"resourceVersion": version}, "spec": {"taints": taints}});
    answered(patch::<Node>(cluster, &format!("Node {node}"), Api::all, node, &body).await)
}

async fn patch<K: Readable>(
    cluster: &Cluster,
    object: &str,
    at: impl Fn(kube::Client) -> Api<K>,
    name: &str,
    body: &Value,
) -> Result<(), Error> {
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let patch = |client| {
        let (at, params) = (at(client), &params);
        async move { at.patch(name, params, &Patch::Merge(body)).await }
    };
    cluster.call(Effect::Writes, "patch", object, patch).await.map(drop)
}

/// A change that is too late, or of what is gone, is looked at again.
fn answered(done: Result<(), Error>) -> Result<Acted, Trouble> {
    match done {
        Ok(()) => Ok(Acted::Done),
        Err(error) if error.is_conflict() || error.is_not_found() => Ok(Acted::NotNow(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Asks for an eviction.
pub(super) async fn evict(cluster: &Cluster, pod: &Name, uid: &str) -> Result<Acted, Trouble> {
    Ok(match cluster.evict(&pod.namespace, &pod.name, uid, false).await? {
        Eviction::Accepted | Eviction::Gone | Eviction::Replaced | Eviction::NamespaceTerminating => Acted::Done,
        Eviction::Blocked { reason, .. } => Acted::NotNow(format!("Pod {pod} may not be evicted yet: {reason}")),
        Eviction::SeveralBudgets { reason } => {
            return Err(Trouble::Lasting(format!("Pod {pod} can never be evicted: {reason}")));
        }
    })
}

/// The record of a migration.
pub(super) async fn record(cluster: &Cluster, name: &str) -> Result<Option<Record>, Trouble> {
    let object = format!("configmap {NAMESPACE}/{name}");
    let map: Option<ConfigMap> = cluster.get(&object, |client| Api::namespaced(client, NAMESPACE), name).await?;
    Ok(map.map(|map| Record::parse(&map.data.unwrap_or_default())))
}

/// Writes the record of a migration, all of it.
pub(super) async fn note(cluster: &Cluster, name: &str, record: &Record) -> Result<(), Trouble> {
    let data: Labels = record.data();
    let metadata = json!({"name": name, "namespace": NAMESPACE});
    let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data});
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let apply = |client| {
        let (maps, body, params) = (Api::<ConfigMap>::namespaced(client, NAMESPACE), &body, &params);
        async move { maps.patch(name, params, &Patch::Apply(body)).await }
    };
    let object = format!("configmap {NAMESPACE}/{name}");
    cluster.call(Effect::Writes, "apply", &object, apply).await?;
    Ok(())
}

/// Deletes the record of a migration.
pub(super) async fn forget(cluster: &Cluster, name: &str) -> Result<Acted, Trouble> {
    let delete = |client| {
        let maps = Api::<ConfigMap>::namespaced(client, NAMESPACE);
        async move { maps.delete(name, &DeleteParams::default()).await }
    };
    match cluster.call(Effect::Writes, "delete", &format!("configmap {NAMESPACE}/{name}"), delete).await {
        Ok(_) => Ok(Acted::Done),
        Err(error) if error.is_not_found() => Ok(Acted::Done),
        Err(error) => Err(error.into()),
    }
}
