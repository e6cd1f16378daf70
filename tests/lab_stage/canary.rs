//! A canary takes its percent of the requests, by lot, with its own deployment and its own variables.

use std::time::Duration;

use aws_sdk_apigateway::types::Op;
use eksmig_tests::lab::load::{Destination, Load, Plan};
use eksmig_tests::lab::ports::{BLUE, GREEN};
use eksmig_tests::lab::turn;
use eksmig_tests::patience::until;

use super::scene::{ORDER, PROD, Scene, VARIABLE};

/// How many requests tell a percent: at 50 % four standard errors are three points, and lots from a seed are the same in
/// every run.
const REQUESTS: usize = 5_000;
/// How long so many may take, on a machine that builds something else meanwhile.
const LIMIT: Duration = Duration::from_secs(60);
/// How far off a percent may be then, in points.
const POINTS: f64 = 2.0;

/// Green's percent of 5,000 requests, none of which fails.
fn measured(scene: &Scene) -> f64 {
    scene.gateway.catch_up();
    let plan = Plan {
        to: Destination::Door(scene.gateway.address(&scene.prod)),
        host: "orders.example.com".to_owned(),
        path: ORDER.to_owned(),
        rate: 1_000,
        limit: REQUESTS,
    };
    let load = Load::start(plan, &scene.ports.site.journal);
    until(LIMIT, "end of the requests", || (load.tally().total().sent >= REQUESTS).then_some(()));
    let tally = load.stop();
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert_eq!(tally.total().sent, REQUESTS);
    println!("{:?}: {:?} %", tally.total(), tally.total().percent());
    tally.total().percent().unwrap()
}

#[track_caller]
fn assert_near(scene: &Scene, percent: f64) {
    let measured = measured(scene);
    assert!((measured - percent).abs() <= POINTS, "asked {percent} %, measured {measured} %");
}

#[test]
fn a_canary_gets_its_percent_of_5000_requests() {
    let _turn = turn();
    let (scene, _) = Scene::of_orders("percent");
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy_canary(PROD, 10.0, &[]);
    assert_near(&scene, 10.0);
    scene.api.set_percent(PROD, 50.0);
    assert_near(&scene, 50.0);
}

#[test]
fn a_canary_at_0_gets_nothing_and_at_100_all() {
    let (scene, _) = Scene::of_orders("ends");
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy_canary(PROD, 0.0, &[]);
    scene.assert_side("blue", "at 0");
    scene.api.set_percent(PROD, 100.0);
    scene.assert_side("green", "at 100");
}

#[test]
fn a_canary_that_is_removed_leaves_the_stage_as_it_was() {
    let (scene, _) = Scene::of_orders("removed");
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy_canary(PROD, 100.0, &[]);
    scene.assert_side("green", "with the canary");
    scene.api.patch_stage(PROD, &[(Op::Remove, "/canarySettings", "")]);
    scene.assert_side("blue", "without it");
}

#[test]
fn a_promoted_canary_is_the_stage_and_the_deployment_before_serves_again_at_once() {
    let (scene, first) = Scene::of_orders("promoted");
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy_canary(PROD, 1.0, &[]);
    scene.api.promote(PROD);
    scene.assert_side("green", "promoted");
    scene.api.patch_stage(PROD, &[(Op::Replace, "/deploymentId", &first)]);
    scene.assert_side("blue", "rolled back");
}

#[test]
fn a_canarys_variables_are_the_stages_with_its_own_over_them() {
    let (blue, green) = (BLUE.to_string(), GREEN.to_string());
    let (scene, _) = Scene::of_orders_at("override", VARIABLE, &[("port", &blue), ("other", "1")]);
    scene.api.deploy_canary(PROD, 100.0, &[]);
    scene.assert_side("blue", "a canary without variables of its own");
    let path = "/canarySettings/stageVariableOverrides/port";
    scene.api.patch_stage(PROD, &[(Op::Replace, path, &green)]);
    scene.assert_side("green", "with one");
    scene.api.patch_stage(PROD, &[(Op::Remove, path, "")]);
    scene.assert_side("blue", "without it again");
    scene.api.patch_stage(PROD, &[(Op::Replace, path, &green)]);
    scene.api.promote(PROD);
    scene.assert_side("green", "promoted, the variable with it");
}
