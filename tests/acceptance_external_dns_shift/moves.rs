//! Where it goes as asked.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::kubernetes::api::kind::{HTTP_ROUTE, SERVICE};
use eksmig_tests::patience::until;
use serde_json::{Value, json};

const ADDRESS: &str = "eksmig_external_dns_shift.orders";

/// An object without its weight and who wrote it: what a shift must leave as it was.
fn bare(object: &Value, key: &str) -> Value {
    let mut object = object.clone();
    for field in ["managedFields", "resourceVersion"] {
        object["metadata"].as_object_mut().unwrap().remove(field);
    }
    object["metadata"]["annotations"].as_object_mut().unwrap().remove(key);
    object
}

#[test]
fn to_half_to_all_and_back_with_no_moment_in_the_dark() {
    let names = Annotated::at("ednsmoves", 100, 0);
    let ingress = || {
        let site = &names.green;
        bare(&site.cluster.api.get(&site.kind, "shop", "orders").unwrap(), &site.key())
    };
    let before = ingress();
    names.zone.settle(&names.shift(0.0, ""));
    let ramp = "ramp = {\n steps = [10]\n interval = \"1s\"\n }";
    names.zone.settle(&names.shift(50.0, ramp));
    assert_eq!((names.said(), names.shown()), ((50, 50), (50, 50)));
    names.zone.settle(&names.shift(100.0, ""));
    assert_eq!((names.said(), names.shown()), ((0, 100), (0, 100)));
    let state = names.zone.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&json!("settled"), &json!(100)));
    assert_eq!(state["records"]["A"], json!({"blue_weight": 0, "green_weight": 100, "share": 100}));
    names.zone.settle(&names.shift(0.0, ""));
    assert_eq!((names.said(), names.shown()), ((100, 0), (100, 0)));
    assert_eq!(ingress(), before, "nothing but the weight is its own");

    names.assert_never_dark();
    // Green rises before blue falls, and the other way round on the way back.
    let percents = names.batches().percents();
    let way: Vec<i64> = percents.iter().filter(|percent| !percent.is_nan()).map(|percent| *percent as i64).collect();
    let mut way = way;
    way.dedup();
    let tail = &way[way.iter().position(|percent| *percent > 0).unwrap()..];
    assert_eq!(tail, [9, 10, 35, 50, 66, 100, 50, 0]);
}

#[test]
fn each_cluster_has_its_own_prefix_and_kind() {
    let service = Way { kind: SERVICE, ..Way::default() };
    let names = Annotated::with("ednsprefix", (1, service), (0, Way { version: "v0.22.0", ..Way::default() }));
    names.zone.settle(&names.shift(25.0, ""));
    assert_eq!((names.said(), names.shown()), ((75, 25), (75, 25)));
    names.assert_never_dark();
}

#[test]
fn routes_of_the_gateway_api_and_an_import() {
    let way = || Way { kind: HTTP_ROUTE, ..Way::default() };
    let names = Annotated::with("ednsroute", (60, way()), (40, way()));
    names.zone.write(&names.polite(40.0, ""));
    names.zone.stage.workspace.import(ADDRESS, &names.import_id()).expect_success();
    names.zone.stage.workspace.assert_settled();
    names.zone.settle(&names.shift(60.0, "on_destroy = \"blue\""));
    assert_eq!(names.shown(), (40, 60));
    names.zone.stage.workspace.destroy().expect_success();
    assert_eq!(names.shown(), (100, 0));
    names.assert_never_dark();
}

#[test]
fn every_type_of_the_set_identifiers_is_waited_for() {
    let names = Annotated::at("ednstypes", 100, 0);
    // Records that this ExternalDNS leaves alone, so that they move when the test says so.
    let address = |side: &str, weight| {
        names.zone.put(names.zone.record("AAAA", "2001:db8::1", Some((side, weight))));
    };
    address("blue", 100);
    address("green", 0);
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(50.0, ""));
    let mut running = names.zone.stage.workspace.spawn_apply();
    names.wait_for((100, 50));
    let looked = |calls: usize| {
        let mark = names.zone.stage.mark();
        until(Duration::from_secs(60), "looks at the zone", || {
            (names.zone.stage.calls(mark).len() >= calls).then_some(())
        });
    };
    looked(3);
    assert_eq!(names.said(), (100, 50), "blue's weight waits for the other type");
    address("green", 50);
    names.wait_for((50, 50));
    looked(3);
    assert!(!running.has_ended(), "the apply waits for the other type");
    address("blue", 50);
    running.wait_for(Duration::from_secs(60)).expect_success();
    let state = names.zone.stage.workspace.values(ADDRESS);
    assert_eq!(state["records"]["AAAA"], state["records"]["A"]);
}

#[test]
fn a_gate_that_fails_in_a_bake_brings_both_weights_back() {
    let names = Annotated::at("ednsgate", 100, 0);
    let alarms = Alarms::of(&names.zone.stage.world);
    alarms.make("edns-gate", StateValue::Ok);
    names.zone.settle(&names.shift(0.0, ""));
    let more = "ramp = {\n steps = [50]\n interval = \"10m\"\n }\n gate = {\n alarm_names = [\"edns-gate\"]\n \
                poll_interval = \"1s\"\n }";
    names.zone.write(&names.shift(100.0, more));
    let running = names.zone.stage.workspace.spawn_apply();
    names.wait_for((50, 50));
    alarms.set("edns-gate", StateValue::Alarm);
    let error = running.wait_for(Duration::from_secs(60)).expect_failure();
    assert!(error.contains("edns-gate"), "{error}");
    assert_eq!((names.said(), names.shown()), ((100, 0), (100, 0)));
    names.assert_never_dark();
}
