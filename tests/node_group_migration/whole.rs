//! A cluster moves, and nothing is left of the move.

use std::collections::BTreeSet;
use std::time::Duration;

use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::kubernetes::models::kubelet::Pace;
use eksmig_tests::node_groups::{ADDRESS, NodeGroups};
use eksmig_tests::patience::{FairWatch, until};
use eksmig_tests::policy;
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
        assert!(groups.least_ready(&format!("shop/web-{nth}")) > nth % 3, "web-{nth}");
    }
    assert_eq!(groups.least_ready("kube-system/coredns"), 2);
    let state = groups.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["stage"]), (&json!("settled"), &Value::Null));
    groups.stage.workspace.assert_settled();
    calls_what_its_page_lists(&groups);
}

/// The page lists what was called, and nothing else.
fn calls_what_its_page_lists(groups: &NodeGroups) {
    let mut called = groups.stage.actions();
    // On the way back, and where a group has Auto Scaling groups, which the emulator's have not.
    called.extend(["eks:UntagResource", "autoscaling:DescribeAutoScalingGroups"].map(str::to_owned));
    assert_eq!(called, policy::of("eksmig_node_group_migration"));

    let log = groups.cluster.api.log().since(0);
    let mut asked: BTreeSet<String> = log.iter().map(|entry| format!("{} {}", entry.verb, entry.resource)).collect();
    asked.retain(|what| !what.contains(" /"));
    // Who applies what is not there needs to be allowed to create it. (Kubernetes, server-side apply.)
    asked.insert("create configmaps".to_owned());
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

/// Waits until the provider made a call of this kind to the cluster's API.
fn until_called(groups: &NodeGroups, verb: &str, resource: &str) {
    let called = || {
        let log = groups.cluster.api.log().since(0);
        log.iter().any(|entry| entry.verb == verb && entry.resource == resource).then_some(())
    };
    until(Duration::from_secs(60), &format!("{verb} {resource}"), called);
}

#[test]
fn a_stop_holds_within_two_seconds_and_a_destroy_puts_everything_back() {
    let mut groups = NodeGroups::new("ngstop", 2);
    groups.begin(town(3));
    let before = groups.kept();
    groups.write(CLONE);
    let running = groups.stage.workspace.spawn_apply();
    until_called(&groups, "patch", "horizontalpodautoscalers.autoscaling");
    let watch = FairWatch::start();
    running.interrupt();
    running.wait().expect_failure();
    // Two seconds for the provider to answer, and one for Terraform to end.
    watch.assert_within(Duration::from_secs(3), "an end after the stop");
    let state = groups.stage.workspace.values(ADDRESS);
    assert_eq!(state["status"], json!("held"));
    assert_ne!(state["stage"], Value::Null);
    assert_ne!(groups.kept(), before);
    groups.stage.workspace.destroy().expect_success();
    assert_eq!(groups.kept(), before);
    assert!(groups.groups().contains(&"blue".to_owned()));
}

#[test]
fn a_provider_that_was_killed_is_gone_on_with_by_the_next_apply() {
    let mut groups = NodeGroups::new("ngkill", 2);
    groups.begin(town(3));
    let before = groups.kept();
    groups.write(CLONE);
    let running = groups.stage.workspace.spawn_apply();
    until_called(&groups, "patch", "pods");
    running.kill_provider();
    running.wait().expect_failure();
    groups.stage.workspace.apply().expect_success();
    assert_eq!(groups.kept(), before);
    assert_eq!(groups.groups(), ["green"]);
    assert_eq!(groups.least_ready("shop/web-2"), 3);
}

#[test]
fn what_never_becomes_ready_is_named_and_the_next_apply_does_not_begin_again() {
    let mut groups = NodeGroups::new("ngheld", 2);
    groups.begin(vec![fixtures::deployment("shop", "web", 2)]);
    let before = groups.kept();
    // From now on no new pod starts.
    let never = Pace { start: 100_000, ..Pace::default() };
    groups.set_pace(never);
    groups.write(&format!("{CLONE}\n  stage_timeout = \"6s\""));
    let error = groups.stage.workspace.apply().expect_failure();
    let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in ["held at surge_user", "Deployment shop/web has 0 of 2 ready off blue", "Pod shop/web-", "is not ready"]
    {
        assert!(error.contains(text), "{text}: {error}");
    }
    groups.set_pace(Pace::default());
    let surged = groups.cluster.api.log().mark();
    groups.stage.workspace.apply().expect_success();
    let again = groups.cluster.api.log().since(surged);
    let scaled: Vec<_> = again.iter().filter(|entry| entry.resource == "deployments.apps" && entry.writes()).collect();
    let replicas: Vec<_> = scaled.iter().filter_map(|entry| entry.body["spec"]["replicas"].as_u64()).collect();
    assert_eq!(replicas, [2], "it is scaled back, and not surged again");
    assert_eq!(groups.kept(), before);
    assert_eq!(groups.least_ready("shop/web"), 2);
}
