//! Who keeps the objects as they are in Git is told of in the plan, with what to configure.

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::kubernetes::api::kind::DNS_ENDPOINT;
use serde_json::{Value, json};

const KUSTOMIZATION: &str = "kustomize.toolkit.fluxcd.io";

/// What the plan warns of, where `mark` was done to green's object by whoever keeps it.
fn warned(names: &Annotated, mark: impl FnOnce(&mut Value), manager: &str) -> String {
    names.green.edit(manager, mark);
    names.zone.write(&names.shift(50.0, ""));
    names.zone.stage.workspace.plan().expect_changes().warnings()
}

#[track_caller]
fn tells(warnings: &str, words: &[&str]) {
    assert!(warnings.contains("Weight may be taken back"), "{warnings}");
    for word in words {
        assert!(warnings.contains(word), "{word} is not in {warnings}");
    }
    assert!(!warnings.contains("blue's object"), "{warnings}");
}

#[test]
fn argo_cds_application_and_what_it_must_ignore() {
    let names = Annotated::at("ednsgitargo", 100, 0);
    let id = "shop:networking.k8s.io/Ingress:shop/orders";
    let mark = |object: &mut Value| object["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = json!(id);
    let pointer = "/metadata/annotations/external-dns.alpha.kubernetes.io~1aws-weight";
    let words = [
        "Argo CD keeps the object",
        id,
        "Application shop",
        "spec.ignoreDifferences for group \"networking.k8s.io\", kind Ingress",
        "managedFieldsManagers: [eksmig]",
        pointer,
        "RespectIgnoreDifferences=true",
    ];
    tells(&warned(&names, mark, "kubectl"), &words);
    // Nothing is taken back where nothing moves.
    names.zone.settle(&names.shift(50.0, ""));
    assert_eq!(names.zone.stage.workspace.plan().warnings(), "");
}

#[test]
fn a_field_manager_tells_of_argo_cd_where_no_mark_does() {
    let names = Annotated::with("ednsgitcrd", (100, Way::of(DNS_ENDPOINT)), (0, Way::of(DNS_ENDPOINT)));
    let mark = |object: &mut Value| object["metadata"]["labels"] = json!({"team": "shop"});
    let words = ["field manager argocd-controller", "its Application", "jqPathExpressions", "kind DNSEndpoint"];
    tells(&warned(&names, mark, "argocd-controller"), &words);
}

#[test]
fn fluxs_kustomization_and_an_object_that_it_leaves_alone() {
    let names = Annotated::at("ednsgitflux", 100, 0);
    let mark = |object: &mut Value| {
        let labels = [("name", "apps"), ("namespace", "flux-system")];
        for (key, value) in labels {
            object["metadata"]["labels"][format!("{KUSTOMIZATION}/{key}")] = json!(value);
        }
    };
    let words = ["Flux keeps the object", "Kustomization flux-system/apps", "kustomize.toolkit.fluxcd.io/ssa: Merge"];
    tells(&warned(&names, mark, "kustomize-controller"), &words);
    let leave = |object: &mut Value| {
        object["metadata"]["annotations"][format!("{KUSTOMIZATION}/ssa")] = json!("IfNotPresent");
    };
    let warnings = warned(&names, leave, "kustomize-controller");
    assert!(!warnings.contains("taken back"), "{warnings}");
}
