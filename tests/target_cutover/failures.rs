//! What goes wrong on the way, and where it leaves the traffic.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::nodes::Nodes;
use eksmig_tests::patience::{FairWatch, until};

use crate::HALVES;

const LIMIT: Duration = Duration::from_secs(60);

fn deregistered(nodes: &Nodes, since: u64) -> usize {
    nodes.writes(since).iter().filter(|action| *action == "DeregisterTargets").count()
}

#[test]
fn a_green_that_does_not_become_healthy_is_taken_out_again() {
    let nodes = Nodes::named("sick");
    for target in ["10.0.1.1", "10.0.1.2"] {
        Emulator::shared().set_health(&nodes.groups[0].arn, Some(target), "unhealthy");
    }
    let error = nodes.fail("green", "gate = { timeout = \"3s\", poll_interval = \"1s\" }");
    assert!(error.contains("was rolled back:") && error.contains("0 of 2 healthy"), "{error}");
    assert_eq!(nodes.registered(0).len(), 4);
    assert_eq!(nodes.writes(0), ["RegisterTargets", "DeregisterTargets"]);
}

#[test]
fn one_green_of_two_is_not_enough_unless_it_is_said_to_be() {
    let nodes = Nodes::named("oneoftwo");
    Emulator::shared().set_health(&nodes.groups[0].arn, Some("10.0.1.2"), "unhealthy");
    let gate = |more: &str| format!("gate = {{ timeout = \"3s\", poll_interval = \"1s\"{more} }}");
    let error = nodes.fail("green", gate(""));
    assert!(error.contains("1 of 2 healthy"), "{error}");
    nodes.settle("green", gate(", min_healthy_percent = 50"));
    assert_eq!(nodes.registered(0).len(), 2);
}

#[test]
fn nothing_of_blue_is_taken_while_green_is_held_unhealthy() {
    let nodes = Nodes::named("holdsick");
    for target in ["10.0.1.1", "10.0.1.2"] {
        Emulator::shared().set_health(&nodes.groups[0].arn, Some(target), "unhealthy");
    }
    let gate = "on_failure = \"hold\"\n  gate = { timeout = \"2s\", poll_interval = \"1s\" }";
    nodes.settle("blue", gate);
    let error = nodes.fail("green", gate);
    assert!(error.contains("held on its way to green: blue and green are registered"), "{error}");
    assert_eq!((nodes.registered(0).len(), deregistered(&nodes, 0)), (6, 0));
    let state = nodes.state();
    assert!(state["observed_serving"] == "both" && state["status"] == "held", "{state}");
    nodes.stage.world.set_health(&nodes.groups[0], "healthy");
    nodes.settle("green", gate);
}

#[test]
fn a_green_that_falls_ill_between_two_batches_brings_blue_back_first() {
    let nodes = Nodes::named("fallsill");
    nodes.settle("blue", "");
    let since = nodes.stage.mark();
    nodes.write("green", "ramp = { batch_percent = 50, interval = \"8s\" }\n  gate = { poll_interval = \"1s\" }");
    let running = nodes.stage.workspace.spawn_apply();
    until(LIMIT, "the first batch", || (deregistered(&nodes, since) == 1).then_some(()));
    for target in ["10.0.1.1", "10.0.1.2"] {
        Emulator::shared().set_health(&nodes.groups[0].arn, Some(target), "unhealthy");
    }
    let error = running.wait().expect_failure();
    assert!(error.contains("was rolled back:") && error.contains("min_healthy_targets"), "{error}");
    assert_eq!(nodes.registered(0).len(), 4);
    assert!(nodes.registered(0).iter().all(|seat| seat.starts_with("10.0.0.")), "{:?}", nodes.registered(0));
    let back = ["RegisterTargets", "DeregisterTargets", "RegisterTargets", "DeregisterTargets"];
    assert_eq!(nodes.writes(since), back, "green, half of blue; blue again, and then green");
}

#[test]
fn an_alarm_in_a_bake_brings_everything_back() {
    let nodes = Nodes::scaled("alarm", 1);
    let alarms = Alarms::of(&nodes.stage.world);
    alarms.make("cutover-alarm", StateValue::Ok);
    nodes.settle("blue", "");
    let gate = "gate = { poll_interval = \"1s\", alarm_names = [\"cutover-alarm\"] }";
    nodes.write("green", format!("ramp = {{ batch_percent = 100, interval = \"6s\" }}\n  {gate}"));
    let running = nodes.stage.workspace.spawn_apply();
    until(LIMIT, "the last batch", || (nodes.registered(0).len() == 2).then_some(()));
    alarms.set("cutover-alarm", StateValue::Alarm);
    let error = running.wait().expect_failure();
    assert!(error.contains("was rolled back:") && error.contains("cutover-alarm"), "{error}");
    nodes.assert_serving(&["blue"], "rolled back");
    let families = nodes.state()["attachments"].clone();
    assert_eq!(families[nodes.scaling_group("blue")][&nodes.groups[0].arn], "target_groups");
}

#[test]
fn a_stop_holds_and_the_next_apply_goes_on() {
    let nodes = Nodes::named("stopped");
    nodes.settle("blue", "");
    nodes.write("green", "ramp = { batch_percent = 50, interval = \"1m\" }\n  gate = { poll_interval = \"1s\" }");
    let running = nodes.stage.workspace.spawn_apply();
    until(LIMIT, "the registration", || (nodes.registered(0).len() == 6).then_some(()));
    let watch = FairWatch::start();
    running.interrupt();
    let error = running.wait().expect_failure();
    watch.assert_within(Duration::from_secs(6), "the end after a stop");
    assert!(error.contains("held on its way to green"), "{error}");
    assert_eq!(nodes.state()["status"], "held");
    nodes.settle("green", HALVES);
}

#[test]
fn registrations_that_changed_after_the_plan_are_refused() {
    let nodes = Nodes::named("stale");
    nodes.settle("blue", "");
    nodes.write("green", "");
    nodes.stage.workspace.plan().expect_changes();
    nodes.register(0, &[("10.0.1.1".to_owned(), 30080)]);
    let since = nodes.stage.mark();
    let error = nodes.stage.workspace.apply_plan().expect_failure();
    assert!(error.contains("Registrations have changed since the plan"), "{error}");
    assert_eq!(nodes.writes(since), [""; 0]);
}

#[test]
fn lost_answers_and_throttling_are_survived() {
    let nodes = Nodes::scaled("faults", 1);
    let (emulator, key) = (Emulator::shared(), &nodes.stage.access_key);
    for action in ["AttachLoadBalancerTargetGroups", "DeregisterTargets", "DetachLoadBalancerTargetGroups"] {
        emulator.order(&Fault::lose_reply(key, action));
    }
    emulator.order(&Fault::throttle(key, "DescribeTargetHealth").times(2));
    emulator.order(&Fault::unavailable(key, "DescribeAutoScalingGroups").times(2));
    nodes.settle("green", HALVES);
    nodes.assert_serving(&["green"], "handed over");
    for action in ["AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups"] {
        emulator.order(&Fault::lose_reply(key, action));
    }
    nodes.settle("blue", HALVES);
    nodes.assert_serving(&["blue"], "handed back");
}

#[test]
fn a_batch_that_cannot_be_written_brings_everything_back() {
    let nodes = Nodes::named("unwritten");
    nodes.settle("blue", HALVES);
    let (emulator, key) = (Emulator::shared(), &nodes.stage.access_key);
    nodes.stage.configure("max_retries = 2");
    emulator.order(&Fault::unavailable(key, "DeregisterTargets").after(1).times(2));
    let error = nodes.fail("green", HALVES);
    assert!(error.contains("was rolled back:") && error.contains("deregister targets from"), "{error}");
    assert_eq!(nodes.registered(0).len(), 4);
    assert!(nodes.registered(0).iter().all(|seat| seat.starts_with("10.0.0.")), "{:?}", nodes.registered(0));
    nodes.settle("green", HALVES);
}
