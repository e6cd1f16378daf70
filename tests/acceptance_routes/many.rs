//! Twenty load balancers and a hundred rules, in pages, in a handful of calls.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::Workspace;
use eksmig_tests::world::{World, forward, path};

use crate::scene::{calls, edge, tag};

const BALANCERS: usize = 20;
const RULES: i32 = 5;

/// Alone in its region, where no other test's load balancers are listed: load balancers of one team with a listener and five rules each, behind each one target group; and a network load
/// balancer, whose listeners have no rules.
fn fleet(name: &str, region: &str) -> Stage {
    let stage = Stage::with(World::in_region(name, region), Workspace::new());
    let world = &stage.world;
    for nth in 0..BALANCERS {
        let group = world.target_group_of(&format!("g{nth}"), ProtocolEnum::Http, 0);
        let balancer = world.application_balancer(&format!("b{nth}"));
        tag(&stage, &balancer, &[("team", world.name())]);
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&group, 1)])]);
        for rule in 1..=RULES {
            world.rule(&listener, rule, vec![path(&format!("/{rule}"))], vec![forward(&[(&group, 1)])]);
        }
    }
    let balancer = world.network_balancer("net");
    tag(&stage, &balancer, &[("team", world.name())]);
    let group = world.target_group_of("flows", ProtocolEnum::Tcp, 0);
    world.listener(&balancer, ProtocolEnum::Tcp, 80, vec![forward(&[(&group, 1)])]);
    stage
}

/// The data source, and the number of what it finds.
fn counted(stage: &Stage) -> String {
    let found = edge(&format!("load_balancer_tags = {{ team = {:?} }}", stage.world.name()));
    let output = "output \"found\" {\n  value = [for map in [data.eksmig_routes.edge.routes, \
                  data.eksmig_routes.edge.target_groups] : length(map)]\n}\n";
    // Twice, as in two modules of one configuration: the second asks for nothing.
    let again = found.replace("\"edge\"", "\"again\"");
    found + output + &again
}

fn found(stage: &Stage) -> serde_json::Value {
    stage.workspace.apply().expect_success();
    stage.workspace.state()["values"]["outputs"]["found"]["value"].take()
}

#[test]
fn a_hundred_rules_on_twenty_load_balancers_take_a_handful_of_calls() {
    let stage = fleet("many", "eu-central-1");
    stage.workspace.write("main.tf", &counted(&stage));
    stage.workspace.plan().expect_changes();
    let mut wanted = BTreeMap::from([
        // What AWS has no batches for: one for each load balancer, and for each listener that can have rules.
        ("DescribeListeners", BALANCERS + 1),
        ("DescribeRules", BALANCERS),
        // The rest goes by twenty: 21 target groups; the tags of 21 load balancers, by which they are chosen, and then
        // those of 21 listeners, 100 rules and 21 target groups.
        ("DescribeLoadBalancers", 1),
        ("DescribeTargetGroups", 2),
        ("DescribeTags", 2 + 8),
    ]);
    for (action, count) in calls(&stage, 0) {
        assert_eq!(wanted.remove(action.as_str()), Some(count), "{action}");
    }
    assert!(wanted.is_empty(), "{wanted:?}");
    assert_eq!(found(&stage), serde_json::json!([BALANCERS * (1 + RULES as usize) + 1, BALANCERS + 1]));
}

#[test]
fn every_page_is_read() {
    let stage = fleet("pages", "eu-north-1");
    stage.world.emulator().limit_pages(&stage.access_key, 3);
    stage.workspace.write("main.tf", &counted(&stage));
    assert_eq!(found(&stage), serde_json::json!([BALANCERS * (1 + RULES as usize) + 1, BALANCERS + 1]));
}
