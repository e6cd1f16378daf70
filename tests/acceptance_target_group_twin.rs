//! `eksmig_target_group_twin`: every kind of target group, overrides, drift of the source, import, faults and crashes.

#[path = "acceptance_target_group_twin/crash.rs"]
mod crash;
#[path = "acceptance_target_group_twin/drift.rs"]
mod drift;
#[path = "acceptance_target_group_twin/kinds.rs"]
mod kinds;
#[path = "acceptance_target_group_twin/refusals.rs"]
mod refusals;

use aws_sdk_elasticloadbalancingv2::types::TargetGroup;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::Run;
use eksmig_tests::twin::{self, GROUP};

/// Applies the twin of a source, which must succeed and leave nothing to do.
#[track_caller]
fn settle(stage: &Stage, source: &str, arguments: &str) -> Run {
    stage.workspace.write("main.tf", &twin::group(source, arguments));
    let run = stage.workspace.apply().expect_success();
    stage.workspace.assert_settled();
    run
}

/// The twin as AWS has it.
#[track_caller]
fn made(stage: &Stage) -> TargetGroup {
    let name = stage.workspace.values(GROUP)["name"].as_str().unwrap().to_owned();
    stage.world.group_named(&name).expect("the state names a twin that is not there")
}

/// The actions that a saved plan has for the twin.
#[track_caller]
fn planned(stage: &Stage) -> serde_json::Value {
    stage.workspace.plan().expect_changes();
    stage.workspace.change(GROUP)
}
