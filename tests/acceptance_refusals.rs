//! What `eksmig_weighted_shift` refuses: at validate or plan, at the attribute that is wrong, before any write.

use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::{Run, Workspace};
use eksmig_tests::world::{TargetGroup, World, forward, path};

/// Plans, and checks that the plan is refused at this attribute before any write; the text of the errors.
#[track_caller]
fn refused_at(stage: &Stage, attribute: &str) -> String {
    let run = stage.workspace.plan();
    at_attribute(&run, attribute);
    assert!(stage.writes(0).is_empty());
    run.expect_failure()
}

#[track_caller]
fn at_attribute(run: &Run, attribute: &str) {
    let pointed: Vec<_> = run.errors().iter().filter_map(|error| error.code.clone()).collect();
    assert!(pointed.iter().any(|code| code.contains(attribute)), "no error points at {attribute}: {run:#?}");
}

/// Checks that this argument is refused by `terraform validate` already, which asks AWS nothing.
#[track_caller]
fn invalid(name: &str, attribute: &str, change: impl Fn(&Service) -> Shift) -> String {
    let service = Service::at(name, 100, 0);
    service.stage.write(&[&change(&service)]);
    let run = service.stage.workspace.validate();
    at_attribute(&run, attribute);
    assert!(service.stage.calls(0).is_empty(), "validate asks AWS nothing");
    run.expect_failure()
}

#[test]
fn a_weight_over_100() {
    let error = invalid("w101", "green_weight", |service| service.shift(101));
    assert!(error.contains("101") && error.contains("100"), "{error}");
}

#[test]
fn a_weight_below_0() {
    invalid("wminus", "green_weight", |service| service.shift(-1));
}

#[test]
fn a_weight_finer_than_a_tenth() {
    invalid("wfine", "green_weight", |service| service.shift(0.05));
}

#[test]
fn the_same_target_group_twice() {
    invalid("same", "target_group_arn", |service| Shift::new(&[&service.rule], &service.blue, &service.blue, 10));
}

#[test]
fn a_load_balancer_for_a_route() {
    invalid("lbroute", "route_arns", |service| Shift::new(&[&service.balancer], &service.blue, &service.green, 10));
}

#[test]
fn a_target_group_for_a_route() {
    invalid("tgroute", "route_arns", |service| Shift::new(&[&service.green.arn], &service.blue, &service.green, 10));
}

#[test]
fn no_arn_at_all_for_a_route() {
    invalid("noarn", "route_arns", |service| Shift::new(&["my-rule"], &service.blue, &service.green, 10));
}

#[test]
fn no_route_at_all() {
    invalid("noroute", "route_arns", |service| Shift::new(&[], &service.blue, &service.green, 10));
}

#[test]
fn a_listener_for_a_target_group() {
    invalid("listgroup", "blue_target_group_arn", |service| {
        let listener = TargetGroup { name: String::new(), arn: service.listener.clone() };
        Shift::new(&[&service.rule], &listener, &service.green, 10)
    });
}

#[test]
fn ramp_steps_out_of_order() {
    let error = invalid("order", "ramp", |service| service.shift(100).ramp("[50, 10]", "1s"));
    assert!(error.contains("50") && error.contains("10"), "{error}");
}

#[test]
fn a_ramp_step_over_100() {
    invalid("step101", "ramp", |service| service.shift(100).ramp("[10, 110]", "1s"));
}

#[test]
fn steps_and_a_step() {
    invalid("twosteps", "ramp", |service| service.shift(100).with("ramp = { steps = [10], step = 5 }"));
}

#[test]
fn an_interval_that_is_no_duration() {
    invalid("interval", "ramp", |service| service.shift(100).ramp("[10]", "five minutes"));
}

#[test]
fn an_unknown_reaction_to_failure() {
    let error = invalid("onfail", "on_failure", |service| service.shift(100).with("on_failure = \"explode\""));
    assert!(error.contains("rollback") && error.contains("hold"), "it says what there is: {error}");
}

#[test]
fn an_unknown_reaction_to_destroy() {
    invalid("ondestroy", "on_destroy", |service| service.shift(100).with("on_destroy = \"red\""));
}

#[test]
fn a_probe_without_a_url() {
    invalid("probe", "gate", |service| service.shift(100).gate("http_probe = { url = \"not a url\" }"));
}

#[test]
fn a_percentage_of_healthy_targets_over_100() {
    invalid("percent", "gate", |service| service.shift(100).gate("min_healthy_percent = 101"));
}

#[test]
fn a_listener_in_another_region() {
    let elsewhere = World::in_region("elsewhere", "us-east-1");
    let balancer = elsewhere.application_balancer("lb");
    let (blue, green) = (elsewhere.target_group("blue"), elsewhere.target_group("green"));
    let http = aws_sdk_elasticloadbalancingv2::types::ProtocolEnum::Http;
    let listener = elsewhere.listener(&balancer, http, 80, vec![forward(&[(&blue, 100), (&green, 0)])]);
    let stage = Stage::new("region");
    stage.write(&[&Shift::new(&[&listener], &blue, &green, 10)]);
    let error = refused_at(&stage, "route_arns");
    assert!(error.contains("us-east-1") && error.contains("eu-west-1"), "{error}");
    assert!(elsewhere.emulator().calls(&stage.access_key, 0).iter().all(|call| call.region == "eu-west-1"));
}

#[test]
fn two_resources_on_the_same_route_and_target_groups() {
    let service = Service::at("tworesour", 100, 0);
    service.stage.write(&[&service.shift(10), &service.shift(20).named("again")]);
    let error = refused_at(&service.stage, "route_arns");
    assert!(error.contains(&service.rule), "{error}");
}

#[test]
fn six_target_groups_in_one_action() {
    let service = Service::blue_only("sixgroups");
    let world = &service.stage.world;
    let strangers: Vec<_> = (0..4).map(|n| world.target_group(&format!("other{n}"))).collect();
    let mut weights = vec![(&service.blue, 100)];
    weights.extend(strangers.iter().map(|stranger| (stranger, 10)));
    world.set_actions(&service.rule, vec![forward(&weights)]);
    service.stage.write(&[&service.shift(10)]);
    let error = refused_at(&service.stage, "route_arns");
    assert!(error.contains(&service.rule) && error.contains('5'), "{error}");
}

#[test]
fn a_rule_that_does_not_exist() {
    let service = Service::at("norule", 100, 0);
    let gone = service.rule.rsplit_once('/').unwrap().0.to_owned() + "/0123456789abcdef";
    service.stage.write(&[&Shift::new(&[&gone], &service.blue, &service.green, 10)]);
    let error = refused_at(&service.stage, "route_arns");
    assert!(error.contains(&gone), "{error}");
}

#[test]
fn a_target_group_that_does_not_exist() {
    let service = Service::at("nogroup", 100, 0);
    let arn = service.green.arn.rsplit_once('/').unwrap().0.to_owned() + "/0123456789abcdef";
    let gone = TargetGroup { name: String::new(), arn };
    service.stage.write(&[&Shift::new(&[&service.rule], &service.blue, &gone, 10)]);
    let error = refused_at(&service.stage, "green_target_group_arn");
    assert!(error.contains(&gone.arn), "{error}");
}

#[test]
fn another_account() {
    let service = Service::at("account", 100, 0);
    service.stage.configure("allowed_account_ids = [\"999999999999\"]");
    service.stage.write(&[&service.shift(10)]);
    let error = service.stage.workspace.plan().expect_failure();
    assert!(error.contains("123456789012") && error.contains("999999999999"), "{error}");
    service.stage.configure("forbidden_account_ids = [\"123456789012\"]");
    let error = service.stage.workspace.plan().expect_failure();
    assert!(error.contains("123456789012"), "{error}");
    assert!(service.stage.calls(0).iter().all(|call| call.service == "sts"));
    service.stage.configure("allowed_account_ids = [\"123456789012\"]");
    service.stage.workspace.plan().expect_changes();
}

#[test]
fn weights_that_someone_changed_after_the_plan() {
    let service = Service::at("stale", 100, 0);
    service.stage.settle(&service.shift(0));
    service.stage.write(&[&service.shift(50)]);
    service.stage.workspace.plan().expect_changes();
    let weights = [(&service.blue, 80), (&service.green, 20)];
    service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
    let since = service.stage.mark();
    let error = service.stage.workspace.apply_plan().expect_failure();
    assert!(error.contains(&service.rule) && error.contains("20"), "it says what moved: {error}");
    assert!(service.stage.writes(since).is_empty());
    assert_eq!(service.percent(), 20.0);

    service.stage.workspace.apply().expect_success();
    assert_eq!(service.percent(), 50.0);
    service.stage.workspace.assert_settled();
}

#[test]
fn a_stranger_that_someone_added_after_the_plan() {
    let service = Service::at("stalestran", 100, 0);
    let stranger = service.stage.world.target_group("other");
    service.stage.settle(&service.shift(0));
    service.stage.write(&[&service.shift(50)]);
    service.stage.workspace.plan().expect_changes();
    let weights = [(&service.blue, 100), (&service.green, 0), (&stranger, 100)];
    service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
    service.stage.workspace.apply_plan();
    // Refused or done, the stranger keeps the half that it was given.
    assert_eq!(service.stage.world.route(&service.rule).part(&stranger.arn), (1, 2));
}

#[test]
fn another_resource_on_the_same_route_with_other_target_groups_is_welcome() {
    let service = Service::at("neighbours", 100, 0);
    let world = &service.stage.world;
    let (blue, green) = (world.target_group("blue2"), world.target_group("green2"));
    let weights = [(&service.blue, 50), (&service.green, 0), (&blue, 50), (&green, 0)];
    world.set_actions(&service.rule, vec![forward(&weights)]);
    let other = Shift::new(&[&service.rule], &blue, &green, 40).named("other");
    service.stage.write(&[&service.shift(20), &other]);
    service.stage.workspace.apply().expect_success();
    assert_eq!(service.percent(), 20.0);
    assert_eq!(world.green_percent(&service.rule, &blue, &green), 40.0);
    service.stage.workspace.assert_settled();
}

/// Which of the two is first is the scheduler's choice, so the other's move is made between plan and apply here.
#[test]
fn what_another_pair_on_the_route_moved_since_the_plan_is_no_reason_to_plan_again() {
    let service = Service::at("neighbour2", 100, 0);
    let (world, workspace) = (&service.stage.world, &service.stage.workspace);
    let (blue, green) = (world.target_group("blue2"), world.target_group("green2"));
    let set = |blue2, green2| {
        let weights = [(&service.blue, 50), (&service.green, 0), (&blue, blue2), (&green, green2)];
        world.set_actions(&service.rule, vec![forward(&weights)]);
    };
    set(50, 0);
    service.stage.settle(&service.shift(0));
    service.stage.write(&[&service.shift(20)]);
    workspace.plan().expect_changes();
    set(30, 20);
    workspace.apply_plan().expect_success();
    assert_eq!((service.percent(), world.green_percent(&service.rule, &blue, &green)), (20.0, 40.0));

    service.stage.write(&[&service.shift(40)]);
    workspace.plan().expect_changes();
    let weights = [(&service.blue, 40), (&service.green, 10), (&blue, 100), (&green, 0)];
    world.set_actions(&service.rule, vec![forward(&weights)]);
    assert!(workspace.apply_plan().expect_failure().contains("changed since the plan"));
}

#[test]
fn a_shift_may_go_to_another_route() {
    let service = Service::at("fresh", 100, 0);
    service.stage.settle(&service.shift(10));
    let world = &service.stage.world;
    let weights = [(&service.blue, 100), (&service.green, 0)];
    let rule = world.rule(&service.listener, 20, vec![path("/new/*")], vec![forward(&weights)]);
    service.stage.settle(&Shift::new(&[&rule], &service.blue, &service.green, 10));
    assert_eq!(world.green_percent(&rule, &service.blue, &service.green), 10.0);
}

#[test]
fn terraforms_own_settings_are_not_needed() {
    let workspace = Workspace::new();
    workspace.write("main.tf", "output \"one\" { value = 1 }\n");
    workspace.plan().expect_changes();
}
