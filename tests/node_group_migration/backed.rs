//! Blue leaves its target groups once green is healthy in them, and stays until it is out of them.

use eksmig_tests::kubernetes::api::kind::NODE;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::kubernetes::models::load_balancer::EXCLUDED;
use eksmig_tests::node_groups::{ADDRESS, NodeGroups};
use serde_json::{Value, json};

use super::CLONE;

/// A service behind a load balancer.
fn scene(name: &str) -> NodeGroups {
    let mut groups = NodeGroups::balanced(name, 2);
    groups.begin(vec![fixtures::deployment("shop", "web-0", 2)]);
    groups
}

/// The nodes that are kept out of load balancers.
fn out(groups: &NodeGroups) -> usize {
    let nodes = groups.cluster.api.list(&NODE, None);
    nodes.iter().filter(|node| node["metadata"]["labels"].get(EXCLUDED).is_some()).count()
}

fn plain(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn the_plan_shows_how_both_groups_are_in_each_target_group() {
    let groups = scene("ngseen");
    let arn = groups.group.clone().unwrap().arn;
    groups.write(&format!("{CLONE}\n  gate = {{ min_healthy_targets = 2 }}"));
    let warnings = plain(&groups.stage.workspace.plan().expect_changes().warnings());
    for text in [
        "blue leaves the load balancers once green has 2 healthy in each target group",
        &format!("{arn}: blue has 2 of 2 healthy; green has no target"),
    ] {
        assert!(warnings.contains(text), "{text}: {warnings}");
    }
}

#[test]
fn green_that_is_not_healthy_holds_it_by_target_group_node_state_and_reason() {
    let groups = scene("ngill");
    let group = groups.group.clone().unwrap();
    groups.ill(&["i-green-0"]);
    let gate = |timeout: &str| {
        format!("{CLONE}\n  gate = {{ min_healthy_percent = 100, poll_interval = \"1s\", timeout = \"{timeout}\" }}")
    };
    groups.write(&gate("4s"));
    let error = plain(&groups.stage.workspace.apply().expect_failure());
    for text in [
        "held at leave_load_balancers",
        "min_healthy_targets: green in target group",
        &group.arn,
        "1 of 2 healthy, wanted at least 2",
        "i-green-0:30080 on node green-0 is unhealthy (Target.FailedHealthChecks: Health checks failed)",
    ] {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert_eq!(out(&groups), 0, "blue is where it was");
    let state = groups.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["stage"]), (&json!("held"), &json!("leave_load_balancers")));
    // Once that is mended, the next apply goes on.
    groups.ill(&[]);
    groups.stage.workspace.apply().expect_success();
    assert_eq!(groups.groups(), ["green"]);
    groups.assert_served();
}

#[test]
fn blue_stays_until_its_targets_are_gone_and_not_for_a_given_time() {
    let groups = scene("nggone");
    // Who is taken out drains for three seconds, which is a minute of the cluster's time.
    groups.drain(100);
    groups.write(&format!("{CLONE}\n  gate = {{ poll_interval = \"1s\" }}"));
    let run = groups.stage.workspace.apply().expect_success();
    assert_eq!(groups.groups(), ["green"]);
    groups.assert_served();
    let minimum: Value = groups.stage.workspace.values(ADDRESS)["minimum_duration"].clone();
    assert_eq!(minimum, "0s", "{}", run.stdout);
}

#[test]
fn blue_that_nobody_takes_out_is_named_and_kept() {
    let mut groups = NodeGroups::balanced("ngstuck", 2);
    groups.begin(vec![fixtures::deployment("shop", "web-0", 2)]);
    // The load balancer controller is gone, and green's nodes are registered by hand.
    groups.leave_target_groups_alone();
    let group = groups.group.clone().unwrap();
    groups.register(&["i-green-0", "i-green-1"]);
    groups.write(&format!("{CLONE}\n  stage_timeout = \"6s\"\n  gate = {{ poll_interval = \"1s\" }}"));
    let error = plain(&groups.stage.workspace.apply().expect_failure());
    let first = format!("blue is still in target group {}: i-blue-0:30080 on node blue-0 is healthy", group.arn);
    for text in ["held at leave_load_balancers", &first] {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert_eq!(groups.groups(), ["blue", "green"]);
}

#[test]
fn what_cannot_be_read_is_refused_in_the_plan() {
    let groups = scene("ngdenied");
    let emulator = groups.stage.world.emulator();
    let needed =
        ["eks:DescribeCluster", "eks:DescribeNodegroup", "autoscaling:DescribeAutoScalingGroups"].map(str::to_owned);
    emulator.permit(&groups.stage.access_key, &needed.into());
    groups.write(&format!("{CLONE}\n  gate = {{ timeout = \"1h\" }}"));
    let error = plain(&groups.stage.workspace.plan().expect_failure());
    for text in ["Target group not readable", "DescribeTargetHealth", "AccessDenied"] {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert!(groups.stage.writes(0).is_empty());
}

#[test]
fn health_of_nothing_is_refused() {
    let groups = NodeGroups::new("ngnothing", 2);
    groups.write(&format!("{CLONE}\n  gate = {{ min_healthy_targets = 2 }}"));
    let error = plain(&groups.stage.workspace.validate().expect_failure());
    assert!(error.contains("Gate without a target group") && error.contains("target_group_arns"), "{error}");
}
