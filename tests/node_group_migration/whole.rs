//! A cluster moves, and nothing is left of the move.

use std::collections::BTreeSet;

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
}
