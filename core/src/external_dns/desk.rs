//! Reading and writing clusters for shifts, which share what many of them ask for.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams};

use super::deployed::Program;
use super::object::{Annotated, Kind, ObjectRef, configuration};
use crate::aws::SharedRead;
use crate::clock::Clock;
use crate::kubernetes::{Cluster, Effect, Error, FIELD_MANAGER};

/// How long a cluster's Deployments are good for: longer than Terraform takes to plan many shifts, and far shorter than
/// anybody takes to deploy.
const SHARED_FOR: Duration = Duration::from_secs(15);

/// Reads and writes clusters. Cheap to clone; clones share what they read.
#[derive(Clone)]
pub struct Desk {
    programs: Arc<SharedRead<String, Arc<Vec<Program>>, Error>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// Nothing read yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { programs: Arc::new(SharedRead::new(clock, SHARED_FOR)) }
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

fn at(kind: Kind, namespace: &str) -> impl Fn(kube::Client) -> Api<DynamicObject> {
    let resource = kind.resource();
    move |client| Api::namespaced_with(client, namespace, &resource)
}

/// An object as it is now; none where it does not exist.
///
/// # Errors
///
/// The cluster could not be asked.
pub(super) async fn object(cluster: &Cluster, object: &ObjectRef) -> Result<Option<Annotated>, Error> {
    // The clients' futures are large, and many of them on one stack are too large.
    let named = object.to_string();
    let found = Box::pin(cluster.get(&named, at(object.kind, &object.namespace), &object.name)).await?;
    Ok(found.map(Annotated::of))
}

/// Sets an annotation of an object to a weight, by server-side apply. With `force`, it is taken from whoever owns it.
///
/// # Errors
///
/// The cluster could not be asked, or someone else owns the annotation: then the error names them.
pub(super) async fn set(
    cluster: &Cluster,
    object: &ObjectRef,
    uid: &str,
    (key, weight): (&str, u32),
    force: bool,
) -> Result<(), Error> {
    let patch = Patch::Apply(configuration(object, uid, key, weight));
    let params = PatchParams { force, ..PatchParams::apply(FIELD_MANAGER) };
    let objects = at(object.kind, &object.namespace);
    let apply = |client| {
        let (objects, patch, params) = (objects(client), &patch, &params);
        async move { objects.patch(&object.name, params, patch).await }
    };
    let action = "apply the weight annotation of";
    Box::pin(cluster.call(Effect::Writes, action, &object.to_string(), apply)).await.map(drop)
}
