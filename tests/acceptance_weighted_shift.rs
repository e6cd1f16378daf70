//! `eksmig_weighted_shift` moves traffic: every kind of route, up and down, in steps, and nothing but the two weights.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{Action, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::faults::Fault;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{OIDC_SECRET, TargetGroup, forward, host, oidc, path, sticky_forward};

/// Moves a route that a stranger shares from 0 over 30 and 100 back to 0, and checks that nothing else moves.
#[track_caller]
fn moves_only_the_two_weights(
    stage: &Stage,
    route: &str,
    blue: &TargetGroup,
    green: &TargetGroup,
    stranger: &TargetGroup,
) {
    let before = stage.world.route(route);
    let part = before.part(&stranger.arn);
    let shift = Shift::new(&[route], blue, green, 0);
    stage.settle(&shift);
    assert!(stage.writes(0).is_empty(), "green has 0 % already, so nothing is to be written");
    for percent in [30.0, 100.0, 0.0] {
        stage.settle(&shift.to(percent));
        let now = stage.world.route(route);
        assert_eq!(now.green_percent(&blue.arn, &green.arn), percent);
        assert_eq!(now.part(&stranger.arn), part, "the stranger's share at {percent} %");
        assert_eq!(now.without_weights(), before.without_weights(), "at {percent} %");
    }
    for call in stage.writes(0) {
        let names: Vec<&String> = call.parameters.as_object().unwrap().keys().collect();
        assert!(!names.iter().any(|name| name.starts_with("Conditions")), "{names:?}");
        assert_ne!(call.weights().values().sum::<i64>(), 0, "no route is ever all zero");
    }
}

/// Checks that every write keeps the OIDC client secret without knowing it, and that it is nowhere to be seen.
#[track_caller]
fn keeps_the_client_secret(stage: &Stage, route: &str) {
    for call in stage.writes(0) {
        let sent = call.parameters.as_object().unwrap();
        let of = |ending: &str| sent.iter().find(|(name, _)| name.ends_with(ending)).map(|(_, value)| value.clone());
        assert_eq!(of(".AuthenticateOidcConfig.UseExistingClientSecret"), Some("true".into()), "{sent:#?}");
        assert_eq!(of(".AuthenticateOidcConfig.ClientSecret"), None);
    }
    assert_eq!(stage.world.emulator().oidc_secret(route).as_deref(), Some(OIDC_SECRET));
    assert!(!stage.workspace.state().to_string().contains(OIDC_SECRET));
}

fn with_stranger(stage: &Stage) -> (TargetGroup, TargetGroup, TargetGroup) {
    let world = &stage.world;
    (world.target_group("blue"), world.target_group("green"), world.target_group("other"))
}

#[test]
fn a_rule_with_sign_in_stranger_stickiness_and_conditions() {
    let stage = Stage::new("rule");
    let world = &stage.world;
    let (blue, green, stranger) = with_stranger(&stage);
    let balancer = world.application_balancer("lb");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    let action = sticky_forward(&[(&blue, 90), (&green, 0), (&stranger, 10)], 600);
    let rule = world.rule(&listener, 10, vec![path("/orders/*"), host("shop.example.com")], vec![oidc(), action]);
    moves_only_the_two_weights(&stage, &rule, &blue, &green, &stranger);
    keeps_the_client_secret(&stage, &rule);
}

#[test]
fn a_listeners_default_action_with_sign_in_stranger_and_stickiness() {
    let stage = Stage::new("listener");
    let world = &stage.world;
    let (blue, green, stranger) = with_stranger(&stage);
    let balancer = world.application_balancer("lb");
    let action = sticky_forward(&[(&stranger, 3), (&blue, 4), (&green, 0)], 86_400);
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![oidc(), action]);
    world.rule(&listener, 10, vec![path("/other/*")], vec![forward(&[(&stranger, 1)])]);
    moves_only_the_two_weights(&stage, &listener, &blue, &green, &stranger);
    keeps_the_client_secret(&stage, &listener);
}

#[test]
fn a_network_load_balancers_listener_with_a_stranger() {
    let stage = Stage::new("nlb");
    let world = &stage.world;
    let group = |name| world.target_group_of(name, ProtocolEnum::Tcp, 2);
    let (blue, green, stranger) = (group("blue"), group("green"), group("other"));
    let balancer = world.network_balancer("lb");
    let action = forward(&[(&blue, 200), (&green, 0), (&stranger, 100)]);
    let listener = world.listener(&balancer, ProtocolEnum::Tls, 443, vec![action]);
    moves_only_the_two_weights(&stage, &listener, &blue, &green, &stranger);
}

#[test]
fn a_rule_that_names_blue_alone_gets_green_at_zero_first() {
    let service = Service::blue_only("bluealone");
    service.stage.settle(&service.shift(30));
    assert_eq!(service.percent(), 30.0);
    assert_eq!(service.written(0), [0.0, 30.0]);
    service.stage.settle(&service.shift(0));
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn a_ramp_goes_by_its_steps_and_keeps_its_intervals() {
    let service = Service::at("ramp", 100, 0);
    let run = service.stage.settle(&service.shift(100).ramp("[1, 10, 50]", "1s"));
    assert_eq!(service.written(0), [1.0, 10.0, 50.0, 100.0]);
    assert!(run.took >= Duration::from_secs(4), "four intervals of a second: {:?}", run.took);
    let state = service.state();
    assert_eq!(state["status"], "settled");
    assert_eq!(state["observed_green_weight"], 100);
    assert_eq!(state["routes"][&service.rule]["blue_weight"], 0);
    assert!(state["routes"][&service.rule]["green_weight"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_linear_ramp_goes_by_its_step() {
    let service = Service::at("linear", 100, 0);
    service.stage.settle(&service.shift(60).with("ramp = { step = 25 }"));
    assert_eq!(service.written(0), [25.0, 50.0, 60.0]);
}

#[test]
fn the_way_back_takes_one_step() {
    let service = Service::at("back", 0, 100);
    let shift = service.shift(100).ramp("[1, 10, 50]", "1s");
    service.stage.settle(&shift);
    let since = service.stage.mark();
    service.stage.settle(&shift.to(0));
    assert_eq!(service.written(since), [0.0]);
}

#[test]
fn the_way_back_takes_steps_where_asked() {
    let service = Service::at("bothways", 0, 100);
    let shift = service.shift(100).with("ramp = { steps = [10, 50], both_ways = true }");
    service.stage.settle(&shift);
    let since = service.stage.mark();
    service.stage.settle(&shift.to(0));
    assert_eq!(service.written(since), [50.0, 10.0, 0.0]);
}

#[test]
fn one_to_one_is_fifty_percent() {
    let service = Service::at("ratio", 1, 1);
    service.stage.settle(&service.shift(50));
    assert!(service.stage.writes(0).is_empty());
    assert_eq!(service.stage.world.route(&service.rule).weights()[&service.blue.arn], 1);
}

#[test]
fn a_tenth_of_a_percent_is_kept() {
    let service = Service::at("tenth", 100, 0);
    service.stage.settle(&service.shift(0.5));
    assert_eq!(service.percent(), 0.5);
    service.stage.settle(&service.shift(99.9));
    assert!((service.percent() - 99.9).abs() < 1e-9);
}

#[test]
fn an_updates_plan_shows_the_weights_before_and_after() {
    let service = Service::at("planned", 100, 0);
    let shift = service.shift(0).ramp("[10, 50]", "2s");
    service.stage.settle(&shift);
    service.stage.write(&[&shift.to(100)]);
    service.stage.workspace.plan().expect_changes();
    let change = service.stage.workspace.change(&shift.address());
    assert_eq!(change["actions"], serde_json::json!(["update"]));
    let weight = |moment: &str, side: &str| change[moment]["routes"][&service.rule][side].as_f64().unwrap();
    assert_eq!(weight("before", "green_weight"), 0.0);
    assert!(weight("before", "blue_weight") > 0.0);
    assert_eq!(weight("after", "blue_weight"), 0.0);
    assert!(weight("after", "green_weight") > 0.0);
    let shown = change["after"]["schedule"].to_string();
    assert!(shown.contains("10") && shown.contains("50") && shown.contains("100"), "{shown}");
    assert!(change["after"]["minimum_duration"].to_string().contains('6'), "three intervals of 2 s: {change:#}");
    let run = service.stage.workspace.apply_plan().expect_success();
    assert!(run.took >= Duration::from_secs(6));
    assert_eq!(service.percent(), 100.0);
    service.stage.workspace.assert_settled();
}

#[test]
fn two_routes_move_together() {
    let service = Service::at("together", 100, 0);
    let world = &service.stage.world;
    let (blue, green) = (&service.blue, &service.green);
    world.set_actions(&service.listener, vec![forward(&[(blue, 7), (green, 0)])]);
    let shift = Shift::new(&[&service.rule, &service.listener], blue, green, 100).ramp("[10, 50]", "1s");
    service.stage.settle(&shift);
    let both = [10.0, 50.0, 100.0];
    assert_eq!(service.written(0), both);
    assert_eq!(service.stage.written(0, &service.listener, blue, green), both);
    let steps: Vec<f64> =
        service.stage.writes(0).iter().map(|call| call.green_percent(&blue.arn, &green.arn)).collect();
    assert!(steps.is_sorted(), "a step is written to every route before the next: {steps:?}");
    assert_eq!(service.state()["observed_green_weight"], 100);
}

#[test]
fn an_idle_target_group_is_dropped_where_asked() {
    let service = Service::at("drop", 100, 0);
    let shift = service.shift(100).with("drop_idle_target_group = true");
    service.stage.settle(&shift);
    let weights = service.stage.world.route(&service.rule).weights();
    assert_eq!(weights.keys().collect::<Vec<_>>(), [&service.green.arn]);
    service.stage.settle(&shift.to(50));
    assert_eq!(service.percent(), 50.0);
    service.stage.settle(&shift.to(100));
    service.stage.world.set_actions(&service.listener, vec![forward(&[(&service.green, 1)])]);
    let deleted = service.stage.world.client().delete_target_group().target_group_arn(&service.blue.arn);
    wait(deleted.send()).unwrap();
}

#[test]
fn throttling_is_met_with_backing_off() {
    let service = Service::at("throttle", 100, 0);
    let (emulator, key) = (service.stage.world.emulator(), &service.stage.access_key);
    for action in ["ModifyRule", "DescribeRules", "DescribeTargetHealth"] {
        emulator.order(&Fault::throttle(key, action).times(3));
    }
    service.stage.settle(&service.shift(30));
    assert_eq!(service.percent(), 30.0);
}

#[test]
fn a_lost_reply_is_no_failure() {
    let service = Service::at("lostreply", 100, 0);
    let (emulator, key) = (service.stage.world.emulator(), &service.stage.access_key);
    emulator.order(&Fault::lose_reply(key, "ModifyRule"));
    emulator.order(&Fault::reset(key, "DescribeRules").after(1));
    service.stage.settle(&service.shift(30).ramp("[10]", "1s"));
    assert_eq!(service.written(0), [10.0, 30.0]);
}

#[test]
fn objects_come_in_pages() {
    let service = Service::at("manypages", 100, 0);
    let world = &service.stage.world;
    for priority in 1..6 {
        world.rule(&service.listener, priority, vec![path("/x")], vec![forward(&[(&service.blue, 1)])]);
    }
    world.emulator().limit_pages(&service.stage.access_key, 1);
    service.stage.settle(&service.shift(30));
    assert_eq!(service.percent(), 30.0);
}

#[test]
fn what_has_no_forward_action_is_refused() {
    use aws_sdk_elasticloadbalancingv2::types::{ActionTypeEnum, FixedResponseActionConfig};
    let service = Service::at("fixed", 100, 0);
    let fixed = FixedResponseActionConfig::builder().status_code("503").build();
    let action = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(fixed).build();
    service.stage.world.set_actions(&service.rule, vec![action]);
    let error = service.stage.fail(&service.shift(30));
    assert!(error.contains(&service.rule), "{error}");
    assert!(service.stage.writes(0).is_empty());
}
