//! Whatever hits a create, the next apply goes on with what it left, and no target group is left over.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::calls::Call;
use eksmig_tests::faults::{Chances, Fault};
use eksmig_tests::patience::until;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin::{self, GROUP};

use crate::{made, settle};

/// A create writes these, in this order.
const WRITES: [&str; 2] = ["CreateTargetGroup", "ModifyTargetGroupAttributes"];

fn scene(name: &str) -> (Stage, String) {
    let stage = Stage::new(name);
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    stage.world.set_group_attribute(&source.arn, "slow_start.duration_seconds", "30");
    stage.workspace.write("main.tf", &twin::group(&source.arn, ""));
    (stage, source.arn)
}

/// The next apply comes to the same end as one that was never disturbed.
#[track_caller]
fn recovers(stage: &Stage, source: &str) {
    stage.world.emulator().calm(&stage.access_key);
    settle(stage, source, "");
    assert_eq!(stage.world.groups().len(), 2, "the source and one twin");
    let arn = made(stage).target_group_arn().unwrap().to_owned();
    assert_eq!(stage.world.group_attributes(&arn), stage.world.group_attributes(source));
    stage.workspace.destroy().expect_success();
    assert_eq!(stage.world.groups().len(), 1, "the source alone is left");
}

#[test]
fn a_kill_around_every_write_leaves_no_target_group_over() {
    for (nth, action) in WRITES.into_iter().enumerate() {
        for before in [true, false] {
            let (stage, source) = scene(&format!("tkill{nth}{}", u8::from(before)));
            let (emulator, key) = (stage.world.emulator(), &stage.access_key);
            emulator.order(&if before { Fault::hold_before(key, action) } else { Fault::hold_after(key, action) });
            let running = stage.workspace.spawn_apply();
            until(Duration::from_secs(60), action, || (!emulator.held(key).is_empty()).then_some(()));
            running.kill_provider();
            running.wait().expect_failure();
            emulator.release(key);
            recovers(&stage, &source);
        }
    }
}

#[test]
fn a_lost_reply_to_a_create_is_no_failure() {
    let (stage, source) = scene("tlost");
    stage.world.emulator().order(&Fault::lose_reply(&stage.access_key, "CreateTargetGroup"));
    recovers(&stage, &source);
}

#[test]
fn a_create_that_only_loses_replies_finds_what_it_made() {
    let (stage, _source) = scene("tlostall");
    // Every attempt that the SDK makes.
    stage.world.emulator().order(&Fault::lose_reply(&stage.access_key, "CreateTargetGroup").times(50));
    stage.configure("max_retries = 2");
    let run = stage.workspace.apply().expect_success();
    assert!(run.warnings().is_empty(), "{}", run.warnings());
    assert_eq!(stage.world.groups().len(), 2);
}

#[test]
fn a_write_that_fails_leaves_a_twin_that_is_remembered() {
    let (stage, source) = scene("tfail");
    let fault = Fault::unavailable(&stage.access_key, "ModifyTargetGroupAttributes").times(50);
    stage.world.emulator().order(&fault);
    stage.configure("max_retries = 2");
    let error = stage.workspace.apply().expect_failure();
    assert!(error.contains("Twin not finished") && error.contains("ServiceUnavailable"), "{error}");
    assert_eq!(stage.workspace.values(GROUP)["arn"], made(&stage).target_group_arn().unwrap());
    recovers(&stage, &source);
}

#[test]
fn a_twin_that_another_apply_began_is_taken_over_and_that_is_said() {
    let (stage, source) = scene("tbegun");
    stage.workspace.apply().expect_success();
    let arn = made(&stage).target_group_arn().unwrap().to_owned();
    stage.workspace.run(&["state", "rm", GROUP]).expect_success();
    let run = stage.workspace.apply().expect_success();
    assert!(run.warnings().contains("taken over") && run.warnings().contains(&arn), "{}", run.warnings());
    assert_eq!(made(&stage).target_group_arn().unwrap(), arn);
    recovers(&stage, &source);
}

#[test]
fn a_resource_that_gets_another_key_keeps_its_twin() {
    let (stage, source) = scene("tkey");
    stage.workspace.apply().expect_success();
    let arn = made(&stage).target_group_arn().unwrap().to_owned();
    let renamed = twin::group(&source, "").replace("\"green\"", "\"emerald\"").replace("twin.green", "twin.emerald");
    stage.workspace.write("main.tf", &renamed);
    // The delete is held until the create has looked: what is being deleted is not taken over.
    let (emulator, key, since) = (stage.world.emulator(), &stage.access_key, stage.mark());
    emulator.order(&Fault::hold_before(key, "DeleteTargetGroup"));
    let mut running = stage.workspace.spawn_apply();
    let looks = |call: &&Call| call.action == "DescribeTags" && call.parameters.to_string().contains(&arn);
    until(Duration::from_secs(60), "the looks of the refresh, the plan and the create", || {
        let looked = stage.calls(since).iter().filter(looks).count() >= 3 && !emulator.held(key).is_empty();
        (looked || running.has_ended()).then_some(())
    });
    emulator.release(key);
    let run = running.wait();
    if run.code != Some(0) {
        assert!(run.expect_failure().contains("being deleted"));
        stage.workspace.apply().expect_success();
    }
    stage.workspace.assert_settled();
    let name = stage.workspace.values("eksmig_target_group_twin.emerald")["name"].as_str().unwrap().to_owned();
    assert!(stage.world.group_named(&name).is_some());
    assert_eq!(stage.world.groups().len(), 2);
}

#[test]
fn a_stop_before_the_create_makes_nothing() {
    let (stage, source) = scene("tstop");
    let (emulator, key) = (stage.world.emulator(), &stage.access_key);
    // The first look of the apply is held, after those of the plan.
    emulator.order(&Fault::hold_before(key, "DescribeTargetGroupAttributes").after(1));
    let running = stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "the apply's look", || (!emulator.held(key).is_empty()).then_some(()));
    running.interrupt();
    let run = running.wait_for(Duration::from_secs(20));
    emulator.release(key);
    assert!(run.expect_failure().contains("Stopped"));
    assert_eq!(stage.world.groups().len(), 1);
    recovers(&stage, &source);
}

#[test]
fn faults_by_chance_leave_no_target_group_over() {
    for seed in 0..6 {
        let (stage, source) = scene(&format!("tsoak{seed}"));
        let chances = Chances::new(&stage.access_key, seed).throttle(0.1).unavailable(0.1).reset(0.1).lose_reply(0.2);
        stage.world.emulator().leave_to_chance(&chances);
        stage.configure("max_retries = 2");
        for _ in 0..3 {
            stage.workspace.apply();
        }
        recovers(&stage, &source);
    }
}
