//! What a stage serves is its deployment and its variables.

use std::time::Duration;

use aws_sdk_apigateway::types::Op;
use eksmig_tests::lab::gateway::Gateway;
use eksmig_tests::lab::ports::{BLUE, GREEN};

use super::scene::{ORDER, PROD, Scene, VARIABLE};

#[test]
fn an_edit_serves_nothing_before_its_deployment_and_a_roll_back_needs_none() {
    let (scene, first) = Scene::of_orders("deploy");
    scene.assert_side("blue", "by the first deployment");
    scene.api.edit_orders(&GREEN.to_string());
    scene.assert_side("blue", "an edit alone");
    let second = scene.api.deploy(PROD, &[]);
    scene.assert_side("green", "by the second deployment");
    scene.api.patch_stage(PROD, &[(Op::Replace, "/deploymentId", &first)]);
    scene.assert_side("blue", "by the first deployment again");
    scene.api.patch_stage(PROD, &[(Op::Replace, "/deploymentId", &second)]);
    scene.assert_side("green", "by the second deployment again");
}

#[test]
fn a_variables_port_serves_at_once_and_without_a_deployment() {
    let (blue, green) = (BLUE.to_string(), GREEN.to_string());
    let (scene, _) = Scene::of_orders_at("variable", VARIABLE, &[("port", &blue)]);
    scene.assert_side("blue", "by the first variable");
    scene.api.patch_stage(PROD, &[(Op::Replace, "/variables/port", &green)]);
    scene.assert_side("green", "by the changed variable");
    scene.api.patch_stage(PROD, &[(Op::Replace, "/variables/port", &blue)]);
    scene.assert_side("blue", "by the variable as it was");
}

#[test]
fn what_changes_is_served_after_the_propagation_and_not_before() {
    let (scene, _) = Scene::of_orders("late");
    let propagation = Duration::from_secs(2);
    let late = Gateway::start_with(&scene.world, &scene.ports.site, &[&scene.prod], propagation, 1);
    scene.api.edit_orders(&GREEN.to_string());
    scene.api.deploy(PROD, &[]);
    scene.assert_side("green", "with the usual propagation");
    assert_eq!(late.visit(&scene.prod, ORDER).make().cluster(), "blue", "with a longer one");
    late.catch_up();
    assert_eq!(late.visit(&scene.prod, ORDER).make().cluster(), "green", "after it");
}

#[test]
fn a_stage_that_is_not_there_is_forbidden_until_it_is_made_and_when_it_is_deleted() {
    let scene = Scene::empty("nostage");
    scene.api.orders(&BLUE.to_string());
    scene.gateway.catch_up();
    let forbidden = || {
        let answer = scene.order();
        assert_eq!((answer.status, answer.body.as_str()), (403, r#"{"message":"Forbidden"}"#));
    };
    forbidden();
    scene.api.deploy(PROD, &[]);
    scene.assert_side("blue", "once it is deployed");
    let request = scene.api.client.delete_stage().rest_api_id(&scene.api.id).stage_name(PROD);
    eksmig_tests::blocking::wait(request.send()).unwrap();
    scene.gateway.catch_up();
    forbidden();
}
