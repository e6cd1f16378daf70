//! The policies, on plans of the real terraform and the real provider.

use eksmig_tests::nodes::Nodes;
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::forward;

use crate::conftest::judged;

/// What a plan of the configuration as it is written is denied for.
#[track_caller]
fn denied(stage: &Stage) -> Vec<String> {
    stage.workspace.plan();
    judged(&stage.workspace.saved_plan().to_string(), "deny")
}

#[track_caller]
fn assert_denied(stage: &Stage, why: &[&str]) {
    let denied = denied(stage);
    assert_eq!(denied.len(), why.len(), "{denied:#?}");
    for (denied, why) in denied.iter().zip(why) {
        assert!(denied.contains(why), "{denied:?} has not {why:?}");
    }
}

const WATCHED: &str = "max_percent = 1";

#[test]
fn a_shift_is_judged_by_its_steps_its_gates_and_its_way() {
    let service = Service::at("polshift", 100, 0);
    let stage = &service.stage;
    let watched = |shift: eksmig_tests::shift::Shift| shift.gate(&format!("error_rate = {{ {WATCHED} }}"));
    stage.write(&[&watched(service.shift(30))]);
    assert_denied(stage, &["a step of 30 points; at most 25"]);
    stage.settle(&service.shift(0));
    stage.write(&[&watched(service.shift(50).ramp("[25]", "1s"))]);
    assert_denied(stage, &[]);
    stage.write(&[&service.shift(50).ramp("[25]", "1s")]);
    assert_denied(stage, &["a step of 25 points that no gate watches"]);
    stage.write(&[&service.shift(30).ramp("[10, 20]", "1s")]);
    assert_denied(stage, &[]);
    stage.write(&[&watched(service.shift(75).ramp("[25, 50]", "1s"))]);
    assert_denied(stage, &["green rises by 75 points"]);

    stage.settle(&service.shift(50));
    stage.write(&[&service.shift(0)]);
    assert_denied(stage, &[]);
    stage.workspace.write("main.tf", "");
    assert_denied(stage, &["destroyed at 50 %"]);
}

#[test]
fn what_a_plan_cannot_tell_is_denied() {
    let service = Service::at("polunknown", 100, 0);
    let stage = &service.stage;
    stage.workspace.write("share.tf", "resource \"terraform_data\" \"share\" {\n  input = 10\n}\n");
    stage.write(&[&service.shift("terraform_data.share.output")]);
    assert_denied(stage, &["known only in the apply"]);

    let both = |green_weight: u8| {
        eksmig_tests::shift::Shift::new(
            &[&service.rule, &service.listener],
            &service.blue,
            &service.green,
            green_weight,
        )
    };
    stage.workspace.write("share.tf", "");
    stage.world.set_actions(&service.listener, vec![forward(&[(&service.blue, 100), (&service.green, 0)])]);
    stage.settle(&both(0));
    stage.world.set_actions(&service.listener, vec![forward(&[(&service.blue, 1), (&service.green, 1)])]);
    stage.write(&[&both(60)]);
    assert_denied(stage, &["stand at shares of their own"]);
    stage.write(&[&both(0)]);
    assert_denied(stage, &[]);
}

#[test]
fn a_cut_over_is_judged_by_its_batches() {
    let nodes = Nodes::named("polnodes");
    nodes.settle("blue", "");
    nodes.write("green", "ramp = {\n    batch_percent = 50\n  }");
    assert_denied(&nodes.stage, &["50 % of blue leave in one step"]);
    nodes.write("green", "ramp = {\n    batch_percent = 25\n  }");
    assert_denied(&nodes.stage, &[]);
    nodes.settle("both", "");
    nodes.write("blue", "");
    assert_denied(&nodes.stage, &[]);
}

#[test]
fn a_plan_that_failed_is_denied() {
    let service = Service::at("polfailed", 100, 0);
    let condition = "lifecycle {\n    precondition {\n      condition     = terraform_data.today.input != \"Friday\"\n      error_message = \"Not on a Friday.\"\n    }\n  }";
    service.stage.workspace.write("today.tf", "resource \"terraform_data\" \"today\" {\n  input = \"Friday\"\n}\n");
    service.stage.write(&[&service.shift(10).with(condition)]);
    let denied = denied(&service.stage);
    assert!(denied.iter().any(|why| why.contains("The plan failed")), "{denied:#?}");
}
