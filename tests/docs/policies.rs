//! That no type goes without a policy that is compared with its calls.

use std::collections::BTreeSet;

use eksmig_provider::Eksmig;
use eksmig_tests::emulator::root;
use eksmig_tests::policy;
use eksmig_tests::terraform::Workspace;
use serde_json::json;
use tfplugin::Provider;

use crate::named_tests::collect;

/// What a comparison of a type's whole policy is written with.
const WAYS: [&str; 2] = ["policy::of(", "looks_with_its_policy(&service, "];

#[test]
fn what_no_policy_of_its_types_allows_is_found() {
    let [called, types] =
        [["route53:GetChange", "autoscaling:DetachTrafficSources"], ["eksmig_route53_shift", "eksmig_sandwich"]]
            .map(|names| BTreeSet::from(names.map(str::to_owned)));
    assert_eq!(policy::unlisted(&called, &types), BTreeSet::from([&"autoscaling:DetachTrafficSources".to_owned()]));
}

#[test]
fn a_workspaces_types_are_those_of_its_files_and_its_modules() {
    let (workspace, module) = (Workspace::new(), tempfile::tempdir().unwrap());
    workspace.write("main.tf", "data \"eksmig_routes\" \"a\" {}");
    workspace.write("main.tf", "");
    workspace.note("eksmig_workloads");
    std::fs::write(module.path().join("main.tf"), "resource \"eksmig_weighted_shift\" \"a\" {}").unwrap();
    std::fs::write(workspace.path().join("other.tf"), "resource \"eksmig_target_cutover\" \"a\" {}").unwrap();
    std::fs::create_dir_all(workspace.path().join(".terraform/modules")).unwrap();
    let modules = json!({"Modules": [{"Key": "a", "Dir": module.path()}]}).to_string();
    std::fs::write(workspace.path().join(".terraform/modules/modules.json"), modules).unwrap();
    let types: Vec<String> = workspace.types().into_iter().collect();
    assert_eq!(types, ["eksmig_routes", "eksmig_target_cutover", "eksmig_weighted_shift", "eksmig_workloads"]);
}

#[test]
fn every_types_whole_policy_is_compared_with_calls() {
    let eksmig = Eksmig::new();
    let mut types: Vec<String> = eksmig.resources().iter().map(|resource| resource.type_name().to_owned()).collect();
    types.extend(eksmig.data_sources().iter().map(|source| source.type_name().to_owned()));
    assert!(types.len() > 10, "{types:?}");
    let mut tests = String::new();
    collect(&root().join("tests"), &mut tests);
    let compared = |name: &str| WAYS.iter().any(|way| tests.contains(&format!("{way}{name:?}")));
    assert!(!compared(&["eksmig", "sandwich"].join("_")));
    let missing: Vec<String> = types.into_iter().filter(|name| !compared(name)).collect();
    assert_eq!(missing, crate::NONE);
}
