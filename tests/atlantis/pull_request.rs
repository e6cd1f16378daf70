//! A pull request from its plan to its apply.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::world::forward;

use crate::server::{ALARM, Atlantis};

/// A text with every run of blanks and line breaks as one blank.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn two_pull_requests_adopt_a_service_and_move_it() {
    let atlantis = Atlantis::new("atlmoves");
    atlantis.install_gh();
    atlantis.merge(0, "[10, 25]", "1s");
    assert_eq!(atlantis.service.percent(), 0.0);

    atlantis.commit(50, "[10, 25]", "1s");
    let planned = atlantis.plan();
    assert!(planned.passed, "{}", planned.comment);
    let posted = atlantis.posted().unwrap();
    assert!(posted.starts_with("token pr comment 7 --repo example/infrastructure --body-file "), "{posted}");
    for text in ["### eksmig: 1 resource moves traffic", "10, 25, 50", "alarm edge-5xx"] {
        assert!(posted.contains(text), "{text}: {posted}");
    }
    assert!(!planned.comment.contains("### eksmig"), "the report is posted once: {}", planned.comment);

    let applied = atlantis.apply();
    assert!(applied.passed, "{}", applied.comment);
    assert_eq!(atlantis.service.written(0), [10.0, 25.0, 50.0]);
    let events = std::fs::read_dir(atlantis.service.stage.workspace.path().join("eksmig")).unwrap();
    let texts = events.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect::<String>();
    assert!(texts.contains("\"event\":\"wrote\"") && texts.contains("\"outcome\":\"settled\""), "{texts}");
}

#[test]
fn where_there_is_no_gh_the_report_is_in_the_comment_of_atlantis() {
    let atlantis = Atlantis::new("atlnogh");
    atlantis.commit(0, "[10, 25]", "1s");
    let planned = atlantis.plan();
    assert!(planned.passed, "{}", planned.comment);
    assert!(planned.comment.contains("### eksmig: 1 resource"), "{}", planned.comment);
    assert_eq!(atlantis.posted(), None);
}

#[test]
fn a_provider_of_another_version_that_lies_around_does_not_write_the_report() {
    let atlantis = Atlantis::new("atlupgrad");
    atlantis.commit(0, "[10, 25]", "1s");
    let old = ".terraform/providers/registry.terraform.io/eksmig/eksmig/0.0.9/linux_amd64";
    let old = atlantis.service.stage.workspace.path().join(old);
    std::fs::create_dir_all(&old).unwrap();
    std::fs::write(old.join("terraform-provider-eksmig_v0.0.9"), "not to be run").unwrap();
    let planned = atlantis.plan();
    assert!(planned.passed, "{}", planned.comment);
    assert!(planned.comment.contains("### eksmig: 1 resource"), "{}", planned.comment);
}

#[test]
fn a_policy_that_is_not_met_stops_it_and_the_way_back_is_free() {
    let atlantis = Atlantis::new("atlpolicy");
    atlantis.merge(0, "[10, 25]", "1s");
    atlantis.commit(75, "[10, 25, 50]", "1s");
    let planned = atlantis.plan();
    assert!(!planned.passed);
    assert!(planned.comment.contains("green rises by 75 points; at most 50 are allowed"), "{}", planned.comment);
    atlantis.merge(50, "[10, 25]", "1s");

    // A check that fails is a warning to Terraform, and stops what raises green.
    atlantis.service.stage.world.set_health(&atlantis.service.green, "unhealthy");
    atlantis.commit(75, "[10, 25, 50]", "1s");
    let planned = atlantis.plan();
    assert!(!planned.passed && planned.comment.contains("FAIL - check.green_is_well: "), "{}", planned.comment);
    Alarms::of(&atlantis.service.stage.world).set(ALARM, StateValue::Alarm);
    atlantis.merge(0, "[10, 25]", "1s");
    assert_eq!(atlantis.service.percent(), 0.0);
}

#[test]
fn the_conditions_in_the_configuration_fail_the_plan() {
    let atlantis = Atlantis::new("atlchecks");
    atlantis.commit(50, "[10]", "1s");
    let planned = atlantis.plan();
    assert!(!planned.passed);
    assert!(flat(&planned.comment).contains("A step of 40 points; at most 25 are allowed."), "{}", planned.comment);
}

/// Of a pull request that was planned before another one, or someone by hand, moved the traffic.
#[test]
fn a_plan_that_traffic_has_left_behind_is_refused_and_planned_again() {
    let atlantis = Atlantis::new("atlstale");
    let service = &atlantis.service;
    atlantis.merge(0, "[10, 25]", "1s");
    atlantis.commit(50, "[10, 25]", "1s");
    assert!(atlantis.plan().passed);
    service.stage.world.set_actions(&service.rule, vec![forward(&[(&service.blue, 80), (&service.green, 20)])]);
    let since = service.stage.mark();
    let applied = atlantis.apply();
    assert!(!applied.passed);
    let text = flat(&applied.comment);
    assert!(text.contains("Weights have changed") && text.contains("Plan again"), "{text}");
    assert!(service.stage.writes(since).is_empty());
    for ended in [atlantis.plan(), atlantis.apply()] {
        assert!(ended.passed, "{}", ended.comment);
    }
    assert_eq!(service.percent(), 50.0);
}
