//! Which GitOps controller keeps an object, and so may write it back. Pure.

use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A controller that keeps objects as they are in Git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitOps {
    /// Argo CD.
    ArgoCd,
    /// Flux, by a Kustomization.
    Flux,
    /// Flux, by a HelmRelease.
    FluxHelm,
}

impl fmt::Display for GitOps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GitOps::ArgoCd => "Argo CD",
            GitOps::Flux | GitOps::FluxHelm => "Flux",
        })
    }
}

/// Who keeps an object as it is in Git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// The controller.
    pub by: GitOps,
    /// What shows it, for people: a label, an annotation or a field manager.
    pub evidence: String,
    /// The Application, Kustomization or HelmRelease, where the object names it.
    pub keeper: Option<String>,
}

/// What Flux's labels begin with.
const FLUX: [(&str, GitOps); 2] =
    [("kustomize.toolkit.fluxcd.io", GitOps::Flux), ("helm.toolkit.fluxcd.io", GitOps::FluxHelm)];
/// What Argo CD tracks an object by: its annotation, or the labels of former versions.
const ARGO_CD_ID: &str = "argocd.argoproj.io/tracking-id";
const ARGO_CD_LABEL: &str = "argocd.argoproj.io/instance";
/// The label that Argo CD used before, and that others use as well.
const INSTANCE: &str = "app.kubernetes.io/instance";
/// The field managers that the controllers write as (Argo CD: `common.ArgoCDSSAManager`; Flux: the controllers' names).
const MANAGERS: [(&str, GitOps); 4] = [
    ("argocd-controller", GitOps::ArgoCd),
    ("argocd-application-controller", GitOps::ArgoCd),
    ("kustomize-controller", GitOps::Flux),
    ("helm-controller", GitOps::FluxHelm),
];

impl Tracked {
    /// Who keeps an object, by its labels and annotations, and else by who wrote its fields; nobody where the object itself
    /// tells Flux to leave it alone.
    pub fn of(metadata: &ObjectMeta) -> Option<Self> {
        let found = Self::by_marks(metadata).or_else(|| Self::by_fields(metadata));
        found.filter(|tracked| tracked.by != GitOps::Flux || !is_left_alone(metadata))
    }

    fn by_marks(metadata: &ObjectMeta) -> Option<Self> {
        for (group, by) in FLUX {
            let key = format!("{group}/name");
            if let Some(name) = label(metadata, &key) {
                let namespace = label(metadata, &format!("{group}/namespace")).unwrap_or_default();
                let keeper = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
                return Some(Self { by, evidence: format!("label {key}: {name}"), keeper: Some(keeper) });
            }
        }
        let argo_cd = |kind: &str, key: &str, value: &str| Self {
            by: GitOps::ArgoCd,
            evidence: format!("{kind} {key}: {value}"),
            // `application:group/kind:namespace/name`; where Applications are in any namespace, `namespace_application`.
            keeper: value.split(':').next().map(|name| name.replacen('_', "/", 1)).filter(|name| !name.is_empty()),
        };
        if let Some(id) = annotation(metadata, ARGO_CD_ID) {
            return Some(argo_cd("annotation", ARGO_CD_ID, id));
        }
        if let Some(name) = label(metadata, ARGO_CD_LABEL) {
            return Some(argo_cd("label", ARGO_CD_LABEL, name));
        }
        // Helm sets the label as well, with the other one beside it.
        let by_helm = label(metadata, "app.kubernetes.io/managed-by") == Some("Helm")
            || annotation(metadata, "meta.helm.sh/release-name").is_some();
        label(metadata, INSTANCE).filter(|_| !by_helm).map(|name| argo_cd("label", INSTANCE, name))
    }

    fn by_fields(metadata: &ObjectMeta) -> Option<Self> {
        let wrote = |manager: &str| {
            metadata.managed_fields.iter().flatten().any(|entry| {
                // Of a status, for example, nothing is in Git.
                entry.manager.as_deref() == Some(manager) && entry.subresource.as_deref().unwrap_or_default().is_empty()
            })
        };
        let (manager, by) = MANAGERS.into_iter().find(|(manager, _)| wrote(manager))?;
        Some(Self { by, evidence: format!("field manager {manager}"), keeper: None })
    }
}

/// Whether the object tells Flux not to write it again (Flux: kustomize-controller, "controlling the apply behavior").
fn is_left_alone(metadata: &ObjectMeta) -> bool {
    annotation(metadata, "kustomize.toolkit.fluxcd.io/reconcile") == Some("disabled")
        || matches!(annotation(metadata, "kustomize.toolkit.fluxcd.io/ssa"), Some("Ignore" | "IfNotPresent"))
}

fn annotation<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.annotations.as_ref()?.get(key).map(String::as_str)
}

fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is found of metadata: the controller, what shows it, and what it applies from.
    #[track_caller]
    fn check(metadata: Value, expected: &str) {
        let metadata: ObjectMeta = serde_json::from_value(metadata).unwrap();
        let found = Tracked::of(&metadata).map_or("nobody".to_owned(), |tracked| {
            format!("{:?} of {} by {}", tracked.by, tracked.keeper.as_deref().unwrap_or("?"), tracked.evidence)
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn labels_and_annotations_tell() {
        let id = "shop:networking.k8s.io/Ingress:shop/orders";
        check(
            json!({"annotations": {ARGO_CD_ID: id}}),
            &format!("ArgoCd of shop by annotation argocd.argoproj.io/tracking-id: {id}"),
        );
        check(
            json!({"labels": {ARGO_CD_LABEL: "team_shop"}}),
            "ArgoCd of team/shop by label argocd.argoproj.io/instance: team_shop",
        );
        check(json!({"labels": {INSTANCE: "shop"}}), "ArgoCd of shop by label app.kubernetes.io/instance: shop");
        let labels =
            json!({"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"});
        check(json!({ "labels": labels }), "Flux of flux-system/apps by label kustomize.toolkit.fluxcd.io/name: apps");
        check(
            json!({"labels": {"helm.toolkit.fluxcd.io/name": "shop"}}),
            "FluxHelm of shop by label helm.toolkit.fluxcd.io/name: shop",
        );
    }

    #[test]
    fn who_wrote_the_fields_tells_where_nothing_else_does() {
        let fields = |manager: &str, subresource: &str| json!({"managedFields": [{"manager": manager, "operation": "Apply", "subresource": subresource}]});
        check(fields("argocd-controller", ""), "ArgoCd of ? by field manager argocd-controller");
        check(fields("kustomize-controller", ""), "Flux of ? by field manager kustomize-controller");
        check(fields("argocd-controller", "status"), "nobody");
        check(fields("kubectl", ""), "nobody");
    }

    #[test]
    fn helm_alone_and_what_flux_leaves_alone_are_nobodys() {
        check(json!({"labels": {INSTANCE: "shop", "app.kubernetes.io/managed-by": "Helm"}}), "nobody");
        check(json!({"labels": {INSTANCE: "shop"}, "annotations": {"meta.helm.sh/release-name": "shop"}}), "nobody");
        for (key, value) in [("reconcile", "disabled"), ("ssa", "IfNotPresent"), ("ssa", "Ignore")] {
            let annotations = json!({format!("kustomize.toolkit.fluxcd.io/{key}"): value});
            check(
                json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}, "annotations": annotations}),
                "nobody",
            );
        }
        check(json!({}), "nobody");
    }
}
