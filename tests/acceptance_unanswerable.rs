//! Gates of `eksmig_weighted_shift` that will never be able to tell: no repetition mends that, so nobody waits for it.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::patience::until;
use eksmig_tests::service::Service;

/// How long the gates may be waited for: far longer than a test may take.
const TIMEOUT: &str = "timeout = \"1h\"";

/// All that a shift needs but one action.
fn permit_all_but(service: &Service, action: &str) {
    let needed =
        ["DescribeListeners", "DescribeRules", "DescribeTags", "DescribeTargetHealth", "ModifyListener", "ModifyRule"];
    let needed = needed.map(|action| format!("elasticloadbalancing:{action}"));
    let gates = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"].map(str::to_owned);
    let permitted: BTreeSet<String> = needed.into_iter().chain(gates).filter(|permitted| permitted != action).collect();
    Emulator::shared().permit(&service.stage.access_key, &permitted);
}

/// Applies under this gate without the permission that it needs.
#[track_caller]
fn denied(name: &str, action: &str, gate: &str) {
    let service = Service::at(name, 90, 10);
    permit_all_but(&service, action);
    let error = service.stage.fail(&service.shift(50).gate(&format!("{gate}\n    {TIMEOUT}")));
    assert!(error.contains("AccessDenied") && error.contains(action), "{error}");
    assert!(error.contains("a gate failed") && error.contains("at 10%"), "{error}");
    assert_eq!(service.percent(), 10.0);
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn health_that_may_not_be_read() {
    denied("nohealth", "elasticloadbalancing:DescribeTargetHealth", "");
}

#[test]
fn alarms_that_may_not_be_read() {
    denied("noalarms", "cloudwatch:DescribeAlarms", "alarm_names = [\"orders-5xx\"]");
}

#[test]
fn metrics_that_may_not_be_read() {
    denied("nometrics", "cloudwatch:GetMetricData", "error_rate = { max_percent = 1.0 }");
}

#[test]
fn an_alarm_that_does_not_exist() {
    let service = Service::at("nosuchalrm", 100, 0);
    let error =
        service.stage.fail(&service.shift(30).gate(&format!("alarm_names = [\"no-such-alarm\"]\n    {TIMEOUT}")));
    assert!(error.contains("\"no-such-alarm\" does not exist"), "{error}");
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn a_target_group_that_is_deleted_while_its_health_is_waited_for() {
    let service = Service::at("tggone", 100, 0);
    service.stage.world.set_health(&service.green, "unhealthy");
    service.stage.write(&[&service.shift(30).gate(TIMEOUT)]);
    let running = service.stage.workspace.spawn_apply();
    // Once for the plan, once for the plan inside the apply, and then the gate's.
    let asked = || service.stage.calls(0).iter().filter(|call| call.action == "DescribeTargetHealth").count();
    until(Duration::from_secs(60), "third question about health", || (asked() > 2).then_some(()));
    service.stage.world.set_actions(&service.rule, vec![eksmig_tests::world::forward(&[(&service.blue, 1)])]);
    let deleted = service.stage.world.client().delete_target_group().target_group_arn(&service.green.arn);
    eksmig_tests::blocking::wait(deleted.send()).unwrap();
    let error = running.wait().expect_failure();
    assert!(error.contains(&service.green.arn) && error.contains("does not exist"), "{error}");
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn a_permission_that_is_taken_away_in_a_bake_takes_the_share_back() {
    let service = Service::at("takenaway", 100, 0);
    let name = format!("{}-5xx", service.stage.world.name());
    Alarms::of(&service.stage.world).make(&name, StateValue::Ok);
    let gate = format!("alarm_names = [\"{name}\"]\n    {TIMEOUT}");
    service.stage.write(&[&service.shift(100).ramp("[10]", "10m").gate(&gate)]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(10.0);
    permit_all_but(&service, "cloudwatch:DescribeAlarms");
    let error = running.wait().expect_failure();
    assert!(error.contains("cloudwatch:DescribeAlarms") && error.contains("rolled back from 10% to 0%"), "{error}");
    assert_eq!(service.written(0), [10.0, 0.0]);
}
