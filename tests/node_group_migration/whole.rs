//! A cluster moves, and nothing is left of the move.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::api::kind::{JOB, POD};
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::kubernetes::models::kubelet::{Pace, RUNS_FOR};
use eksmig_tests::kubernetes::role::role;
use eksmig_tests::node_groups::{ADDRESS, NodeGroups};
use eksmig_tests::patience::{FairWatch, until};
use eksmig_tests::permissions::{MAKING_A_NODE_GROUP, needed_in};
use eksmig_tests::policy;
use serde_json::{Value, json};

use super::CLONE;

/// So many deployments, a third of them with autoscalers and half of them with budgets; what the cluster needs itself, a
/// stateful set, a daemon set, services in front of them, and a job that runs until it is told to finish.
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
    let served = objects.iter().filter(|it| it["kind"] == "Deployment" || it["kind"] == "StatefulSet");
    let name = |object: &Value, key: &str| object["metadata"][key].as_str().unwrap().to_owned();
    let services: Vec<Value> =
        served.map(|it| fixtures::service(&name(it, "namespace"), &name(it, "name"), None)).collect();
    objects.extend(services);
    objects.push(fixtures::job("shop", "report", 1_000_000));
    objects
}

/// The job's pod, and the node that it is on.
fn report(groups: &NodeGroups) -> (String, String) {
    let pods = groups.cluster.api.list(&POD, Some("shop"));
    let pod = pods.iter().find(|pod| pod["metadata"]["labels"]["app"] == "report").unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&pod["metadata"]["name"]), text(&pod["spec"]["nodeName"]))
}

/// Lets the job's pod be done.
pub(super) fn finish(groups: &NodeGroups) {
    let (pod, _) = report(groups);
    let done = |pod: &mut Value| pod["metadata"]["annotations"][RUNS_FOR] = json!("0");
    groups.cluster.api.edit(&POD, ["shop", &pod], Part::Main, "test", done).unwrap();
}

#[test]
fn thirty_deployments_move_and_everything_else_is_as_it_was() {
    let mut groups = NodeGroups::balanced("ngwhole", 4);
    groups.begin(town(30));
    let before = groups.kept();
    assert!(before.len() > 50, "{}", before.len());
    let alarm = format!("{}-5xx", groups.stage.world.name());
    Alarms::of(&groups.stage.world).make(&alarm, StateValue::Ok);
    groups.write(&format!("{CLONE}\n  gate = {{ min_healthy_targets = 4, alarm_names = [{alarm:?}] }}"));
    let running = groups.stage.workspace.spawn_apply();
    until_called(&groups, "create", "pods/eviction");
    let (_, node) = report(&groups);
    assert!(node.starts_with("blue-"), "it is where it was begun: {node}");
    finish(&groups);
    running.wait().expect_success();
    assert_eq!(groups.kept(), before);
    let requests = groups.assert_served();
    assert!(requests > 5_000, "{requests}");
    assert_eq!(evictions(&groups, "report"), 0, "the job is waited for");
    let jobs = groups.cluster.api.list(&JOB, Some("shop"));
    assert_eq!((&jobs[0]["status"]["succeeded"], &jobs[0]["status"]["failed"]), (&json!(1), &json!(0)));
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

/// How many evictions were asked for of pods whose names begin so.
fn evictions(groups: &NodeGroups, name: &str) -> usize {
    let log = groups.cluster.api.log().since(0);
    log.iter().filter(|entry| entry.resource == "pods/eviction" && entry.name.starts_with(name)).count()
}

/// The page lists what was called, and nothing else.
fn calls_what_its_page_lists(groups: &NodeGroups) {
    let mut called = groups.stage.actions();
    // On the way back.
    called.insert("eks:UntagResource".to_owned());
    called.extend(MAKING_A_NODE_GROUP.map(str::to_owned));
    assert_eq!(called, policy::of("eksmig_node_group_migration"));
    let mut asked = needed_in(&groups.cluster);
    // Who applies what is not there needs to be allowed to create it. (Kubernetes, server-side apply.)
    asked.insert("create configmaps".to_owned());
    assert_eq!(asked, role(&page("rbac.yaml")));
}

fn page(file: &str) -> String {
    std::fs::read_to_string(root().join("examples/resources/eksmig_node_group_migration").join(file)).unwrap()
}

/// Waits until the provider made a call of this kind to the cluster's API.
pub(super) fn until_called(groups: &NodeGroups, verb: &str, resource: &str) {
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
    finish(&groups);
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
