//! `eksmig_weighted_shift` whose routes went astray behind its back: the next plan says what became of them.

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, FixedResponseActionConfig};
use eksmig_tests::blocking::wait;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::world::forward;

/// Plans after something happened to the rule of a shift that settled; the text of the errors.
#[track_caller]
fn planned_after(name: &str, happens: impl FnOnce(&Service)) -> (Service, String) {
    let service = Service::at(name, 100, 0);
    let (blue, green) = (&service.blue, &service.green);
    service.stage.world.set_actions(&service.listener, vec![forward(&[(blue, 100), (green, 0)])]);
    let shift = Shift::new(&[&service.rule, &service.listener], blue, green, 30);
    service.stage.settle(&shift);
    let before = service.state();
    happens(&service);
    let since = service.stage.mark();
    let run = service.stage.workspace.plan();
    let pointed = run.errors().iter().all(|error| error.code.as_ref().is_some_and(|code| code.contains("route_arns")));
    assert!(pointed, "at the attribute that is wrong: {run:#?}");
    let error = run.expect_failure();
    assert!(error.contains(&service.rule), "{error}");
    assert!(!error.contains("share no traffic"), "{error}");
    assert!(service.stage.writes(since).is_empty());
    assert_eq!(service.state(), before);
    (service, error)
}

#[test]
fn a_rule_that_forwards_elsewhere() {
    let (service, error) = planned_after("elsewhere", |service| {
        let stranger = service.stage.world.target_group("other");
        service.stage.world.set_actions(&service.rule, vec![forward(&[(&stranger, 1)])]);
    });
    let stranger = service.stage.world.route(&service.rule).weights().into_keys().next().unwrap();
    assert!(error.contains("Route without blue and green") && error.contains(&stranger), "{error}");
}

#[test]
fn a_rule_that_forwards_no_more() {
    let (_, error) = planned_after("nomore", |service| {
        let fixed = FixedResponseActionConfig::builder().status_code("503").build();
        let action = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(fixed).build();
        service.stage.world.set_actions(&service.rule, vec![action]);
    });
    assert!(error.contains("its routing action is fixed-response, not forward"), "{error}");
}

#[test]
fn a_rule_that_is_gone() {
    let (_, error) = planned_after("gone", |service| {
        wait(service.stage.world.client().delete_rule().rule_arn(&service.rule).send()).unwrap();
    });
    assert!(error.contains("Route not found") && error.contains("does not exist"), "{error}");
}
