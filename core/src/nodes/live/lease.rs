//! The lease by which only one run at a time migrates node groups of a cluster.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease as Object;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::json;

use super::NAMESPACE;
use crate::clock::{Clock, Moment, utc};
use crate::kubernetes::{Cluster, Effect, Error, FIELD_MANAGER};
use crate::nodes::ground::Trouble;
use crate::nodes::record::seconds;

/// Its name, the same for all node groups of a cluster.
const NAME: &str = "eksmig-node-groups";
const OBJECT: &str = "lease kube-system/eksmig-node-groups";
/// How long it lasts, if it is not renewed. (client-go, leader election: 15 s, renewed within 10 s.)
const LASTS: Duration = Duration::from_secs(15);
/// After how long it is renewed.
const RENEWED: Duration = Duration::from_secs(5);

/// The lease, as one run asks for it.
pub(super) struct Lease {
    cluster: Cluster,
    clock: Arc<dyn Clock>,
    holder: String,
    /// When it was renewed, while it is ours.
    renewed: Mutex<Option<Moment>>,
}

impl Lease {
    pub(super) fn new(cluster: Cluster, clock: Arc<dyn Clock>, holder: String) -> Self {
        Self { cluster, clock, holder, renewed: Mutex::new(None) }
    }

    fn note(&self, renewed: Option<Moment>) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
    }

    async fn seen(&self) -> Result<Option<Object>, Error> {
        self.cluster.get(OBJECT, |client| Api::namespaced(client, NAMESPACE), NAME).await
    }

    /// Takes or renews it.
    pub(super) async fn hold(&self) -> Result<(), Trouble> {
        let (now, wall) = (self.clock.now(), self.clock.wall());
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if renewed.is_some_and(|renewed| now.since(renewed) < RENEWED) {
            return Ok(());
        }
        self.note(None);
        // Its times have six digits after the point. (Kubernetes API: MicroTime.)
        let time = utc(wall).replace('Z', ".000000Z");
        let spec = json!({"holderIdentity": self.holder, "leaseDurationSeconds": LASTS.as_secs(), "renewTime": time});
        match self.seen().await? {
            None => self.make(spec).await?,
            Some(lease) => {
                let held = lease.spec.unwrap_or_default();
                let holder = held.holder_identity.unwrap_or_default();
                let until = held.renew_time.map_or(0, |time| time.0.as_second())
                    + i64::from(held.lease_duration_seconds.unwrap_or_default());
                let left = until - i64::try_from(seconds(wall)).unwrap_or(i64::MAX);
                if holder != self.holder && !holder.is_empty() && left > 0 {
                    return Err(Trouble::Passing(format!(
                        "another run, {holder}, migrates node groups of this cluster; its lease ({OBJECT}) ends in {left} s \
                         if it is dead"
                    )));
                }
                self.renew(lease.metadata.resource_version, spec).await?;
            }
        }
        self.note(Some(now));
        Ok(())
    }

    async fn make(&self, spec: serde_json::Value) -> Result<(), Trouble> {
        let whole = json!({"metadata": {"name": NAME, "namespace": NAMESPACE}, "spec": spec});
        let lease: Object = serde_json::from_value(whole).map_err(|error| Trouble::Lasting(error.to_string()))?;
        let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
        let create = |client| {
            let (leases, lease, params) = (Api::<Object>::namespaced(client, NAMESPACE), &lease, &params);
            async move { leases.create(params, lease).await }
        };
        self.cluster.call(Effect::Writes, "create", OBJECT, create).await?;
        Ok(())
    }

    async fn renew(&self, version: Option<String>, spec: serde_json::Value) -> Result<(), Trouble> {
        let body = json!({"metadata": {"resourceVersion": version}, "spec": spec});
        let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        let patch = |client| {
            let (leases, body, params) = (Api::<Object>::namespaced(client, NAMESPACE), &body, &params);
            async move { leases.patch(NAME, params, &Patch::Merge(body)).await }
        };
        self.cluster.call(Effect::Writes, "patch", OBJECT, patch).await?;
        Ok(())
    }

    /// Gives it back, if it is ours.
    pub(super) async fn release(&self) -> Result<(), Trouble> {
        let Some(lease) = self.seen().await? else { return Ok(()) };
        if lease.spec.and_then(|spec| spec.holder_identity).as_deref() != Some(self.holder.as_str()) {
            return Ok(());
        }
        self.note(None);
        let preconditions = Preconditions { resource_version: lease.metadata.resource_version, uid: None };
        let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        let delete = |client| {
            let (leases, params) = (Api::<Object>::namespaced(client, NAMESPACE), &params);
            async move { leases.delete(NAME, params).await }
        };
        match self.cluster.call(Effect::Writes, "delete", OBJECT, delete).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
