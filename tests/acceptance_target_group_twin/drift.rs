//! What changes afterwards: the configuration, the source, the twin.

use aws_sdk_elasticloadbalancingv2::types::{Matcher, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin::{self, GROUP};
use eksmig_tests::world::forward;
use serde_json::json;

use crate::{made, planned, settle};

#[test]
fn overrides_stand_for_what_they_name_and_go_again() {
    let stage = Stage::new("tover");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    stage.world.tag(&source.arn, &[("app", "orders")]);
    let over = r#"name         = "of-my-own-tover"
  target_type  = "instance"
  port         = 30080
  health_check = { path = "/ready", interval = 5, timeout = 2 }
  attributes   = { "deregistration_delay.timeout_seconds" = "5" }
  tags         = { side = "green" }"#;
    settle(&stage, &source.arn, over);
    let twin = made(&stage);
    let arn = twin.target_group_arn().unwrap().to_owned();
    assert_eq!((twin.port(), twin.target_type().unwrap().as_str()), (Some(30080), "instance"));
    assert_eq!((twin.health_check_path(), twin.health_check_interval_seconds()), (Some("/ready"), Some(5)));
    assert_eq!(stage.world.group_attributes(&arn)["deregistration_delay.timeout_seconds"], "5");
    assert_eq!(stage.world.tags(&arn).keys().collect::<Vec<_>>(), ["app", "eksmig:twin-of", "side"]);

    // What AWS changes in place is changed in place.
    let since = stage.mark();
    settle(&stage, &source.arn, "name = \"of-my-own-tover\"\n target_type = \"instance\"\n port = 30080");
    let twin = made(&stage);
    assert_eq!(twin.target_group_arn().unwrap(), arn);
    assert_eq!(twin.health_check_path(), Some("/"));
    assert_eq!(stage.world.group_attributes(&arn)["deregistration_delay.timeout_seconds"], "300");
    assert_eq!(stage.world.tags(&arn).keys().collect::<Vec<_>>(), ["app", "eksmig:twin-of"]);
    let written: Vec<String> = stage.writes(since).into_iter().map(|call| call.action).collect();
    assert_eq!(written, ["ModifyTargetGroup", "ModifyTargetGroupAttributes", "RemoveTags"]);

    // The rest replaces it.
    stage.workspace.write("main.tf", &twin::group(&source.arn, ""));
    assert_eq!(planned(&stage)["actions"], json!(["delete", "create"]));
    settle(&stage, &source.arn, "");
    assert_ne!(made(&stage).target_group_arn().unwrap(), arn);
    assert_eq!(stage.world.groups().len(), 2);
}

#[test]
fn a_source_that_changes_shows_in_the_plan_of_its_twin() {
    let stage = Stage::new("tdrift");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    settle(&stage, &source.arn, "attributes = { \"slow_start.duration_seconds\" = \"30\" }");
    let client = stage.world.client();
    let matcher = Matcher::builder().http_code("200-299").build();
    wait(client.modify_target_group().target_group_arn(&source.arn).health_check_path("/new").matcher(matcher).send())
        .unwrap();
    stage.world.set_group_attribute(&source.arn, "load_balancing.algorithm.type", "least_outstanding_requests");
    stage.world.set_group_attribute(&source.arn, "slow_start.duration_seconds", "0");
    stage.world.tag(&source.arn, &[("team", "shop")]);

    let change = planned(&stage);
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(change["before"]["health_check"]["path"], "/");
    assert_eq!(change["after"]["health_check"]["path"], "/new");
    assert_eq!(change["after"]["attributes_all"]["load_balancing.algorithm.type"], "least_outstanding_requests");
    assert_eq!(change["after"]["attributes_all"]["slow_start.duration_seconds"], "30", "the override stands");
    assert_eq!(change["after"]["tags_all"], json!({"team": "shop"}));
    stage.workspace.apply_plan().expect_success();
    stage.workspace.assert_settled();
    let twin = made(&stage);
    assert_eq!((twin.health_check_path(), twin.matcher().unwrap().http_code()), (Some("/new"), Some("200-299")));
}

#[test]
fn a_twin_that_strays_is_brought_back() {
    let stage = Stage::new("tstray");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    settle(&stage, &source.arn, "");
    let arn = made(&stage).target_group_arn().unwrap().to_owned();
    stage.world.set_group_attribute(&arn, "deregistration_delay.timeout_seconds", "7");
    stage.world.tag(&arn, &[("stray", "x"), ("elbv2.k8s.aws/cluster", "green")]);
    let change = planned(&stage);
    assert_eq!(change["before"]["attributes_all"]["deregistration_delay.timeout_seconds"], "7");
    stage.workspace.apply_plan().expect_success();
    stage.workspace.assert_settled();
    assert_eq!(stage.world.group_attributes(&arn)["deregistration_delay.timeout_seconds"], "300");
    let tags = stage.world.tags(&arn);
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["eksmig:twin-of", "elbv2.k8s.aws/cluster"], "green's owner stays");

    wait(stage.world.client().delete_target_group().target_group_arn(&arn).send()).unwrap();
    assert_eq!(planned(&stage)["actions"], json!(["create"]));
    stage.workspace.apply_plan().expect_success();
    stage.workspace.assert_settled();
}

#[test]
fn a_twin_outlives_its_source() {
    let stage = Stage::new("tlast");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    settle(&stage, &source.arn, "");
    let arn = made(&stage).target_group_arn().unwrap().to_owned();
    wait(stage.world.client().delete_target_group().target_group_arn(&source.arn).send()).unwrap();
    let run = stage.workspace.plan();
    assert_eq!(run.code, Some(0), "{run:#?}");
    let warnings = run.warnings();
    assert!(warnings.contains("Source of the twin is gone") && warnings.contains(&source.arn), "{warnings}");
    settle(&stage, &source.arn, "health_check = { path = \"/later\" }");
    assert_eq!(made(&stage).target_group_arn().unwrap(), arn);
    stage.workspace.destroy().expect_success();
    assert!(stage.world.groups().is_empty());
}

#[test]
fn an_import_and_then_a_plan_is_empty() {
    let stage = Stage::new("timport");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    let twin = stage.world.target_group_of("by-hand", ProtocolEnum::Http, 0);
    stage.workspace.write("main.tf", &twin::group(&source.arn, ""));
    let id = format!("{}|{}", twin.arn, source.arn);
    let refused = stage.workspace.import(GROUP, &twin.arn);
    assert!(refused.code == Some(1) && refused.stderr.contains("eksmig:twin-of"), "{refused:#?}");
    stage.workspace.import(GROUP, &id).expect_success();
    // The output alone is new.
    stage.workspace.apply().expect_success();
    stage.workspace.assert_settled();
    assert!(stage.writes(0).is_empty(), "a name by hand is no reason to replace it");
    stage.world.tag(&twin.arn, &[("eksmig:twin-of", &source.arn)]);
    stage.workspace.run(&["state", "rm", GROUP]).expect_success();
    stage.workspace.import(GROUP, &twin.arn).expect_success();
    stage.workspace.assert_settled();
}

#[test]
fn a_twin_in_use_is_not_deleted_and_the_error_names_the_route() {
    let stage = Stage::new("tinuse");
    let source = stage.world.target_group("blue");
    settle(&stage, &source.arn, "");
    let balancer = stage.world.application_balancer("lb");
    let twin = made(&stage);
    let twin = eksmig_tests::world::TargetGroup {
        name: twin.target_group_name().unwrap().to_owned(),
        arn: twin.target_group_arn().unwrap().to_owned(),
    };
    let action = || vec![forward(&[(&source, 1), (&twin, 0)])];
    let listener = stage.world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&source, 1)])]);
    let rule = stage.world.rule(&listener, 10, vec![eksmig_tests::world::path("/a")], action());
    let warnings = stage.workspace.run(&["plan", "-destroy", "-json", "-input=false"]).expect_success().warnings();
    assert!(warnings.contains("Twin to be deleted is in use") && warnings.contains(&rule), "{warnings}");
    // What keeps the target group and what it is called is no delete, and what replaces it is one.
    stage.workspace.write("main.tf", &twin::group(&source.arn, "port = 9090"));
    let warnings = stage.workspace.plan().expect_changes().warnings();
    assert!(warnings.contains("Twin to be deleted is in use"), "{warnings}");
    stage.workspace.write("main.tf", &twin::group(&source.arn, "tags = { side = \"green\" }"));
    assert_eq!(stage.workspace.plan().expect_changes().warnings(), "");
    let error = stage.workspace.destroy().expect_failure();
    assert!(
        error.contains("Twin in use") && error.contains(&rule) && !error.contains(&format!("  {listener}\n")),
        "{error}"
    );
    assert_eq!(stage.workspace.values(GROUP)["arn"], twin.arn, "it stays in the state");
    stage.world.set_actions(&rule, vec![forward(&[(&source, 1)])]);
    stage.workspace.destroy().expect_success();
    assert!(stage.world.group_named(&twin.name).is_none());
}
