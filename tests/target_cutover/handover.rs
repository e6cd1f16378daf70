//! From blue to green and back, where nothing goes wrong.

use eksmig_tests::nodes::{ADDRESS, Nodes, PORT};

use crate::HALVES;

#[test]
fn auto_scaling_groups_are_handed_over_and_back_by_the_calls_that_attached_them() {
    let nodes = Nodes::scaled("scaled", 2);
    nodes.settle("blue", HALVES);
    assert_eq!(nodes.writes(0), [""; 0]);
    assert_eq!(nodes.state()["attachments"][nodes.scaling_group("blue")][&nodes.groups[0].arn], "target_groups");

    let since = nodes.stage.mark();
    nodes.settle("green", HALVES);
    nodes.assert_serving(&["green"], "handed over");
    let batch = ["DeregisterTargets", "DeregisterTargets"];
    let writes =
        [&["AttachLoadBalancerTargetGroups"][..], &batch, &["DetachLoadBalancerTargetGroups"], &batch].concat();
    assert_eq!(nodes.writes(since), writes, "green joins as blue did");

    let since = nodes.stage.mark();
    nodes.settle("blue", HALVES);
    nodes.assert_serving(&["blue"], "handed back");
    let writes = [&["AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups"][..], &batch].concat();
    assert_eq!(nodes.writes(since), writes, "at once on the way back");
}

#[test]
fn both_serve_and_green_goes_on_from_there() {
    let nodes = Nodes::scaled("both", 1);
    nodes.settle("both", HALVES);
    nodes.assert_serving(&["blue", "green"], "both");
    nodes.settle("green", HALVES);
    nodes.assert_serving(&["green"], "green");
    let since = nodes.stage.mark();
    nodes.stage.workspace.destroy().expect_success();
    assert_eq!(nodes.writes(since), [""; 0], "a destroy moves nothing");
}

#[test]
fn a_batch_drains_before_the_next() {
    let nodes = Nodes::named("drains");
    nodes.drain();
    nodes.settle("green", HALVES);
    assert_eq!(nodes.registered(0), ["10.0.1.1:30080".to_owned(), "10.0.1.2:30080".to_owned()].into());
    let writes = nodes.stage.writes(0);
    let leaving: Vec<f64> =
        writes.iter().filter(|call| call.action == "DeregisterTargets").map(|call| call.at).collect();
    assert_eq!(leaving.len(), 2);
    assert!(leaving[1] - leaving[0] >= 1.0, "the first batch was still draining: {leaving:?}");
}

#[test]
fn the_same_instance_on_another_port_is_someone_elses() {
    let blue = format!("targets = [{{ id = \"10.0.0.1\" }}, {{ id = \"10.0.0.1\", port = {} }}]", PORT + 1);
    let green = format!("targets = [{{ id = \"10.0.0.1\", port = {} }}, {{ id = \"10.0.1.1\" }}]", PORT + 2);
    let nodes = Nodes::named("ports").sides(&blue, &green);
    nodes.register(0, &[("10.0.0.1".to_owned(), PORT + 1), ("10.0.0.1".to_owned(), 9999)]);
    nodes.settle("green", HALVES);
    let strangers = ["10.0.0.1:9999", "10.0.0.2:30080", "10.0.0.3:30080", "10.0.0.4:30080"];
    let expected = strangers.iter().chain(&["10.0.0.1:30082", "10.0.1.1:30080"]).map(|seat| (*seat).to_owned());
    assert_eq!(nodes.registered(0), expected.collect());
}

#[test]
fn more_target_groups_than_a_call_takes_are_attached() {
    let nodes = Nodes::scaled("eleven", 11);
    nodes.settle("green", "");
    nodes.assert_serving(&["green"], "handed over");
    let attached = nodes.writes(0).iter().filter(|action| *action == "AttachLoadBalancerTargetGroups").count();
    assert_eq!(attached, 2);
}

#[test]
fn instances_that_come_after_the_plan_are_found_by_the_apply() {
    let nodes = Nodes::scaled("late", 1);
    nodes.settle("blue", HALVES);
    nodes.write("green", HALVES);
    nodes.stage.workspace.plan().expect_changes();
    for side in ["blue", "green"] {
        let call = nodes.scaling().set_desired_capacity().auto_scaling_group_name(nodes.scaling_group(side));
        eksmig_tests::blocking::wait(call.desired_capacity(5).send()).unwrap();
    }
    nodes.stage.workspace.apply_plan().expect_success();
    assert_eq!(nodes.instances("green").len(), 5);
    nodes.assert_serving(&["green"], "handed over");
    nodes.stage.workspace.assert_settled();
}

#[test]
fn what_is_there_is_imported() {
    let nodes = Nodes::scaled("import", 1);
    nodes.write("blue", "");
    let sides = ["blue", "green"].map(|side| format!("asg:{}", nodes.scaling_group(side)));
    let id = format!("{}|{}", nodes.groups[0].arn, sides.join("|"));
    nodes.stage.workspace.import(ADDRESS, &id).expect_success();
    nodes.stage.workspace.assert_settled();
    assert_eq!(nodes.writes(0), [""; 0]);
}

#[test]
fn a_destroy_finishes_or_goes_back_where_it_is_asked_to() {
    for side in ["blue", "green"] {
        let nodes = Nodes::scaled("destroy", 1);
        nodes.settle("both", format!("on_destroy = \"{side}\""));
        nodes.stage.workspace.destroy().expect_success();
        nodes.assert_serving(&[side], side);
    }
}
