//! The policy that a resource's page shows, beside the calls that the resource makes.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::docs::resource_page::actions;
use eksmig_tests::emulator::root;
use eksmig_tests::nodes::Nodes;
pub use eksmig_tests::permissions::needed;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::swap::Swaps;
use eksmig_tests::world::forward;
use eksmig_tests::zone::Zone;

/// A drain that is looked at once.
const HASTY: &str = "wait_for_drain = { timeout = \"1s\" }";

/// The actions that a resource's policy allows.
pub fn allowed(resource: &str) -> BTreeSet<String> {
    allowed_by(&format!("resources/{resource}"))
}

/// The actions that the policy in a folder of examples allows.
pub fn allowed_by(folder: &str) -> BTreeSet<String> {
    let policy = std::fs::read_to_string(root().join(format!("examples/{folder}/iam.json"))).unwrap();
    actions(&policy).unwrap().into_iter().collect()
}

/// Looks with a data source in each of these ways, under no other permissions than its policy's, and compares.
#[track_caller]
fn looks_with_its_policy(service: &Service, source: &str, ways: &[String]) {
    let policy = allowed_by(&format!("data-sources/{source}"));
    service.stage.world.emulator().permit(&service.stage.access_key, &policy);
    for way in ways {
        service.stage.workspace.write("main.tf", &format!("data {source:?} \"here\" {{\n  {way}\n}}\n"));
        service.stage.workspace.apply().expect_success();
    }
    assert_eq!(needed(&service.stage.calls(0)), policy);
}

#[test]
fn the_data_source_of_routes_calls_what_its_policy_allows_and_nothing_else() {
    let service = Service::at("lookpolicy", 100, 0);
    let name = service.stage.world.name();
    let ways = [
        format!("load_balancer_names = [\"{name}-lb\"]"),
        format!("load_balancer_arns = [{:?}]", service.balancer),
        format!("target_group_arns = [{:?}]", service.blue.arn),
    ];
    looks_with_its_policy(&service, "eksmig_routes", &ways);
}

#[test]
fn the_data_source_of_health_calls_what_its_policy_allows_and_nothing_else() {
    let service = Service::at("healthpolicy", 100, 0);
    let ways = [format!("target_group_arns = [{:?}]", service.blue.arn)];
    looks_with_its_policy(&service, "eksmig_target_health", &ways);
}

#[test]
fn a_record_shift_calls_what_its_policy_allows_and_nothing_else() {
    let zone = Zone::at("policy", 100, 0);
    // What watches green is asked: the targets behind a load balancer already for a plan, whose apply would wait for the
    // TTL of an alias.
    let balancer = zone.stage.world.application_balancer("edge");
    let alias = |side, weight| {
        let record = zone.record("A", "192.0.2.1", Some((side, weight)));
        zone.put(zone.alias_of(record, &zone.stage.world.dns_name(&balancer)));
    };
    alias("blue", 100);
    alias("green", 0);
    let group = zone.stage.world.target_group("edge");
    zone.stage.world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&group, 1)])]);
    zone.write(&zone.shift("[\"A\"]", 100.0, "", HASTY));
    zone.stage.workspace.plan().expect_changes();
    let mut green = zone.record("A", "192.0.2.2", Some(("green", 0)));
    green.health_check_id = Some(zone.health_check());
    zone.put(zone.record("A", "192.0.2.1", Some(("blue", 100))));
    zone.put(green);

    Alarms::of(&zone.stage.world).make("policy-records", StateValue::Ok);
    let gate = "gate = { alarm_names = [\"policy-records\"] }\n  on_destroy = \"blue\"";
    zone.settle(&zone.shift("[\"A\"]", 100.0, "", gate));
    zone.stage.workspace.destroy().expect_success();
    assert_eq!(zone.percent("A"), 0.0);
    let mut calls = zone.stage.calls(0);
    // A drain of what leads to a network load balancer.
    let zone = Zone::empty("drainpolicy");
    let balancer = zone.stage.world.network_balancer("edge");
    let group = zone.stage.world.target_group_of("edge", ProtocolEnum::Tcp, 1);
    zone.stage.world.listener(&balancer, ProtocolEnum::Tcp, 80, vec![forward(&[(&group, 1)])]);
    for (side, weight) in [("blue", 0), ("green", 100)] {
        let record = zone.record("A", "192.0.2.1", Some((side, weight)));
        zone.put(zone.alias_of(record, &zone.stage.world.dns_name(&balancer)));
    }
    zone.fail(&zone.shift("[\"A\"]", 100.0, "", HASTY));
    calls.extend(zone.stage.calls(0));
    assert_eq!(needed(&calls), allowed("eksmig_route53_shift"));
}

#[test]
fn a_target_cutover_calls_what_its_policy_allows_and_nothing_else() {
    let nodes = Nodes::scaled("policy", 1);
    Alarms::of(&nodes.stage.world).make("policy-targets", StateValue::Ok);
    let gate = "gate = { alarm_names = [\"policy-targets\"] }";
    // Blue is attached by the older calls, green by the newer ones; each leaves, and joins again.
    nodes.attach("green");
    for serving in ["green", "blue", "green"] {
        nodes.settle(serving, gate);
    }
    // A target that is registered by name, in a target group that nothing is attached to.
    let named = Nodes::named("named");
    named.settle("both", "");
    let mut calls = nodes.stage.calls(0);
    calls.extend(named.stage.calls(0));
    assert_eq!(needed(&calls), allowed("eksmig_target_cutover"));
}

#[test]
fn no_provider_of_a_stage_may_do_what_no_page_lists() {
    let service = Service::at("denied", 100, 0);
    let emulator = service.stage.world.emulator();
    emulator.permit(&service.stage.access_key, &["elasticloadbalancing:DescribeTargetHealth".to_owned()].into());
    let error = service.stage.fail(&service.shift(10));
    assert!(error.contains("AccessDenied") && error.contains("elasticloadbalancing:DescribeRules"), "{error}");
}

#[test]
fn a_port_swap_calls_what_its_policy_allows_and_nothing_else() {
    let swaps = Swaps::new("policy");
    Alarms::of(&swaps.gateway.world).make("policy-swaps", StateValue::Ok);
    let (rest, http) =
        (swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]), swaps.gateway.http_api(false));
    let gate = "gate = { alarm_names = [\"policy-swaps\"] }";
    let both = |green_weight| {
        let rest = swaps.hcl(&format!("rest_api_id = {rest:?}"), green_weight, gate);
        let http = swaps.hcl(&format!("http_api_id = {http:?}"), green_weight, "").replace("\"orders\"", "\"users\"");
        rest + &http
    };
    swaps.settle(&both(0.0));
    swaps.settle(&both(100.0));
    swaps.fail(&swaps.hcl(&format!("rest_api_id = {rest:?}"), 100.0, HASTY));
    assert_eq!(needed(&swaps.stage.calls(0)), allowed("eksmig_nlb_port_swap"));
}

#[test]
fn a_weighted_shift_calls_what_its_policy_allows_and_nothing_else() {
    let service = Service::at("policy", 100, 0);
    let alarms = Alarms::of(&service.stage.world);
    alarms.make(&service.green.name, StateValue::Ok);
    for (metric, count) in [("RequestCount", 1000.0), ("HTTPCode_Target_5XX_Count", 1.0)] {
        alarms.count(&service.balancer, &service.green.arn, metric, count);
    }
    let gate =
        format!("alarm_names = [\"{}\"]\n    error_rate = {{ max_percent = 5, window = \"5m\" }}", service.green.name);
    service.stage.configure("allowed_account_ids = [\"123456789012\"]");
    let shift = |green_weight: u8| {
        let routes = [service.rule.as_str(), service.listener.as_str()];
        Shift::new(&routes, &service.blue, &service.green, green_weight).gate(&gate)
    };
    let ramped = |green_weight: u8| shift(green_weight).ramp("[50]", "2s");
    service.stage.settle(&ramped(0));
    service.stage.settle(&ramped(100).with("on_destroy = \"blue\""));
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 0.0);

    // An import, a gate that fails in mid ramp and has everything rolled back, a side taken out, a destroy to green.
    let id = format!("{},{}|{}|{}", service.rule, service.listener, service.blue.arn, service.green.arn);
    let finishing = shift(30).with("drop_idle_target_group = true").with("on_destroy = \"green\"");
    service.stage.write(&[&shift(0)]);
    service.stage.workspace.import("eksmig_weighted_shift.service", &id).expect_success();
    service.stage.write(&[&shift(60).ramp("[50]", "10m")]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(50.0);
    alarms.set(&service.green.name, StateValue::Alarm);
    running.wait().expect_failure();
    assert_eq!(service.percent(), 0.0);
    alarms.set(&service.green.name, StateValue::Ok);
    service.stage.settle(&finishing);
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 100.0);

    // A drain behind an application load balancer, and one behind a network load balancer.
    service.stage.fail(&service.shift(100).with(HASTY));
    let world = &service.stage.world;
    let [blue, green] = ["tcpblue", "tcpgreen"].map(|name| world.target_group_of(name, ProtocolEnum::Tcp, 1));
    let network = world.network_balancer("net");
    let listener = world.listener(&network, ProtocolEnum::Tcp, 80, vec![forward(&[(&blue, 0), (&green, 1)])]);
    service.stage.fail(&Shift::new(&[&listener], &blue, &green, 100).with(HASTY));
    assert_eq!(needed(&service.stage.calls(0)), allowed("eksmig_weighted_shift"));
}
