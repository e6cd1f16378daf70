//! What it is allowed, in AWS and in the clusters: what the page lists, and nothing else.

use std::collections::BTreeSet;

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::docs::resource_page::actions;
use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::api::kind::{HTTP_ROUTE, SERVICE};

/// The verbs and resources of the ClusterRole on the page: `get ingresses.networking.k8s.io`.
fn rules(page: &str) -> BTreeSet<String> {
    let role = page.split("kind: ClusterRole").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let list = |line: &str| -> Vec<String> {
        let inner = line.split(['[', ']']).nth(1).unwrap();
        inner.split(',').map(|word| word.trim().trim_matches('"').to_owned()).collect()
    };
    let lines: Vec<&str> = role.lines().filter(|line| line.contains('[')).collect();
    let mut found = BTreeSet::new();
    for rule in lines.chunks(3) {
        let [groups, resources, verbs] = [rule[0], rule[1], rule[2]].map(list);
        for (resource, verb) in resources.iter().flat_map(|resource| verbs.iter().map(move |verb| (resource, verb))) {
            let group = if groups[0].is_empty() { String::new() } else { format!(".{}", groups[0]) };
            found.insert(format!("{verb} {resource}{group}"));
        }
    }
    found
}

#[test]
fn the_page_lists_every_call_and_no_other() {
    let route = || Way { kind: HTTP_ROUTE, ..Way::default() };
    let service = || Way { kind: SERVICE, ..Way::default() };
    let ways = [("ednsiam", Way::default(), service()), ("ednsiamr", route(), route())];
    let (mut calls, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for (name, blue, green) in ways {
        let names = Annotated::with(name, (100, blue), (0, green));
        names.zone.settle(&names.shift(100.0, ""));
        calls.extend(names.zone.stage.calls(0).iter().map(|call| call.action.clone()));
        let logs = [&names.blue, &names.green].map(|site| site.cluster.api.log().since(0));
        asked.extend(logs.iter().flatten().map(|entry| format!("{} {}", entry.verb, entry.resource)));
    }
    let folder = root().join("examples/resources/eksmig_external_dns_shift");
    let page = std::fs::read_to_string(folder.join("about.md")).unwrap();
    // The second kind of route is not served by the clusters of this test.
    let listed: BTreeSet<String> = rules(&page).into_iter().filter(|rule| !rule.contains("grpcroutes")).collect();
    assert_eq!(asked, listed);
    let policy = actions(&std::fs::read_to_string(folder.join("iam.json")).unwrap()).unwrap();
    let moving: BTreeSet<String> = policy.iter().filter(|action| action.starts_with("route53:List")).cloned().collect();
    assert!(moving.contains("route53:ListResourceRecordSets"));
    let written: Vec<&String> = calls.iter().filter(|call| call.starts_with("Change")).collect();
    assert!(written.is_empty() && policy.iter().all(|action| !action.contains(":Change")), "{written:?} {policy:?}");
    for call in &calls {
        assert!(call == "GetCallerIdentity" || policy.iter().any(|action| action.ends_with(call.as_str())), "{call}");
    }
}
