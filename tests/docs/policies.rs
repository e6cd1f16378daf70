//! That no type goes without a policy that is compared with its calls.

use std::collections::BTreeSet;

use eksmig_provider::Eksmig;
use eksmig_tests::emulator::root;
use eksmig_tests::policy;
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
