//! From one node group to another in a cluster that goes on serving.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::kubernetes::fixtures::{autoscaler, budget, deployment, service, stateful_set};
use eksmig_tests::node_groups::NodeGroups;
use eksmig_tests::permissions::{Listed, MAKING_A_NODE_GROUP, needed_in};
use eksmig_tests::story::Story;
use serde_json::json;

/// Two node groups of two nodes each behind a load balancer, with deployments and a stateful set over both.
fn scene() -> NodeGroups {
    let mut groups = NodeGroups::of("ngstory", &[("batch-2024", 2), ("workers-2024", 2)]).behind_a_balancer();
    groups.configure("shop");
    let mut objects = vec![stateful_set("shop", "orders", 4), budget("shop", "orders", json!(3))];
    for (name, replicas) in [("web-0", 4), ("cart", 2), ("search", 5)] {
        objects.extend([deployment("shop", name, replicas), service("shop", name, None)]);
    }
    objects.extend([autoscaler("shop", "search", 5, 9), budget("shop", "search", json!("50%"))]);
    groups.begin(objects);
    groups
}

/// The node groups that pods are on.
fn homes(groups: &NodeGroups) -> BTreeSet<String> {
    let nodes = groups.places("shop").into_keys();
    nodes.map(|node| node.rsplit_once('-').unwrap().0.to_owned()).collect()
}

#[test]
fn the_node_group_story_moves_one_group_after_the_other_and_lists_what_it_needs() {
    let groups = scene();
    let (stage, world) = (&groups.stage, groups.stage.world.name());
    let alarm = format!("{world}-5xx");
    Alarms::of(&stage.world).make(&alarm, StateValue::Ok);
    let place = format!(
        "cluster_name = {world:?}\ntarget_group_arns = [{:?}]\nalarms = [{alarm:?}]\npoll_interval = \"1s\"\n",
        groups.group.as_ref().unwrap().arn
    );
    let before = groups.kept();
    assert_eq!(homes(&groups), ["batch-2024", "workers-2024"].map(str::to_owned).into());
    let story = Story::lay("node-group", stage, &place);
    let listed = Listed::on(&story.text("README.md"));
    // No other permissions than the page's.
    stage.world.emulator().permit(&stage.access_key, &listed.actions);
    let after: [&[&str]; 3] = [
        &["batch-2024", "batch-2026", "workers-2024"],
        &["batch-2024", "batch-2026", "workers-2026"],
        &["batch-2024", "batch-2026", "workers-2026"],
    ];
    assert_eq!(story.pull_requests.len(), after.len());
    for (file, node_groups) in story.pull_requests.iter().zip(after) {
        story.apply(file);
        assert_eq!(groups.groups(), node_groups, "{}", file.display());
        assert!(!homes(&groups).contains("batch-2024"), "{:?}", homes(&groups));
        assert_eq!(groups.kept(), before, "{}", file.display());
        groups.assert_served();
    }
    assert!(!homes(&groups).contains("workers-2024"), "{:?}", homes(&groups));
    let outputs = stage.workspace.run(&["output", "-json"]).expect_success();
    assert!(outputs.stdout.contains("\"left\""), "{}", outputs.stdout);

    let mut called = stage.actions();
    called.extend(MAKING_A_NODE_GROUP.map(str::to_owned));
    assert_eq!(called, listed.actions);
    let mut asked = needed_in(&groups.cluster);
    // Who applies what is not there needs to be allowed to create it. (Kubernetes, server-side apply.)
    asked.insert("create configmaps".to_owned());
    assert_eq!(asked, listed.rules);
}
