//! `report`: a plan of the real terraform, reviewed.

use eksmig_tests::service::Service;
use serde_json::Value;

use crate::binary::{Said, run};

/// Plans, and has the saved plan reviewed.
#[track_caller]
fn reviewed(service: &Service, arguments: &[&str]) -> Said {
    service.stage.workspace.plan();
    again(service, arguments)
}

/// Has the plan that was saved last reviewed.
#[track_caller]
fn again(service: &Service, arguments: &[&str]) -> Said {
    let plan = service.stage.workspace.saved_plan().to_string();
    run(service.stage.workspace.path(), &[&["report"], arguments].concat(), &plan)
}

const CHECK: &str = "locals {\n  left = 1\n}\n\ncheck \"budget\" {\n  assert {\n    condition     = local.left > 2\n    error_message = \"The error budget is spent.\"\n  }\n}\n";

#[test]
fn an_update_is_reviewed_with_its_steps_and_held_to_a_policy() {
    let service = Service::at("rep", 100, 0);
    service.stage.settle(&service.shift(0));
    let shift = service.shift(100).ramp("[10, 50]", "5m").gate("min_healthy_targets = 2");
    service.stage.write(&[&shift]);
    let said = reviewed(&service, &[]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    for text in [
        "1 resource moves traffic",
        "at least 15m",
        "| `service` | `░░░░░░░░░░` 0 % → `██████████` 100 % | 10, 50, 100, each 5m | 15m | `2 healthy` |",
    ] {
        assert!(said.stdout.contains(text), "{text}: {}", said.stdout);
    }
    assert!(!said.stdout.contains('⚠'), "{}", said.stdout);

    let said = again(&service, &["--max-step=25"]);
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(said.stdout.contains("a step of 50 points; at most 25 are allowed"), "{}", said.stdout);
    assert_eq!(again(&service, &["--max-step=50", "--fail-on=warning"]).code, Some(0));

    let report: Value = serde_json::from_str(&again(&service, &["--format=json"]).stdout).unwrap();
    assert_eq!(report["format_version"], "1.0");
    let course = &report["resources"][0]["course"];
    assert_eq!(course["now"]["green_weight"].as_f64(), Some(0.0));
    assert_eq!(course["largest_step"].as_f64(), Some(50.0));
    assert_eq!(course["least_seconds"].as_f64(), Some(900.0));
}

#[test]
fn what_is_known_only_in_the_apply_is_said_to_be() {
    let service = Service::blue_only("repnew");
    service.stage.write(&[&service.shift(30)]);
    let said = reviewed(&service, &[]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert!(said.stdout.contains("? → `███░░░░░░░` 30 %") && said.stdout.contains("reckoned from all on blue"));
    let said = again(&service, &["--fail-on=warning"]);
    assert_eq!(said.code, Some(1), "no gate: {said:#?}");

    let unknown = "terraform_data.share.output";
    service.stage.workspace.write("share.tf", "resource \"terraform_data\" \"share\" {\n  input = 30\n}\n");
    service.stage.write(&[&service.shift(unknown)]);
    let said = reviewed(&service, &["--max-step=100"]);
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(said.stdout.contains("Where the traffic goes is known only in the apply"), "{}", said.stdout);
    assert!(said.stdout.contains("cannot be told"), "{}", said.stdout);
}

#[test]
fn a_failing_check_and_drift_are_warned_of() {
    let service = Service::at("repwarn", 100, 0);
    service.stage.settle(&service.shift(10));
    service
        .stage
        .world
        .set_actions(&service.rule, vec![eksmig_tests::world::forward(&[(&service.blue, 60), (&service.green, 40)])]);
    service.stage.workspace.write("check.tf", CHECK);
    let said = reviewed(&service, &["--fail-on=warning"]);
    assert_eq!(said.code, Some(1), "{said:#?}");
    for text in
        ["`The error budget is spent.`", "10 → 40", "Green has 40 % now, though 10 % was settled", "there are 3"]
    {
        assert!(said.stdout.contains(text), "{text}: {}", said.stdout);
    }
}

#[test]
fn an_apply_that_was_held_is_warned_of_in_the_next_plan() {
    let service = Service::at("repheld", 100, 0);
    service.stage.settle(&service.shift(0));
    service.stage.world.set_health(&service.green, "unhealthy");
    service.stage.fail(&service.shift(30).gate("timeout = \"1s\""));
    let said = reviewed(&service, &["--fail-on=warning"]);
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(said.stdout.contains("Its last apply ended held"), "{}", said.stdout);
}

#[test]
fn a_plan_that_failed_is_no_plan() {
    let service = Service::at("repfail", 100, 0);
    let condition = "lifecycle {\n    precondition {\n      condition     = terraform_data.today.input != \"Friday\"\n      error_message = \"Not on a Friday.\"\n    }\n  }";
    let today = "resource \"terraform_data\" \"today\" {\n  input = \"Friday\"\n}\n";
    service.stage.workspace.write("today.tf", today);
    service.stage.write(&[&service.shift(30).with(condition)]);
    let said = reviewed(&service, &[]);
    assert_eq!(said.code, Some(2), "{said:#?}");
    assert!(said.stdout.contains("this plan failed") && said.stdout.contains("`Not on a Friday.`"), "{}", said.stdout);
}

#[test]
fn a_destroy_says_what_becomes_of_the_traffic() {
    let service = Service::at("repgone", 100, 0);
    service.stage.settle(&service.shift(30).with("on_destroy = \"blue\""));
    service.stage.workspace.write("main.tf", "");
    let said = reviewed(&service, &["--max-step=25"]);
    assert_eq!(said.code, Some(0), "the way back is free: {said:#?}");
    assert!(
        said.stdout.contains("**destroyed**") && said.stdout.contains("sends all traffic to blue first"),
        "{}",
        said.stdout
    );
}

#[test]
fn what_is_no_plan_is_refused() {
    let service = Service::at("repstate", 100, 0);
    service.stage.settle(&service.shift(0));
    let folder = service.stage.workspace.path();
    let state = service.stage.workspace.state().to_string();
    for (input, why) in [(state.as_str(), "a state, perhaps"), ("", "nothing to read"), ("Error:", "not one JSON")] {
        let said = run(folder, &["report"], input);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:#?}");
        assert!(said.stderr.contains(why) && said.stderr.contains("Nothing was reviewed"), "{said:#?}");
    }
    assert_eq!(run(folder, &["report", "--max-step=lots"], "").code, Some(2));
    let help = run(folder, &["--help"], "").stdout;
    assert!(["report", "watch", "EKSMIG_EVENTS"].iter().all(|word| help.contains(word)), "{help}");
}
