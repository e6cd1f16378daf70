//! Objects of every kind, in the versions that clusters serve them in.

use std::time::Duration;

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::kubernetes::api::faults::{Fault, Kind as Trouble};
use eksmig_tests::kubernetes::api::kind::{
    ALPHA_TLS_ROUTE, ALPHA_UDP_ROUTE, DNS_ENDPOINT, GRPC_ROUTE, Kind, TCP_ROUTE, TLS_ROUTE,
};
use eksmig_tests::patience::until;
use serde_json::{Value, json};

const ADDRESS: &str = "eksmig_external_dns_shift.orders";
const LIMIT: Duration = Duration::from_secs(60);

/// A `DNSEndpoint` for records of both types.
fn endpoints() -> Way {
    Way { types: &["A", "AAAA"], ..Way::of(DNS_ENDPOINT) }
}

/// The list of a `DNSEndpoint`, with `value` in place of each weight.
fn list(object: &Value, value: &str) -> Value {
    let mut list = object["spec"]["endpoints"].clone();
    for endpoint in list.as_array_mut().unwrap() {
        let properties = endpoint.get_mut("providerSpecific").and_then(Value::as_array_mut).into_iter().flatten();
        for property in properties.filter(|property| property["name"] == "aws/weight") {
            property["value"] = json!(value);
        }
    }
    list
}

#[test]
fn routes_of_every_kind_in_the_versions_that_are_served() {
    let moved = |name: &str, blue: Kind, green: Kind| {
        let names = Annotated::with(name, (100, Way::of(blue)), (0, Way::of(green)));
        names.zone.settle(&names.shift(100.0, ""));
        assert_eq!((names.said(), names.shown()), ((0, 100), (0, 100)), "{name}");
        names.assert_never_dark();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| moved("ednsgrpctls", GRPC_ROUTE, TLS_ROUTE));
        scope.spawn(|| moved("ednstcpudp", TCP_ROUTE, ALPHA_UDP_ROUTE));
        scope.spawn(|| moved("ednsalpha", ALPHA_TLS_ROUTE, GRPC_ROUTE));
    });
}

#[test]
fn a_dns_endpoint_there_and_back_and_nothing_else_in_its_list_is_touched() {
    let names = Annotated::with("ednscrd", (100, endpoints()), (0, endpoints()));
    let before = [&names.blue, &names.green].map(|site| list(&site.object(), "?"));
    names.zone.write(&names.shift(0.0, ""));
    names.zone.stage.workspace.import(ADDRESS, &names.import_id()).expect_success();
    names.zone.settle(&names.shift(25.0, ""));
    assert_eq!((names.said(), names.shown()), ((75, 25), (75, 25)));
    names.zone.settle(&names.shift(100.0, ""));
    assert_eq!((names.said(), names.shown()), ((0, 100), (0, 100)));
    assert_eq!(names.zone.weights("AAAA"), names.zone.weights("A"));
    for (site, weight) in [(&names.blue, "0"), (&names.green, "100")] {
        assert_eq!(site.object()["spec"]["endpoints"], list(&site.object(), weight), "every type has the weight");
    }
    names.zone.settle(&names.shift(0.0, ""));
    assert_eq!([&names.blue, &names.green].map(|site| list(&site.object(), "?")), before);
    names.assert_never_dark();
}

#[test]
fn a_dns_endpoint_beside_an_ingress() {
    let names = Annotated::with("ednscrding", (100, Way::default()), (0, Way::of(DNS_ENDPOINT)));
    names.zone.settle(&names.shift(50.0, ""));
    assert_eq!(names.shown(), (50, 50));
    names.assert_never_dark();
}

#[test]
fn whoever_changes_the_list_at_the_same_moment_loses_nothing() {
    let names = Annotated::with("ednsrace", (100, endpoints()), (0, endpoints()));
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(50.0, ""));
    names.trouble.faults.order(Fault::new(Trouble::HoldBefore));
    let running = names.zone.stage.workspace.spawn_apply();
    until(LIMIT, "a patch on its way", || (!names.trouble.holds.held().is_empty()).then_some(()));
    // Where the weight stood stands another's now.
    let inserted = json!({"dnsName": format!("new.{}", names.zone.name), "recordType": "A", "targets": ["192.0.2.9"],
        "setIdentifier": "other", "providerSpecific": [{"name": "alias", "value": "false"},
            {"name": "aws/weight", "value": "0"}]});
    let insert = inserted.clone();
    names.green.edit("someone", |object| object["spec"]["endpoints"].as_array_mut().unwrap().insert(1, insert));
    names.trouble.holds.release();
    running.wait_for(LIMIT).expect_success();
    assert_eq!((names.said(), names.shown()), ((50, 50), (50, 50)));
    let now = names.green.object();
    assert_eq!((&now["spec"]["endpoints"][1], now["spec"]["endpoints"].as_array().unwrap().len()), (&inserted, 4));
    let patches = names.green.cluster.api.log().since(0).into_iter().filter(|entry| entry.writes());
    assert_eq!(patches.map(|entry| entry.status).collect::<Vec<_>>(), [Some(422), Some(200)]);
}

#[test]
fn a_list_of_someone_elses_is_named_and_can_be_taken() {
    let names = Annotated::with("ednscrdown", (100, endpoints()), (0, endpoints()));
    names.zone.write(&names.polite(50.0, ""));
    let error = names.zone.stage.workspace.plan().expect_failure();
    for word in ["belongs to seed", "spec.endpoints", "force_conflicts", "DNSEndpoint shop/orders"] {
        assert!(error.contains(word), "{word} is not in {error}");
    }
    names.zone.settle(&names.shift(50.0, ""));
    // It is its own now, and need not be taken again.
    names.zone.settle(&names.polite(100.0, ""));
    assert_eq!(names.shown(), (0, 100));
}

#[test]
fn an_endpoint_that_argo_cd_takes_back_is_noticed_and_not_fought() {
    let tracked = json!({"argocd.argoproj.io/tracking-id": "shop:externaldns.k8s.io/DNSEndpoint:shop/orders"});
    let way = Way { annotations: tracked, ..endpoints() };
    let names = Annotated::with("ednscrdargo", (100, endpoints()), (0, way));
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(50.0, ""));
    let running = names.zone.stage.workspace.spawn_apply();
    names.wait_for((100, 50));
    names.green.weigh_endpoints("argocd-controller", 0);
    let error = running.wait_for(LIMIT).expect_failure();
    for word in [
        "has 0 in aws/weight",
        "by argocd-controller",
        "Application shop",
        "jqPathExpressions",
        ".spec.endpoints[] | select(.setIdentifier == \"green\")",
        "RespectIgnoreDifferences=true",
    ] {
        assert!(error.contains(word), "{word} is not in {error}");
    }
    assert!(!error.contains("managedFieldsManagers"), "the whole list would be left alone: {error}");
    assert_eq!(names.said(), (100, 0));
    names.assert_never_dark();
}
