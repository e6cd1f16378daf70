//! The drain of what records and APIs led to.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::counts::Counts;
use eksmig_tests::swap::{ADDRESS, Swaps};
use eksmig_tests::world::forward;
use eksmig_tests::zone::Zone;
use serde_json::Value;

use crate::{MINUTES, wait};

const HOUR: Duration = Duration::from_secs(3600);
const RECORDS: &str = "eksmig_route53_shift.orders";

/// A zone whose records are aliases of a load balancer each, with all answers on green for an hour; and blue's.
fn records(name: &str, kind: &str) -> (Zone, Counts, String) {
    let zone = Zone::empty(name);
    let world = &zone.stage.world;
    let (protocol, make): (_, fn(&_, &str) -> String) = match kind {
        "net" => (ProtocolEnum::Tcp, eksmig_tests::world::World::network_balancer),
        _ => (ProtocolEnum::Http, eksmig_tests::world::World::application_balancer),
    };
    let mut groups = Vec::new();
    let mut balancers = Vec::new();
    for (side, weight) in [("blue", 0), ("green", 100)] {
        let balancer = make(world, side);
        let group = world.target_group_of(side, protocol.clone(), 1);
        world.listener(&balancer, protocol.clone(), 80, vec![forward(&[(&group, 1)])]);
        zone.put(zone.alias_of(zone.record("A", "192.0.2.1", Some((side, weight))), &world.dns_name(&balancer)));
        groups.push(group.arn);
        balancers.push(balancer);
    }
    zone.settle(&zone.shift("[\"A\"]", 100.0, "", ""));
    zone.stage.workspace.age(HOUR);
    let counts = Counts::of(world, &balancers[0]);
    (zone, counts, groups.swap_remove(0))
}

#[test]
fn records_wait_for_the_load_balancer_that_blue_led_to() {
    let (zone, counts, group) = records("drrecords", "app");
    let shift = zone.shift("[\"A\"]", 100.0, "", &wait("1s"));
    let error = zone.fail(&shift);
    assert!(error.contains("Could not tell") && error.contains("load balancer arn:"), "{error}");
    counts.publish(Some(&group), "HealthyHostCount", MINUTES, 1.0);
    zone.settle(&shift);
    assert!(zone.stage.workspace.values(RECORDS)["drained_at"].is_string());
}

#[test]
fn the_idle_record_goes_after_the_drain() {
    let (zone, counts, _) = records("drdroprec", "net");
    let shift = zone.shift("[\"A\"]", 100.0, "", &format!("drop_idle_record = true\n  {}", wait("1s")));
    let error = zone.fail(&shift);
    assert!(error.contains("Blue is not drained") && error.contains("Could not tell"), "{error}");
    assert!(zone.weights("A").contains_key("blue"));
    assert_eq!(zone.stage.workspace.values(RECORDS)["status"], "undrained");
    counts.publish(None, "ActiveFlowCount", MINUTES, 0.0);
    zone.settle(&shift);
    assert!(!zone.weights("A").contains_key("blue"));
    assert!(zone.stage.workspace.values(RECORDS)["drained_at"].is_string());
}

#[test]
fn records_that_lead_to_what_nothing_counts_are_warned_of_and_not_drained() {
    let zone = Zone::at("druncount", 0, 100);
    zone.settle(&zone.shift("[\"A\"]", 100.0, "", ""));
    let shift = zone.shift("[\"A\"]", 100.0, "", &wait("1h"));
    zone.write(&shift);
    let warnings = zone.stage.workspace.plan().expect_changes().warnings();
    assert!(warnings.contains("Drain of blue not observable") && warnings.contains("192.0.2.1"), "{warnings}");
    let error = zone.fail(&shift);
    assert!(error.contains("answers with 192.0.2.1, which is no alias of a load balancer"), "{error}");
    assert_eq!(zone.stage.workspace.values(RECORDS)["drained_at"], Value::Null);
}

#[test]
fn a_swap_waits_for_the_flows_of_blues_listener() {
    let swaps = Swaps::new("drswap");
    let api = format!("rest_api_id = {:?}", swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]));
    swaps.settle(&swaps.hcl(&api, 100.0, ""));
    swaps.stage.workspace.age(HOUR);
    let text = swaps.hcl(&api, 100.0, &wait("1s"));
    let error = swaps.fail(&text);
    assert!(error.contains("Could not tell") && error.contains(&swaps.gateway.groups.0.arn), "{error}");
    let counts = Counts::of(&swaps.gateway.world, &swaps.gateway.balancer);
    let blue = Some(swaps.gateway.groups.0.arn.as_str());
    // Network load balancers say nothing of a target group that had no flow at any time.
    counts.publish(blue, "HealthyHostCount", MINUTES, 1.0);
    swaps.fail(&text);
    counts.publish(blue, "ActiveFlowCount", [70], 9.0);
    swaps.settle(&text);
    assert!(swaps.stage.workspace.values(ADDRESS)["drained_at"].is_string());
}
