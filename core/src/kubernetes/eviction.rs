//! Asking for a pod's eviction, with its preconditions.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::policy::v1::Eviction as Request;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{DeleteOptions, ObjectMeta, Preconditions};
use kube::Api;
use kube::api::PostParams;

use super::{Cluster, Effect, Error};

/// What came of an eviction that was asked for (kubernetes/kubectl, pkg/drain; pkg/registry/core/pod/storage/eviction.go).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eviction {
    /// The pod goes, in its own grace period.
    Accepted,
    /// The pod does not exist any more.
    Gone,
    /// There is a pod of that name, with another uid: another one by now.
    Replaced,
    /// A disruption budget holds it back for now.
    Blocked {
        /// Which budget, and why, as the server says it.
        reason: String,
        /// How long the server wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// More than one disruption budget is for the pod. Until one is taken away, no eviction will go through.
    SeveralBudgets {
        /// What the server says.
        reason: String,
    },
    /// The namespace is going, and the pod with it.
    NamespaceTerminating,
}

impl Cluster {
    /// Asks for the eviction of the pod of this name, if it is still the one with this uid. The pod's own grace period
    /// holds. With `dry_run`, nothing happens but the answer.
    ///
    /// # Errors
    ///
    /// Those of [`Cluster::call`], but for what [`Eviction`] has a word for.
    pub(crate) async fn evict(&self, namespace: &str, name: &str, uid: &str, dry_run: bool) -> Result<Eviction, Error> {
        let request = Request {
            metadata: ObjectMeta {
                namespace: Some(namespace.to_owned()),
                name: Some(name.to_owned()),
                ..ObjectMeta::default()
            },
            delete_options: Some(DeleteOptions {
                preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: None }),
                // A server looks for it here as well as in the query.
                dry_run: dry_run.then(|| vec!["All".to_owned()]),
                ..DeleteOptions::default()
            }),
        };
        let params = PostParams { dry_run, ..PostParams::default() };
        let evict = |client| {
            let pods: Api<Pod> = Api::namespaced(client, namespace);
            let (params, request) = (&params, &request);
            // The answer is a `Status`, or in older servers the eviction itself: neither says more than that it came.
            async move { pods.create_subresource::<Request, serde_json::Value>("eviction", name, params, request).await }
        };
        let object = format!("{namespace}/{name}");
        match self.call(Effect::Writes, "evict pod", &object, evict).await {
            Ok(_) => Ok(Eviction::Accepted),
            Err(error) => answer(error),
        }
    }
}

/// What the server's answer means.
fn answer(error: Error) -> Result<Eviction, Error> {
    let Some(call) = error.as_call() else { return Err(error) };
    match call.code {
        Some(404) => Ok(Eviction::Gone),
        // pkg/registry/rest/delete.go: "the UID in the precondition (...) does not match the UID in record (...)".
        Some(409) if call.message.contains("UID") && call.message.contains("precondition") => Ok(Eviction::Replaced),
        Some(429) if call.is_disruption_budget() => {
            let causes: Vec<&str> = call.causes.iter().map(|cause| cause.message.as_str()).collect();
            let reason = format!("{} {}", call.message, causes.join(" ")).trim().to_owned();
            Ok(Eviction::Blocked { reason, retry_after: call.retry_after })
        }
        Some(500) if call.message.contains("more than one PodDisruptionBudget") => {
            Ok(Eviction::SeveralBudgets { reason: call.message.clone() })
        }
        Some(403) if call.has_cause("NamespaceTerminating") => Ok(Eviction::NamespaceTerminating),
        _ => Err(error),
    }
}
