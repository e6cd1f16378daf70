//! What is waited for, and what ends the wait.

use std::time::Duration;

use eksmig_tests::counts::Counts;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::world::sticky_forward;
use serde_json::{Value, json};

use crate::{MINUTES, assert_not_drained, at_100, planned, tell_zero, wait};

#[test]
fn a_wait_that_is_added_later_is_an_update_that_only_waits() {
    let (service, shift) = at_100("drlater");
    tell_zero(&service);
    let since = service.stage.mark();
    service.stage.write(&[&shift.clone().with(&wait("5m"))]);
    let (actions, change) = planned(&service);
    assert_eq!(actions, json!(["update"]));
    assert_eq!(change["after_unknown"]["drained_at"], json!(true));
    assert_eq!((&change["after"]["schedule"], &change["after"]["minimum_duration"]), (&json!([]), &json!("3m")));
    assert_eq!(change["after"]["routes"], change["before"]["routes"]);
    service.stage.settle(&shift.with(&wait("5m")));
    assert!(service.state()["drained_at"].is_string());
    assert!(service.stage.writes(since).is_empty(), "it waits and writes nothing");
}

#[test]
fn a_side_that_serves_on_fails_the_apply_and_moves_nothing() {
    let (service, shift) = at_100("drserves");
    tell_zero(&service);
    let counts = Counts::of(&service.stage.world, &service.balancer);
    counts.publish(Some(&service.blue.arn), "RequestCount", [1], 7.0);
    let since = service.stage.mark();
    let error = service.stage.fail(&shift.with(&wait("1s")));
    for text in ["Blue is not drained", "Green has 100%", &service.blue.arn, "counts 7", "Both sides are needed"] {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert!(service.stage.writes(since).is_empty());
    assert_not_drained(&service);
}

#[test]
fn what_cloudwatch_does_not_tell_is_not_drained_and_the_next_apply_goes_on() {
    let (service, shift) = at_100("druntold");
    let shift = shift.with(&wait("1s"));
    let error = service.stage.fail(&shift);
    assert!(error.contains("Could not tell") && error.contains("1 of 1 minutes"), "{error}");
    assert_not_drained(&service);
    assert_eq!(planned(&service).0, json!(["update"]));
    tell_zero(&service);
    service.stage.settle(&shift);
    assert!(service.state()["drained_at"].is_string());
}

#[test]
fn requests_of_the_load_balancer_tell_that_blue_has_none() {
    let (service, shift) = at_100("drwitness");
    let counts = Counts::of(&service.stage.world, &service.balancer);
    counts.publish(None, "RequestCount", MINUTES, 500.0);
    service.stage.settle(&shift.with(&wait("5m")));
    assert!(service.state()["drained_at"].is_string());
}

#[test]
fn sticky_sessions_are_waited_for_from_the_last_request_on() {
    let (service, shift) = at_100("drsticky");
    let weights = [(&service.blue, 0), (&service.green, 100)];
    service.stage.world.set_actions(&service.rule, vec![sticky_forward(&weights, 1800)]);
    tell_zero(&service);
    let counts = Counts::of(&service.stage.world, &service.balancer);
    counts.publish(Some(&service.blue.arn), "RequestCount", [12], 1.0);
    let shift = shift.with(&wait("1s"));
    service.stage.write(&[&shift]);
    let warnings = service.stage.workspace.plan().expect_changes().warnings();
    assert!(
        warnings.contains("Draining blue takes 30m") && warnings.contains("wait_for_drain.timeout is 1s"),
        "{warnings}"
    );
    let error = service.stage.fail(&shift);
    assert!(error.contains("Not before") && error.contains("sticky sessions of route"), "{error}");
    assert!(error.contains(&service.rule), "{error}");
    assert_not_drained(&service);

    let weights = [(&service.blue, 0), (&service.green, 100)];
    service.stage.world.set_actions(&service.rule, vec![sticky_forward(&weights, 300)]);
    service.stage.settle(&shift);
    assert!(service.state()["drained_at"].is_string(), "twelve minutes are longer than five");
}

#[test]
fn a_missing_permission_is_not_waited_out() {
    let (service, shift) = at_100("drdenied");
    let allowed = ["DescribeListeners", "DescribeRules", "DescribeTags", "DescribeTargetHealth", "ModifyRule"];
    let read = ["DescribeTargetGroupAttributes", "DescribeLoadBalancerAttributes"];
    let allowed = allowed.into_iter().chain(read).map(|action| format!("elasticloadbalancing:{action}"));
    service.stage.world.emulator().permit(&service.stage.access_key, &allowed.collect());
    let error = service.stage.fail(&shift.with(&wait("1h")));
    assert!(error.contains("AccessDenied") && error.contains("cloudwatch:GetMetricData"), "{error}");
    assert_not_drained(&service);
}

#[test]
fn blue_is_taken_out_after_the_drain_and_not_before() {
    let (service, shift) = at_100("drdrop");
    let shift = shift.with("drop_idle_target_group = true").with(&wait("1s"));
    let since = service.stage.mark();
    service.stage.fail(&shift);
    assert!(service.stage.writes(since).is_empty(), "blue stays in while nobody knows");
    assert_eq!(service.standing(&service.rule)["blue"], 0);
    tell_zero(&service);
    service.stage.settle(&shift);
    assert!(!service.standing(&service.rule).contains_key("blue"));
    let state = service.state();
    assert_eq!(state["routes"][&service.rule]["blue_weight"], Value::Null);
    assert!(state["drained_at"].is_string());
}

#[test]
fn nothing_is_waited_for_in_between_and_a_move_forgets_the_drain() {
    let (service, shift) = at_100("drsplit");
    tell_zero(&service);
    service.stage.settle(&shift.with(&wait("5m")));
    assert!(service.state()["drained_at"].is_string());
    let split = service.shift(50).with(&wait("5m"));
    let since = service.stage.mark();
    service.stage.settle(&split);
    assert_eq!(service.state()["drained_at"], Value::Null);
    assert!(!service.stage.calls(since).iter().any(|call| call.action == "GetMetricData"));
}

#[test]
fn who_moves_the_share_behind_its_back_makes_it_wait_again() {
    let (service, shift) = at_100("drdrift");
    tell_zero(&service);
    let shift = shift.with(&wait("1s"));
    service.stage.settle(&shift);
    let weights = [(&service.blue, 50), (&service.green, 50)];
    service.stage.world.set_actions(&service.rule, vec![eksmig_tests::world::forward(&weights)]);
    let error = service.stage.fail(&shift);
    assert!(error.contains("60 s without requests since then are not over"), "{error}");
    assert_not_drained(&service);
    service.stage.workspace.age(Duration::from_secs(3600));
    service.stage.settle(&shift);
}

#[test]
fn what_was_drained_on_one_side_says_nothing_of_the_other() {
    let (service, shift) = at_100("drother");
    tell_zero(&service);
    service.stage.settle(&shift.with(&wait("1s")));
    let weights = [(&service.blue, 100), (&service.green, 0)];
    service.stage.world.set_actions(&service.rule, vec![eksmig_tests::world::forward(&weights)]);
    let since = service.stage.mark();
    let error = service.stage.fail(&service.shift(0).with(&wait("1s")));
    assert!(error.contains("Green is not drained") && error.contains("60 s without requests since then"), "{error}");
    assert!(service.stage.writes(since).is_empty(), "somebody else had moved it");
    assert_eq!(service.state()["drained_at"], Value::Null);
}

#[test]
fn a_route_that_comes_to_it_makes_it_wait_anew() {
    let (service, shift) = at_100("drroutes");
    tell_zero(&service);
    service.stage.settle(&shift.with(&wait("1s")));
    let weights = [(&service.blue, 0), (&service.green, 100)];
    service.stage.world.set_actions(&service.listener, vec![eksmig_tests::world::forward(&weights)]);
    let routes = [service.rule.as_str(), service.listener.as_str()];
    let both = Shift::new(&routes, &service.blue, &service.green, 100).with(&wait("1s"));
    let error = service.stage.fail(&both);
    assert!(error.contains("60 s without requests since then are not over"), "{error}");
    service.stage.workspace.age(Duration::from_secs(3600));
    service.stage.settle(&both);
}

#[test]
fn a_ramp_and_a_drain_that_do_not_fit_are_refused() {
    let service = Service::at("drshort", 100, 0);
    let shift = service.shift(100).with(&wait("5m")).with("timeouts {\n    create = \"2m\"\n  }");
    let error = service.stage.fail(&shift);
    assert!(error.contains("The ramp and the drain take at least 3m"), "{error}");
    let odd = service.shift(100).with("wait_for_drain = { window = \"90s\" }");
    assert!(service.stage.fail(&odd).contains("whole minutes"));
    assert!(service.stage.writes(0).is_empty());
}
