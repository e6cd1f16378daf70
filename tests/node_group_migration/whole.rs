//! A cluster moves, and nothing is left of the move.

use std::collections::BTreeSet;

use eksmig_tests::docs::resource_page::actions;
use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::node_groups::{ADDRESS, NodeGroups};
use serde_json::{Value, json};

use super::CLONE;

/// So many deployments, a third of them with autoscalers and half of them with budgets; what the cluster needs itself, a
/// stateful set, a daemon set and a job that is over.
pub(super) fn town(deployments: u32) -> Vec<Value> {
    let mut objects = Vec::new();
    for nth in 0..deployments {
        let (name, replicas) = (format!("web-{nth}"), 1 + nth % 3);
        objects.push(fixtures::deployment("shop", &name, replicas));
        if nth % 3 == 0 {
            objects.push(fixtures::autoscaler("shop", &name, 1, 8));
        }
        if nth % 2 == 0 {
            objects.push(fixtures::budget("shop", &name, json!("50%")));
        }
    }
    objects.push(fixtures::deployment("kube-system", "coredns", 2));
    objects.push(fixtures::stateful_set("shop", "orders", 2));
    objects.push(fixtures::budget("shop", "orders", json!(1)));
    objects.push(fixtures::daemon_set("kube-system", "logs"));
    objects
}

#[test]
fn thirty_deployments_move_and_everything_else_is_as_it_was() {
    let mut groups = NodeGroups::new("ngwhole", 4);
    groups.begin(town(30));
    let before = groups.kept();
    assert!(before.len() > 50, "{}", before.len());
    groups.write(CLONE);
    groups.stage.workspace.apply().expect_success();
    assert_eq!(groups.kept(), before);
    assert_eq!(groups.groups(), ["green"]);
    let places: BTreeSet<String> = groups.places("shop").into_keys().collect();
    assert!(places.iter().all(|node| node.starts_with("green-")), "{places:?}");
    for nth in 0..30 {
        assert!(groups.least_ready(&format!("shop/web-{nth}")) >= 1 + nth % 3, "web-{nth}");
    }
    assert_eq!(groups.least_ready("kube-system/coredns"), 2);
    let state = groups.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["stage"]), (&json!("settled"), &Value::Null));
    groups.stage.workspace.assert_settled();
    calls_what_its_page_lists(&groups);
}

/// The page lists what was called, and nothing else.
fn calls_what_its_page_lists(groups: &NodeGroups) {
    let called = groups.stage.calls(0).into_iter().filter(|call| call.action != "GetCallerIdentity");
    let mut called: BTreeSet<String> = called.map(|call| format!("{}:{}", call.service, call.action)).collect();
    // On the way back, and where a group has Auto Scaling groups, which the emulator's have not.
    called.extend(["eks:UntagResource", "autoscaling:DescribeAutoScalingGroups"].map(str::to_owned));
    assert_eq!(called, actions(&page("iam.json")).unwrap().into_iter().collect());

    let log = groups.cluster.api.log().since(0);
    let mut asked: BTreeSet<String> = log.iter().map(|entry| format!("{} {}", entry.verb, entry.resource)).collect();
    asked.retain(|what| !what.contains(" /"));
    let (mut listed, mut resources) = (BTreeSet::new(), Vec::new());
    let mut group = String::new();
    let inside = |line: &str| -> Vec<String> {
        let list = line.split_once('[').unwrap().1.trim_end_matches(']');
        list.split(',').map(|word| word.trim().trim_matches('"').to_owned()).collect()
    };
    for line in page("rbac.yaml").lines().map(|line| line.trim().trim_start_matches("- ")) {
        match line.split_once(':').map(|(word, _)| word) {
            Some("apiGroups") => group = inside(line).remove(0),
            Some("resources") => resources = inside(line),
            Some("verbs") => {
                for (verb, resource) in inside(line).iter().flat_map(|verb| resources.iter().map(move |it| (verb, it)))
                {
                    let dot = if group.is_empty() { "" } else { "." };
                    listed.insert(format!("{verb} {resource}{dot}{group}"));
                }
            }
            _ => {}
        }
    }
    assert_eq!(asked, listed);
}

fn page(file: &str) -> String {
    std::fs::read_to_string(root().join("examples/resources/eksmig_node_group_migration").join(file)).unwrap()
}
