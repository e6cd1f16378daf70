//! `eksmig_target_health` counts targets by state, by reason and by zone.

use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetDescription};
use eksmig_tests::blocking::wait;
use eksmig_tests::service::Service;
use eksmig_tests::stage::provider;
use eksmig_tests::world::TargetGroup;
use serde_json::{Value, json};

fn write(service: &Service, arns: &[&str], more: &str) {
    let text = format!("data \"eksmig_target_health\" \"all\" {{\n  target_group_arns = {arns:?}\n}}\n{more}");
    service.stage.workspace.write("main.tf", &text);
}

#[track_caller]
fn look(service: &Service, group: &TargetGroup) -> Value {
    write(service, &[&group.arn], "");
    service.stage.workspace.apply().expect_success();
    service.stage.workspace.values("data.eksmig_target_health.all")["target_groups"][&group.name].clone()
}

#[test]
fn targets_are_counted_by_state_reason_and_zone() {
    let service = Service::at("counts", 100, 0);
    let blue = &service.blue;
    let found = look(&service, blue);
    assert_eq!(found["arn"], blue.arn);
    assert_eq!((&found["registered"], &found["healthy"]), (&json!(2), &json!(2)));
    assert_eq!((&found["states"], &found["reasons"]), (&json!({"healthy": 2}), &json!({})));
    assert_eq!(found["summary"], "2 of 2 healthy");

    // Two in zones of their own, beside those whose zone is not said.
    let zoned = [("192.168.0.9", "all"), ("192.168.0.8", "eu-west-1b")];
    let zoned = zoned.map(|(id, zone)| TargetDescription::builder().id(id).availability_zone(zone).build());
    let request = service.stage.world.client().register_targets().target_group_arn(&blue.arn);
    wait(request.set_targets(Some(zoned.to_vec())).send()).unwrap();
    service.stage.world.emulator().set_health(&blue.arn, Some("10.0.0.1"), "unhealthy");
    let found = look(&service, blue);
    assert_eq!((&found["registered"], &found["healthy"]), (&json!(4), &json!(3)));
    assert_eq!(found["states"], json!({"healthy": 3, "unhealthy": 1}));
    let reasons = json!({"Target.FailedHealthChecks": 1});
    assert_eq!(found["reasons"], reasons);
    let summary = "3 of 4 healthy; 1 unhealthy (Target.FailedHealthChecks: Health checks failed)";
    assert_eq!(found["summary"], summary);
    let well = json!({"registered": 1, "healthy": 1, "states": {"healthy": 1}, "reasons": {}});
    let half = json!({"registered": 2, "healthy": 1, "states": {"healthy": 1, "unhealthy": 1}, "reasons": reasons});
    assert_eq!(found["zones"], json!({"all": well, "eu-west-1b": well, "unknown": half}));
}

#[test]
fn a_target_group_outside_every_route_and_one_without_targets_are_told_apart() {
    let service = Service::blue_only("unused");
    let unused = look(&service, &service.green);
    assert_eq!((&unused["healthy"], &unused["states"]), (&json!(0), &json!({"unused": 2})));
    assert_eq!(unused["reasons"], json!({"Target.NotInUse": 2}));
    let empty = look(&service, &service.stage.world.target_group_of("empty", ProtocolEnum::Http, 0));
    assert_eq!((&empty["registered"], &empty["states"], &empty["zones"]), (&json!(0), &json!({}), &json!({})));
    assert_eq!(empty["summary"], "no registered target");
}

#[test]
fn a_precondition_holds_a_shift_to_it() {
    let service = Service::at("condition", 100, 0);
    let shift = service.shift(10).with(
        "lifecycle {\n    precondition {\n      condition = alltrue([for group in \
         data.eksmig_target_health.all.target_groups : group.healthy > 0])\n      error_message = join(\", \", [for name, \
         group in data.eksmig_target_health.all.target_groups : \"${name}: ${group.summary}\"])\n    }\n  }",
    );
    service.stage.world.set_health(&service.green, "unhealthy");
    write(&service, &[&service.blue.arn, &service.green.arn], &shift.to_string());
    let error = service.stage.workspace.apply().expect_failure();
    assert!(error.contains(&format!("{}: 0 of 2 healthy", service.green.name)), "{error}");
    assert_eq!(service.percent(), 0.0);
    service.stage.world.set_health(&service.green, "healthy");
    service.stage.workspace.apply().expect_success();
    assert_eq!(service.percent(), 10.0);
}

#[test]
fn what_cannot_be_told_is_an_error() {
    let service = Service::at("untold", 100, 0);
    let refuses = |arns: &[&str], wanted: &[&str]| {
        write(&service, arns, "");
        let error = service.stage.workspace.plan().expect_failure();
        assert!(wanted.iter().all(|words| error.contains(words)), "{wanted:?}: {error}");
    };
    let blue = service.blue.arn.as_str();
    let gone = format!("{}0000", &blue[..blue.len() - 4]);
    refuses(&[], &["target_group_arns"]);
    refuses(&[&service.listener], &["Invalid ARN", "listener"]);
    refuses(&[blue, &gone], &["Target group not found", &gone]);
    let emulator = service.stage.world.emulator();
    let text = provider(emulator, &service.stage.access_key, "us-east-1", "");
    service.stage.workspace.write("provider.tf", &text);
    refuses(&[blue], &["Object in another region", "us-east-1"]);
    service.stage.configure("");
    emulator.permit(&service.stage.access_key, &["elasticloadbalancing:DescribeTags".to_owned()].into());
    refuses(&[blue], &["AccessDenied", "DescribeTargetHealth"]);
}
