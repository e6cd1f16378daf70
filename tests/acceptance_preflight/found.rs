//! What is found, in each service that it looks at.

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, Tag, TargetGroupAttribute};
use eksmig_tests::alarms::Alarms;
use eksmig_tests::blocking::wait;
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::swap::Swaps;
use eksmig_tests::world::{forward, path, sticky_forward};
use eksmig_tests::zone::Zone;
use serde_json::json;

use crate::scene::{codes, finding, look, pair, preflight, set};

#[test]
fn a_pair_that_is_well_passes() {
    let service = Service::at("well", 100, 0);
    let found = look(
        &service.stage,
        &format!("{}\n  route_arns = [{:?}, {:?}]", pair(&service), service.rule, service.listener),
    );
    assert_eq!(found["passed"], true, "{found:#}");
    assert_eq!((codes(&found, "error"), codes(&found, "warning")), (set(&[]), set(&[])), "{found:#}");
    assert!(found["report"].as_str().unwrap().starts_with("## Preflight: passed\n"));
}

#[test]
fn a_pair_is_looked_at_with_all_that_is_before_it() {
    let service = Service::at("pair", 100, 0);
    let world = &service.stage.world;
    world.emulator().set_health_because(&service.green.arn, "unhealthy", "Target.Timeout", "Request timed out");
    world.set_actions(&service.rule, vec![sticky_forward(&[(&service.blue, 0), (&service.green, 0)], 5400)]);
    let delay = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds").value("5").build();
    let request = world.client().modify_target_group_attributes().target_group_arn(&service.green.arn);
    wait(request.attributes(delay).send()).unwrap();
    let tag = Tag::builder().key("elbv2.k8s.aws/cluster").value("blue").build();
    wait(world.client().add_tags().resource_arns(&service.rule).tags(tag).send()).unwrap();

    let found = look(&service.stage, &format!("{}\n  route_arns = [{:?}]", pair(&service), service.rule));
    assert_eq!(found["passed"], false);
    let errors = set(&["all_zero_weights", "green_unhealthy", "targets_time_out"]);
    assert_eq!(codes(&found, "error"), errors, "{found:#}");
    let warnings = set(&["deregistration_delay_differs", "managed_route", "route_left_out", "sticky_sessions"]);
    assert_eq!(codes(&found, "warning"), warnings, "{found:#}");

    let silent = finding(&found, "targets_time_out");
    assert_eq!((&silent["object"], &silent["severity"]), (&json!(service.green.arn), &json!("error")));
    assert_eq!(silent["anchor"], "data-sources/preflight#targets_time_out");
    assert!(silent["message"].as_str().unwrap().contains("2 of 2 targets time out"), "{silent}");
    let remedy = silent["remedy"].as_str().unwrap();
    assert!(remedy.contains("TCP port 8080"), "{remedy}");
    assert!(finding(&found, "sticky_sessions")["message"].as_str().unwrap().contains("1h30m"));

    let report = found["report"].as_str().unwrap();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines[..3], ["## Preflight: not passed", "", "3 errors, 4 warnings, 1 note."], "{report}");
    assert_eq!(lines.len(), 6 + 8, "{report}");
    assert!(lines[6].starts_with("| error | `all_zero_weights` | "), "{report}");
}

#[test]
fn the_load_balancers_security_groups_are_named_to_whom_targets_do_not_answer() {
    let stage = Stage::new("groups");
    let world = &stage.world;
    let request = world.client().create_load_balancer().name(format!("{}-edge", world.name()));
    let request = request.set_subnets(Some(world.emulator().network(world.region()).1)).security_groups("sg-0e5e");
    let made = wait(request.send()).unwrap();
    let balancer = made.load_balancers()[0].load_balancer_arn().unwrap();
    let (blue, green) = (world.target_group("blue"), world.target_group("green"));
    world.listener(balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1), (&green, 0)])]);
    world.emulator().set_health_because(&green.arn, "unhealthy", "Target.Timeout", "Request timed out");
    let pair = format!(
        "target_group_pairs = {{ a = {{ blue_target_group_arn = {:?}, green_target_group_arn = {:?} }} }}",
        blue.arn, green.arn
    );
    let found = look(&stage, &pair);
    let remedy = finding(&found, "targets_time_out")["remedy"].as_str().unwrap();
    assert!(remedy.contains("TCP port 8080 from sg-0e5e"), "{remedy}");
}

#[test]
fn pairs_before_one_load_balancer_share_its_calls() {
    let service = Service::at("calls", 100, 0);
    let stage = &service.stage;
    let counted = |arguments: &str| {
        stage.workspace.write("main.tf", &preflight(arguments));
        let mark = stage.mark();
        stage.workspace.plan();
        stage.calls(mark).len()
    };
    assert_eq!(counted(&pair(&service)), 11);
    let (blue, green) = (stage.world.target_group("blue2"), stage.world.target_group("green2"));
    let to_both = vec![forward(&[(&blue, 1), (&green, 0)])];
    stage.world.rule(&service.listener, 20, vec![path("/users/*")], to_both);
    let second = format!(
        "users = {{ blue_target_group_arn = {:?}, green_target_group_arn = {:?} }}\n    orders = ",
        blue.arn, green.arn
    );
    assert_eq!(counted(&pair(&service).replacen("orders = ", &second, 1)), 15);
}

#[test]
fn a_green_outside_every_route_is_no_error_yet() {
    let service = Service::blue_only("unchecked");
    let found = look(&service.stage, &pair(&service));
    assert_eq!(found["passed"], true, "{found:#}");
    assert_eq!(codes(&found, "warning"), set(&["green_not_checked"]), "{found:#}");
}

#[test]
fn green_is_to_be_where_a_network_load_balancer_is() {
    let swaps = Swaps::new("zones");
    let (gateway, stage) = (&swaps.gateway, &swaps.stage);
    let (blue, green) = (&gateway.groups.0, &gateway.groups.1);
    let zoned = |group: &str, zone: &str| {
        let target = aws_sdk_elasticloadbalancingv2::types::TargetDescription::builder().id("192.168.0.9");
        let request = gateway.world.client().register_targets().target_group_arn(group);
        wait(request.targets(target.availability_zone(zone).build()).send()).unwrap();
    };
    // The others' zone is not said, and then nothing is.
    for group in [blue, green] {
        let leave = gateway.world.client().deregister_targets().target_group_arn(&group.arn);
        let leaving = ["10.0.0.1", "10.0.0.2"]
            .map(|id| aws_sdk_elasticloadbalancingv2::types::TargetDescription::builder().id(id).build());
        wait(leave.set_targets(Some(leaving.to_vec())).send()).unwrap();
    }
    let described =
        wait(gateway.world.client().describe_load_balancers().load_balancer_arns(&gateway.balancer).send()).unwrap();
    let zones: Vec<String> = described.load_balancers()[0]
        .availability_zones()
        .iter()
        .map(|zone| zone.zone_name().unwrap().to_owned())
        .collect();
    zoned(&green.arn, &zones[0]);
    zoned(&blue.arn, &zones[0]);
    let text = format!(
        "target_group_pairs = {{ a = {{ blue_target_group_arn = {:?}, green_target_group_arn = {:?} }} }}",
        blue.arn, green.arn
    );
    let found = look(stage, &text);
    assert!(codes(&found, "error").contains("zone_without_green"), "{found:#}");
    assert!(finding(&found, "zone_without_green")["message"].as_str().unwrap().contains(&zones[1]));
}

#[test]
fn records_are_looked_at_with_what_is_behind_them() {
    let zone = Zone::at("records", 0, 0);
    let world = &zone.stage.world;
    let balancer = world.application_balancer("edge");
    let host = world.dns_name(&balancer);
    let aliased = |side| zone.put(zone.alias_of(zone.record("A", "192.0.2.1", Some((side, 0))), &host));
    aliased("blue");
    aliased("green");
    let empty = world.target_group_of("empty", ProtocolEnum::Http, 0);
    world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&empty, 1)])]);
    let owner = "\"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/shop/orders\"";
    zone.put(zone.named(&format!("a-{}", zone.name), "TXT", owner, Some(("blue", 0))));
    let records = |types: &str| {
        format!(
            "records = {{ orders = {{ zone_id = {:?}, name = {:?}, types = {types}, blue_set_identifier = \"blue\", \
             green_set_identifier = \"green\" }} }}",
            zone.id, zone.name
        )
    };
    zone.put(zone.alias_of(zone.record("AAAA", "::1", Some(("blue", 1))), "edge-1.us-east-1.elb.amazonaws.com"));
    let found = look(&zone.stage, &records("[\"A\", \"AAAA\", \"CNAME\"]"));
    let wanted = set(&["evaluate_target_health", "owned_by_external_dns", "record_not_shiftable", "records_all_zero"]);
    assert_eq!(codes(&found, "error"), wanted, "{found:#}");
    assert_eq!(codes(&found, "warning"), set(&["alias_elsewhere"]), "{found:#}");
    assert!(finding(&found, "owned_by_external_dns")["message"].as_str().unwrap().contains("\"prod\""));
}

#[test]
fn apis_are_looked_at_without_a_word_to_their_swaps() {
    let swaps = Swaps::new("apis");
    let gateway = &swaps.gateway;
    let uris = ["http://orders.example:8080/{proxy}", "http://other.example:7070/{proxy}"];
    let api = gateway.rest_api(&uris, &[]);
    let swap = |api: &str, listeners: [&str; 2], stage: &str| {
        format!(
            "port_swaps = {{ orders = {{ rest_api_id = {api:?}, stage_names = [{stage:?}], blue_listener_arn = {:?}, \
             green_listener_arn = {:?} }} }}",
            listeners[0], listeners[1]
        )
    };
    let (blue, green) = (gateway.listeners.0.as_str(), gateway.listeners.1.as_str());
    assert_eq!(look(&swaps.stage, &swap(&api, [blue, green], "prod"))["findings"], json!([]));
    // The swap's own edit is none of others'; the other is.
    gateway.edit(&api, "/r0/{proxy+}", "/uri", "http://orders.example:9090/{proxy}");
    assert_eq!(look(&swaps.stage, &swap(&api, [blue, green], "prod"))["findings"], json!([]));
    gateway.edit(&api, "/r1/{proxy+}", "/uri", "http://other.example:7071/{proxy}");
    let found = look(&swaps.stage, &swap(&api, [blue, green], "prod"));
    assert_eq!(codes(&found, "error"), set(&["undeployed_changes"]), "{found:#}");
    assert!(finding(&found, "undeployed_changes")["message"].as_str().unwrap().contains("/r1/{proxy+}"));
    for (listeners, stage) in [([blue, blue], "prod"), ([blue, green], "nowhere")] {
        let found = look(&swaps.stage, &swap(&api, listeners, stage));
        assert_eq!(codes(&found, "error"), set(&["no_swap"]), "{found:#}");
    }
    // Where a stage variable holds the port, nothing is deployed, and nothing is shipped.
    let api = gateway.rest_api(&["http://o.example:${stageVariables.port}/{proxy}", uris[1]], &[("port", "8080")]);
    gateway.edit(&api, "/r1/{proxy+}", "/uri", "http://other.example:7071/{proxy}");
    assert_eq!(look(&swaps.stage, &swap(&api, [blue, green], "prod"))["findings"], json!([]));
    assert_eq!(swaps.writes().len(), 0);
}

#[test]
fn alarms_are_told_apart() {
    let service = Service::at("alarms", 100, 0);
    let alarms = Alarms::of(&service.stage.world);
    let name = |end: &str| format!("{}-{end}", service.stage.world.name());
    alarms.make(&name("ok"), StateValue::Ok);
    alarms.make(&name("loud"), StateValue::Alarm);
    alarms.make_composite(&name("mute"), &format!("ALARM({})", name("ok")), StateValue::InsufficientData);
    let names = ["ok", "loud", "mute", "gone"].map(name);
    let found = look(&service.stage, &format!("alarm_names = {names:?}"));
    assert_eq!(codes(&found, "error"), set(&["alarm_firing", "alarm_not_found"]), "{found:#}");
    assert_eq!(codes(&found, "warning"), set(&["alarm_without_data"]), "{found:#}");
    assert_eq!(finding(&found, "alarm_firing")["object"], names[1]);
}
