//! Which GitOps controller tracks an object, and so may write it back. Pure.

use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A controller that keeps objects as they are in Git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitOps {
    /// Argo CD.
    ArgoCd,
    /// Flux.
    Flux,
}

impl fmt::Display for GitOps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GitOps::ArgoCd => "Argo CD",
            GitOps::Flux => "Flux",
        })
    }
}

/// The labels that Flux puts on what it applies (Flux: kustomize-controller, helm-controller).
const FLUX: [&str; 2] = ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"];

impl GitOps {
    /// Who tracks the object: Argo CD by its annotation, or by the label that it used before, and that others use as well.
    pub(crate) fn of(metadata: &ObjectMeta) -> Option<Self> {
        let annotated = |key: &str| metadata.annotations.iter().flatten().any(|(found, _)| found == key);
        let labelled = |key: &str| metadata.labels.iter().flatten().any(|(found, _)| found == key);
        if FLUX.iter().any(|key| labelled(key)) {
            return Some(GitOps::Flux);
        }
        // Helm sets the label as well, with the other one beside it.
        let by_helm =
            metadata.labels.iter().flatten().any(|(key, by)| key == "app.kubernetes.io/managed-by" && by == "Helm");
        let argo_cd = annotated("argocd.argoproj.io/tracking-id")
            || labelled("argocd.argoproj.io/instance")
            || labelled("app.kubernetes.io/instance") && !by_helm && !annotated("meta.helm.sh/release-name");
        argo_cd.then_some(GitOps::ArgoCd)
    }
}
