//! The policy that a resource's page shows, beside the calls that the resource makes.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::calls::Call;
use eksmig_tests::docs::resource_page::actions;
use eksmig_tests::emulator::root;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::zone::Zone;

/// The IAM actions that calls need. Asking who one is needs none.
fn needed(calls: &[Call]) -> BTreeSet<String> {
    let calls = calls.iter().filter(|call| call.action != "GetCallerIdentity");
    let prefix = |service: &str| if service == "monitoring" { "cloudwatch".to_owned() } else { service.to_owned() };
    calls.map(|call| format!("{}:{}", prefix(&call.service), call.action)).collect()
}

/// The actions that a resource's policy allows.
fn allowed(resource: &str) -> BTreeSet<String> {
    let policy = std::fs::read_to_string(root().join(format!("examples/resources/{resource}/iam.json"))).unwrap();
    actions(&policy).unwrap().into_iter().collect()
}

#[test]
fn a_record_shift_calls_what_its_policy_allows_and_nothing_else() {
    let zone = Zone::at("policy", 100, 0);
    Alarms::of(&zone.stage.world).make("policy-records", StateValue::Ok);
    let gate = "gate = { alarm_names = [\"policy-records\"] }\n  on_destroy = \"blue\"";
    zone.settle(&zone.shift("[\"A\"]", 100.0, "", gate));
    zone.stage.workspace.destroy().expect_success();
    assert_eq!(zone.percent("A"), 0.0);
    assert_eq!(needed(&zone.stage.calls(0)), allowed("eksmig_route53_shift"));
}

#[test]
fn a_weighted_shift_calls_what_its_policy_allows_and_nothing_else() {
    let service = Service::at("policy", 100, 0);
    let alarms = Alarms::of(&service.stage.world);
    alarms.make(&service.green.name, StateValue::Ok);
    for (metric, count) in [("RequestCount", 1000.0), ("HTTPCode_Target_5XX_Count", 1.0)] {
        alarms.count(&service.balancer, &service.green.arn, metric, count);
    }
    let gate =
        format!("alarm_names = [\"{}\"]\n    error_rate = {{ max_percent = 5, window = \"5m\" }}", service.green.name);
    service.stage.configure("allowed_account_ids = [\"123456789012\"]");
    let shift = |green_weight: u8| {
        let routes = [service.rule.as_str(), service.listener.as_str()];
        Shift::new(&routes, &service.blue, &service.green, green_weight).ramp("[50]", "2s").gate(&gate)
    };
    service.stage.settle(&shift(0));
    service.stage.settle(&shift(100).with("on_destroy = \"blue\""));
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 0.0);
    assert_eq!(needed(&service.stage.calls(0)), allowed("eksmig_weighted_shift"));
}
