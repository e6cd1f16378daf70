//! Where it goes as asked.

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::kubernetes::api::kind::{HTTP_ROUTE, SERVICE};
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
