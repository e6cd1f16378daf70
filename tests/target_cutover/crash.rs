//! The provider killed before and after every write of a cut-over under the real terraform, and applied again.

use std::time::Duration;

use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::nodes::Nodes;
use eksmig_tests::patience::until;

use crate::HALVES;

const LIMIT: Duration = Duration::from_secs(60);
const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];
/// Register, Deregister, Attach and Detach; not Describe.
const WRITES: &str = "[RAD][et][grt]*";

/// Kills at each of `writes` writes on the way from one side to the other.
#[track_caller]
fn killed_at_each_write(name: &str, from: &str, to: &str, writes: u32) {
    for nth in 0..writes {
        for after in [false, true] {
            let point = format!("killed {} write {} to {to}", if after { "after" } else { "before" }, nth + 1);
            let nodes = Nodes::scaled(name, 1);
            nodes.settle("blue", HALVES);
            if from != "blue" {
                nodes.settle(from, HALVES);
            }
            let (emulator, key) = (Emulator::shared(), &nodes.stage.access_key);
            let fault = if after { Fault::hold_after(key, WRITES) } else { Fault::hold_before(key, WRITES) };
            emulator.order(&fault.after(nth));
            nodes.write(to, HALVES);
            let running = nodes.stage.workspace.spawn(&APPLY);
            until(LIMIT, &format!("held write: {point}"), || (!emulator.held(key).is_empty()).then_some(()));
            running.kill_provider();
            assert_eq!(running.wait().code, Some(1), "{point}");
            until(LIMIT, &format!("end of the held write: {point}"), || emulator.held(key).is_empty().then_some(()));
            assert!(!nodes.registered(0).is_empty(), "{point}: nobody serves");
            nodes.settle(to, HALVES);
            nodes.assert_serving(&[to], &point);
            let since = nodes.stage.mark();
            nodes.stage.workspace.apply().expect_success();
            assert_eq!(nodes.writes(since), [""; 0], "{point}");
        }
    }
    println!("{from} to {to}: {} points", 2 * writes);
}

#[test]
fn killed_at_each_write_on_the_way_to_green() {
    killed_at_each_write("killgo", "blue", "green", 4);
}

#[test]
fn killed_at_each_write_on_the_way_back() {
    killed_at_each_write("killback", "green", "blue", 3);
}

/// A create whose provider dies leaves nothing behind that would say how blue was attached.
#[test]
fn a_killed_create_does_not_forget_how_blue_was_attached() {
    let nodes = Nodes::scaled("forgets", 1);
    let (emulator, key) = (Emulator::shared(), &nodes.stage.access_key);
    emulator.order(&Fault::hold_after(key, "DetachLoadBalancerTargetGroups"));
    nodes.write("green", HALVES);
    let running = nodes.stage.workspace.spawn(&APPLY);
    until(LIMIT, "the held detachment", || (!emulator.held(key).is_empty()).then_some(()));
    running.kill_provider();
    running.wait().expect_failure();
    until(LIMIT, "the end of the held detachment", || emulator.held(key).is_empty().then_some(()));
    nodes.settle("green", HALVES);
    let since = nodes.stage.mark();
    nodes.settle("blue", HALVES);
    assert_eq!(nodes.writes(since)[0], "AttachLoadBalancerTargetGroups");
    let families = nodes.state()["attachments"].clone();
    assert_eq!(families[nodes.scaling_group("blue")][&nodes.groups[0].arn], "target_groups");
}
