//! What comes between.

use std::time::Duration;

use eksmig_tests::annotated::{Annotated, Way};
use eksmig_tests::patience::until;
use serde_json::json;

const ADDRESS: &str = "eksmig_external_dns_shift.orders";
const LIMIT: Duration = Duration::from_secs(60);

/// A ramp that stays at 50 for long.
const LONG: &str = "ramp = {\n steps = [50]\n interval = \"10m\"\n }";

#[test]
fn a_stop_holds_and_the_next_apply_goes_on() {
    let names = Annotated::at("ednsstop", 100, 0);
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(100.0, LONG));
    let running = names.zone.stage.workspace.spawn_apply();
    names.wait_for((50, 50));
    running.interrupt();
    let error = running.wait_for(LIMIT).expect_failure();
    assert!(error.contains("stopped") && error.contains("Route 53 was last seen"), "{error}");
    assert_eq!(names.said(), (50, 50));
    names.zone.settle(&names.shift(100.0, ""));
    assert_eq!(names.shown(), (0, 100));
    names.assert_never_dark();
}

#[test]
fn a_kill_between_the_two_weights_ends_in_the_same_place() {
    let names = Annotated::at("ednskill", 100, 0);
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(100.0, ""));
    let running = names.zone.stage.workspace.spawn_apply();
    until(LIMIT, "green's weight", || (names.said() == (100, 100)).then_some(()));
    running.kill_provider();
    running.wait_for(LIMIT);
    assert_eq!(names.said(), (100, 100), "blue's weight waits for Route 53 to show green's");
    names.zone.settle(&names.shift(100.0, ""));
    assert_eq!((names.said(), names.shown()), ((0, 100), (0, 100)));
    names.assert_never_dark();
}

#[test]
fn what_argo_cd_takes_back_is_noticed_and_not_fought() {
    let tracked = json!({"argocd.argoproj.io/tracking-id": "shop:networking.k8s.io/Ingress:shop/orders"});
    let way = Way { annotations: tracked, ..Way::default() };
    let names = Annotated::with("ednsargo", (100, Way::default()), (0, way));
    names.zone.settle(&names.shift(0.0, ""));
    names.zone.write(&names.shift(50.0, ""));
    let running = names.zone.stage.workspace.spawn_apply();
    names.wait_for((100, 50));
    names.green.annotate("argocd-controller", &names.green.key(), "0");
    let error = running.wait_for(LIMIT).expect_failure();
    for word in ["by argocd-controller", "ignoreDifferences", "managedFieldsManagers", "RespectIgnoreDifferences=true"]
    {
        assert!(error.contains(word), "{word} is not in {error}");
    }
    assert!(error.contains("/metadata/annotations/external-dns.alpha.kubernetes.io~1aws-weight"), "{error}");
    assert_eq!(names.said(), (100, 0));
    names.wait_for((100, 0));
    names.assert_never_dark();
}

#[test]
fn an_external_dns_that_does_nothing_is_reported_and_route_53_is_left_alone() {
    let mut names = Annotated::at("ednsdead", 100, 0);
    names.zone.settle(&names.shift(0.0, ""));
    names.green.stop();
    let error = names.zone.fail(&names.shift(50.0, ""));
    for word in
        ["--txt-owner-id=green", "--interval=2s", "Route 53 was not edited", "A shows weights blue 100, green 0"]
    {
        assert!(error.contains(word), "{word} is not in {error}");
    }
    assert_eq!((names.said(), names.shown()), ((100, 0), (100, 0)), "rolled back");
    assert_eq!(names.zone.stage.workspace.values(ADDRESS)["status"], "rolled_back");
    names.assert_never_dark();
}
