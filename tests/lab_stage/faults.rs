//! What a client is answered where the way to a backend is broken.

use std::time::Duration;

use aws_sdk_apigateway::types::Op;
use eksmig_tests::blocking::wait;
use eksmig_tests::http_api::HttpApi;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::ports::GREEN;
use eksmig_tests::patience::until;

use super::scene::{ORDER, PROD, Scene};

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);
const ROUTE: &str = "ANY /orders/{proxy+}";
const TIMED_OUT: (u16, &str) = (504, r#"{"message":"Endpoint request timed out"}"#);
const FAILED: (u16, &str) = (500, r#"{"message":"Internal server error"}"#);

#[track_caller]
fn check(scene: &Scene, expect: (u16, &str)) {
    scene.gateway.catch_up();
    let answer = scene.visit(ORDER).make();
    assert_eq!((answer.status, answer.body.as_str()), expect, "{answer:?}");
}

#[test]
fn a_port_without_a_listener_is_not_answered_until_it_has_one_and_when_it_is_gone() {
    let (scene, _) = Scene::of_orders("nolisten");
    scene.api.edit_orders("9999");
    scene.api.deploy(PROD, &[]);
    check(&scene, TIMED_OUT);
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy(PROD, &[]);
    scene.assert_side("green", "a port with a listener");
    wait(scene.world.client().delete_listener().listener_arn(&scene.ports.green_listener).send()).unwrap();
    scene.ports.site.plane.catch_up();
    check(&scene, TIMED_OUT);
}

#[test]
fn targets_that_refuse_or_are_none_are_a_failure() {
    let (scene, _) = Scene::of_orders("notarget");
    scene.ports.blue.refuse();
    check(&scene, FAILED);
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy(PROD, &[]);
    scene.assert_side("green", "the other side");
    (0..scene.ports.green.backends.len()).for_each(|place| scene.ports.green.deregister(&scene.world, place));
    scene.ports.site.plane.catch_up();
    // A connection that is open goes on, for these targets drain. Its answers end it, and a new one finds nobody.
    scene.ports.green.tell(Manner::Drain);
    until(LIMIT, "end of the open connections", || (scene.order().status != 200).then_some(()));
    check(&scene, FAILED);
}

#[test]
fn a_backend_that_is_slower_than_the_integration_allows_is_not_waited_for() {
    let (scene, _) = Scene::of_orders("slow");
    scene.api.edit(ROUTE, &[(Op::Replace, "/timeoutInMillis", "300")]);
    scene.api.deploy(PROD, &[]);
    scene.assert_side("blue", "in time");
    scene.ports.blue.backends.iter().for_each(|one| one.tell_service(Manner::Slow(Duration::from_secs(5))));
    check(&scene, TIMED_OUT);
}

#[test]
fn a_backends_own_error_comes_through_as_it_is() {
    let (scene, _) = Scene::of_orders("own");
    scene.ports.blue.backends.iter().for_each(|one| one.tell_service(Manner::Fail(502)));
    let answer = scene.order();
    assert_eq!((answer.status, answer.cluster()), (502, "blue"));
}

#[test]
fn a_vpc_link_that_failed_or_is_unknown_is_a_failure() {
    let (scene, _) = Scene::of_orders("link");
    scene.world.emulator().set_vpc_link(scene.world.region(), &scene.api.link, "FAILED");
    check(&scene, FAILED);
    scene.world.emulator().set_vpc_link(scene.world.region(), &scene.api.link, "AVAILABLE");
    scene.assert_side("blue", "available again");
    scene.api.edit(ROUTE, &[(Op::Replace, "/connectionId", "${stageVariables.link}")]);
    scene.api.deploy(PROD, &[]);
    check(&scene, FAILED);
    scene.api.patch_stage(PROD, &[(Op::Replace, "/variables/link", &scene.api.link)]);
    scene.assert_side("blue", "by the variable's VPC link");
}

#[test]
fn a_vpc_link_of_the_second_version_leads_where_the_target_says() {
    let (scene, _) = Scene::of_orders("second");
    let link = HttpApi::new(&scene.world).link;
    let to = |target: &str| {
        scene.api.edit(ROUTE, &[(Op::Replace, "/connectionId", &link), (Op::Replace, "/integrationTarget", target)]);
        scene.api.deploy(PROD, &[]);
    };
    to(&scene.ports.green_listener);
    scene.assert_side("green", "a listener, whatever the URI's port");
    to(&scene.ports.balancer);
    scene.assert_side("blue", "a load balancer, and the URI's port");
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy(PROD, &[]);
    scene.assert_side("green", "a load balancer, and the URI's other port");
}
