//! What it is allowed, in AWS and in the clusters: what the page lists, and nothing else.

use std::collections::BTreeSet;

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::docs::resource_page::actions;
use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::api::kind::{
    ALPHA_UDP_ROUTE, DNS_ENDPOINT, GRPC_ROUTE, HTTP_ROUTE, INGRESS, Kind, SERVICE, TCP_ROUTE, TLS_ROUTE,
};
use eksmig_tests::kubernetes::role::{asked, role};

#[test]
fn the_page_lists_every_call_and_no_other() {
    let pairs = [(INGRESS, SERVICE), (HTTP_ROUTE, GRPC_ROUTE), (TLS_ROUTE, TCP_ROUTE), (ALPHA_UDP_ROUTE, DNS_ENDPOINT)];
    let moved = |(nth, (blue, green)): (usize, (Kind, Kind))| {
        let names = Annotated::with(&format!("ednsiam{nth}"), (100, Way::of(blue)), (0, Way::of(green)));
        names.zone.settle(&names.shift(100.0, ""));
        let calls: BTreeSet<String> = names.zone.stage.calls(0).into_iter().map(|call| call.action).collect();
        (calls, asked(&names.blue.cluster).union(&asked(&names.green.cluster)).cloned().collect::<BTreeSet<_>>())
    };
    let (mut calls, mut requests) = (BTreeSet::new(), BTreeSet::new());
    std::thread::scope(|scope| {
        let moves = pairs.into_iter().enumerate().map(|pair| scope.spawn(move || moved(pair)));
        for (of_aws, of_clusters) in moves.collect::<Vec<_>>().into_iter().map(|moved| moved.join().unwrap()) {
            calls.extend(of_aws);
            requests.extend(of_clusters);
        }
    });
    let folder = root().join("examples/resources/eksmig_external_dns_shift");
    // Which versions are served, `system:discovery` tells everyone who is let in.
    requests.retain(|request| !["get v1", "get v1alpha2"].contains(&request.as_str()));
    assert_eq!(requests, role(&std::fs::read_to_string(folder.join("rbac.yaml")).unwrap()));
    let policy = actions(&std::fs::read_to_string(folder.join("iam.json")).unwrap()).unwrap();
    let moving: BTreeSet<String> = policy.iter().filter(|action| action.starts_with("route53:List")).cloned().collect();
    assert!(moving.contains("route53:ListResourceRecordSets"));
    let written: Vec<&String> = calls.iter().filter(|call| call.starts_with("Change")).collect();
    assert!(written.is_empty() && policy.iter().all(|action| !action.contains(":Change")), "{written:?} {policy:?}");
    for call in &calls {
        assert!(call == "GetCallerIdentity" || policy.iter().any(|action| action.ends_with(call.as_str())), "{call}");
    }
}
