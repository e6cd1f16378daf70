//! What stands in the way is refused in the plan, by name, and nothing is written.

use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::node_groups::NodeGroups;
use serde_json::{Value, json};

use super::CLONE;

fn pod(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        "spec": {"containers": [{"name": "one", "image": "example/app:1"}]}})
}

/// Plans the move of a cluster with these objects, which must be refused and write nothing.
#[track_caller]
fn check(name: &str, objects: Vec<Value>, says: &[&str]) {
    let mut groups = NodeGroups::new(name, 2);
    groups.begin(objects);
    groups.write(CLONE);
    let error = groups.stage.workspace.plan().expect_failure().split_whitespace().collect::<Vec<_>>().join(" ");
    for text in says {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert!(groups.cluster.api.log().since(0).iter().all(|entry| !entry.writes()), "a plan only reads");
    assert!(groups.stage.writes(0).is_empty());
}

#[test]
fn a_pod_that_nobody_makes_again() {
    check("ngbare", vec![pod("alone")], &["Pod shop/alone on node blue-", "allow_bare_pod_loss"]);
}

#[test]
fn a_budget_that_allows_nothing() {
    let objects = vec![fixtures::deployment("shop", "web", 2), fixtures::budget("shop", "web", json!("100%"))];
    check("ngbudget", objects, &["Pod shop/web-", "PodDisruptionBudget shop/web never lets it go"]);
}

#[test]
fn a_pod_that_is_bound_to_blue() {
    let mut web = fixtures::deployment("shop", "web", 1);
    web["spec"]["template"]["spec"]["nodeSelector"] = json!({"eks.amazonaws.com/nodegroup": "blue"});
    check("ngbound", vec![web], &["Pod shop/web-", "asks for eks.amazonaws.com/nodegroup=blue"]);
}
