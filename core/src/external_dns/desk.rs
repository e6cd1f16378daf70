//! Reading and writing clusters for shifts, which share what many of them ask for.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams};
use serde_json::Value;

use super::Place;
use super::deployed::Program;
use super::field::Field;
use super::kind::{Kind, ObjectRef};
use super::source::{Source, configuration};
use crate::aws::SharedRead;
use crate::clock::Clock;
use crate::kubernetes::{Cluster, Effect, Error, FIELD_MANAGER};

/// How long a cluster's Deployments, and what it serves, are good for: longer than Terraform takes to plan many shifts, and far shorter than
/// anybody takes to deploy.
const SHARED_FOR: Duration = Duration::from_secs(15);

/// Reads and writes clusters. Cheap to clone; clones share what they read.
#[derive(Clone)]
pub struct Desk {
    programs: Arc<SharedRead<String, Arc<Vec<Program>>, Error>>,
    served: Arc<SharedRead<(String, Kind), Option<&'static str>, Error>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// Nothing read yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let served = Arc::new(SharedRead::new(Arc::clone(&clock), SHARED_FOR));
        Self { programs: Arc::new(SharedRead::new(clock, SHARED_FOR)), served }
    }

    /// Every container of a cluster's Deployments that runs ExternalDNS, from one listing that all share who ask in the
    /// same while.
    ///
    /// # Errors
    ///
    /// The cluster could not be asked.
    pub(super) async fn programs(&self, cluster: &Cluster) -> Result<Arc<Vec<Program>>, Error> {
        let read = || async {
            let all = Box::pin(cluster.list("deployments", Api::<Deployment>::all, &ListParams::default())).await?;
            Ok(Arc::new(all.into_iter().flat_map(programs).filter(Program::is_external_dns).collect()))
        };
        self.programs.get(cluster.to_string(), read).await
    }
}

fn programs(deployment: Deployment) -> Vec<Program> {
    let metadata = deployment.metadata;
    let called = format!("{}/{}", metadata.namespace.unwrap_or_default(), metadata.name.unwrap_or_default());
    let containers = deployment.spec.and_then(|spec| spec.template.spec).map(|spec| spec.containers);
    let program = |container: k8s_openapi::api::core::v1::Container| Program {
        deployment: called.clone(),
        image: container.image.unwrap_or_default(),
        arguments: container.command.into_iter().chain(container.args).flatten().collect(),
        environment: container.env.into_iter().flatten().map(|variable| (variable.name, variable.value)).collect(),
    };
    containers.into_iter().flatten().map(program).collect()
}

fn at(resource: &ApiResource, namespace: &str) -> impl Fn(kube::Client) -> Api<DynamicObject> {
    move |client| Api::namespaced_with(client, namespace, resource)
}

/// An object as it is now; none where it does not exist.
///
/// # Errors
///
/// The cluster could not be asked.
pub(super) async fn object(
    cluster: &Cluster,
    object: &ObjectRef,
    resource: &ApiResource,
) -> Result<Option<Source>, Error> {
    // The clients' futures are large, and many of them on one stack are too large.
    let named = object.to_string();
    let found = Box::pin(cluster.get(&named, at(resource, &object.namespace), &object.name)).await?;
    Ok(found.map(Source::of))
}

/// Why a weight was not set, as far as is known.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unset {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// The object is not as it was when the weight was to be set.
    #[error("{0}")]
    Changed(String),
}

impl Unset {
    /// Whether someone else owns what was to be set (Kubernetes: server-side apply).
    pub(super) fn is_owned(&self) -> bool {
        let Unset::Call(Error::Call(call)) = self else { return false };
        call.code == Some(409) && call.has_cause("FieldManagerConflict")
    }

    /// Whether the same attempt may succeed later: the cluster could not do it just then, or someone wrote the object
    /// between the look and the patch, 409, or 422 where a patch tests for it.
    pub(super) fn may_pass(&self) -> bool {
        let Unset::Call(error) = self else { return false };
        error.retryable() || matches!(error.code(), Some(409 | 422)) && !self.is_owned()
    }
}

impl Desk {
    /// Where a cluster's API has a kind; none where it does not serve it. Only what has several versions is asked for.
    ///
    /// # Errors
    ///
    /// The cluster could not be asked.
    pub(super) async fn resource(&self, cluster: &Cluster, kind: Kind) -> Result<Option<ApiResource>, Error> {
        if let [version] = kind.versions() {
            return Ok(Some(kind.resource(version)));
        }
        let served = self.served.get((cluster.to_string(), kind), || served(cluster, kind)).await?;
        Ok(served.map(|version| kind.resource(version)))
    }

    /// Sets the weight of an object that said `from`, once. An annotation is applied, and with `force` taken from whoever
    /// owns it; an endpoint's is patched, if all is as it was read just before.
    ///
    /// # Errors
    ///
    /// [`Unset`].
    pub(super) async fn set(
        &self,
        place: &Place,
        uid: &str,
        field: &Field,
        (from, to): (Option<u32>, u32),
        force: bool,
    ) -> Result<(), Unset> {
        let Place { cluster, object: named, .. } = place;
        let resource = self.resource(cluster, named.kind).await?;
        let gone = || Unset::Changed(format!("{named} is not there any more in cluster {cluster}"));
        let resource = resource.ok_or_else(gone)?;
        let (patch, params) = match field {
            Field::Annotation(key) => {
                let patch = Patch::Apply(configuration(&resource, named, uid, key, to));
                (patch, PatchParams { force, ..PatchParams::apply(FIELD_MANAGER) })
            }
            Field::Endpoints { name, set_identifier } => {
                let now = object(cluster, named, &resource).await?.filter(|now| now.uid == uid).ok_or_else(gone)?;
                if now.weight(field) != from {
                    let said = now.said(field).unwrap_or_else(|| "nothing".to_owned());
                    return Err(Unset::Changed(format!(
                        "{named} in cluster {cluster} has {said} in {field} meanwhile"
                    )));
                }
                let owners = if force { Vec::new() } else { now.owners(field) };
                if !owners.is_empty() {
                    let (what, owners) = (field.possession(), owners.join(" and "));
                    return Err(Unset::Changed(format!(
                        "{what} of {named} in cluster {cluster} is {owners}'s meanwhile"
                    )));
                }
                let operations = serde_json::from_value(now.patch(name, set_identifier, to));
                let operations = operations.map_err(|error| Unset::Changed(format!("no patch came about: {error}")))?;
                let by = Some(FIELD_MANAGER.to_owned());
                (Patch::Json::<Value>(operations), PatchParams { field_manager: by, ..PatchParams::default() })
            }
        };
        let objects = at(&resource, &named.namespace);
        let send = |client| {
            let (objects, patch, params) = (objects(client), &patch, &params);
            async move { objects.patch(&named.name, params, patch).await }
        };
        let action = "set the weight of";
        Box::pin(cluster.call(Effect::Writes, action, &named.to_string(), send)).await?;
        Ok(())
    }
}

/// The newest version in which a cluster serves a kind.
async fn served(cluster: &Cluster, kind: Kind) -> Result<Option<&'static str>, Error> {
    for version in kind.versions() {
        let group = format!("{}/{version}", kind.group());
        let list = |client: kube::Client| {
            let group = &group;
            async move { client.list_api_group_resources(group).await }
        };
        match Box::pin(cluster.call(Effect::Reads, "list what is served of", &group, list)).await {
            Ok(found) if found.resources.iter().any(|resource| resource.name == kind.plural()) => {
                return Ok(Some(version));
            }
            Ok(_) => {}
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
