//! Gates of `eksmig_weighted_shift`: what keeps a share from rising, and what brings it back.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::patience::until;
use eksmig_tests::probe_server::ProbeServer;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use std::time::Duration;

/// A shift to 100 % over 10 % that bakes long enough for a test to interfere.
fn slow(service: &Service) -> Shift {
    service.shift(100).ramp("[10]", "20s")
}

/// Applies, lets something happen at 10 %, and returns the text of the errors.
#[track_caller]
fn disturbed_at_ten(service: &Service, shift: &Shift, disturb: impl FnOnce()) -> String {
    service.stage.write(&[shift]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(10.0);
    disturb();
    running.wait().expect_failure()
}

/// Whether a text has this number of percent in it, and not as the end of a longer number.
fn says_percent(text: &str, number: &str) -> bool {
    let whole = |at: usize| !text[..at].ends_with(|before: char| before.is_ascii_digit() || before == '.');
    [format!("{number}%"), format!("{number} %")]
        .iter()
        .any(|wanted| text.match_indices(wanted).any(|(at, _)| whole(at)))
}

#[track_caller]
fn assert_rolled_back(service: &Service, error: &str) {
    assert!(says_percent(error, "10") && says_percent(error, "0"), "from where to where: {error}");
    assert_eq!(service.percent(), 0.0);
    assert_eq!(service.written(0).last(), Some(&0.0));
}

#[test]
fn nothing_rises_for_a_green_without_healthy_targets() {
    let service = Service::blue_only("sick");
    service.stage.world.set_health(&service.green, "unhealthy");
    let shift = service.shift(30).gate("timeout = \"3s\"");
    let error = service.stage.fail(&shift);
    assert!(error.contains(&service.green.name), "{error}");
    assert!(error.contains("unhealthy") && error.contains("Target.FailedHealthChecks"), "{error}");
    assert!(service.written(0).iter().all(|percent| *percent == 0.0));
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn a_plan_warns_of_a_green_without_healthy_targets() {
    let service = Service::at("sickplan", 100, 0);
    service.stage.world.set_health(&service.green, "unhealthy");
    service.stage.write(&[&service.shift(30)]);
    let warnings = service.stage.workspace.plan().expect_changes().warnings();
    assert!(warnings.contains(&service.green.name), "{warnings}");
}

#[test]
fn a_green_without_any_target_is_as_bad_as_one_without_healthy_targets() {
    use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
    let mut service = Service::at("empty", 100, 0);
    service.green = service.stage.world.target_group_of("none", ProtocolEnum::Http, 0);
    let error = service.stage.fail(&service.shift(30).gate("timeout = \"2s\""));
    assert!(error.contains(&service.green.name), "{error}");
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn a_green_that_is_still_starting_is_waited_for() {
    let service = Service::blue_only("starting");
    service.stage.world.emulator().set_health_for(&service.green.arn, "initial", 3, "healthy");
    service.stage.settle(&service.shift(30).gate("timeout = \"60s\""));
    assert_eq!(service.written(0), [0.0, 30.0]);
}

#[test]
fn a_green_that_falls_ill_in_a_bake_is_rolled_back() {
    let service = Service::at("ill", 100, 0);
    let shift = slow(&service).gate("");
    let error = disturbed_at_ten(&service, &shift, || service.stage.world.set_health(&service.green, "unhealthy"));
    assert!(error.contains(&service.green.name) || error.contains(&service.green.arn), "{error}");
    assert_rolled_back(&service, &error);
}

#[test]
fn a_green_that_falls_ill_in_an_updates_bake_is_rolled_back_and_the_state_says_so() {
    let service = Service::at("illupdate", 100, 0);
    let shift = slow(&service).gate("");
    service.stage.settle(&shift.to(0));
    let error = disturbed_at_ten(&service, &shift, || service.stage.world.set_health(&service.green, "unhealthy"));
    assert_rolled_back(&service, &error);
    let state = service.state();
    assert_eq!(state["observed_green_weight"], 0);
    assert_eq!(state["status"], "rolled_back");
}

#[test]
fn a_failing_green_is_held_where_asked() {
    let service = Service::at("hold", 100, 0);
    let shift = slow(&service).gate("").with("on_failure = \"hold\"");
    service.stage.settle(&shift.to(0));
    let error = disturbed_at_ten(&service, &shift, || service.stage.world.set_health(&service.green, "unhealthy"));
    assert!(says_percent(&error, "10"), "{error}");
    assert_eq!(service.percent(), 10.0);
    let state = service.state();
    assert_eq!(state["observed_green_weight"], 10);
    assert_eq!(state["status"], "held");
    service.assert_no_destroy_planned();

    service.stage.world.set_health(&service.green, "healthy");
    let since = service.stage.mark();
    service.stage.settle(&service.shift(100).ramp("[10]", "1s").with("on_failure = \"hold\""));
    assert_eq!(service.written(since), [100.0], "it goes on from where it held");
}

#[test]
fn a_create_that_failed_is_not_destroyed_through_blue() {
    let service = Service::at("unfinished", 100, 0);
    let shift = slow(&service).gate("").with("on_failure = \"hold\"").with("on_destroy = \"blue\"");
    disturbed_at_ten(&service, &shift, || service.stage.world.set_health(&service.green, "unhealthy"));
    assert_eq!(service.percent(), 10.0);
    service.stage.world.set_health(&service.green, "healthy");
    let since = service.stage.mark();
    let again = service.shift(100).ramp("[10, 50]", "1s").with("on_destroy = \"blue\"");
    service.stage.settle(&again);
    assert_eq!(service.written(since), [50.0, 100.0]);
    assert_eq!(service.state()["status"], "settled");
}

#[test]
fn traffic_is_held_where_blue_is_down_as_well() {
    let service = Service::at("bothdown", 100, 0);
    let shift = slow(&service).gate("");
    let error = disturbed_at_ten(&service, &shift, || {
        service.stage.world.set_health(&service.blue, "unhealthy");
        service.stage.world.set_health(&service.green, "unhealthy");
    });
    assert!(error.contains(&service.blue.name) || error.contains(&service.blue.arn), "{error}");
    assert_eq!(service.percent(), 10.0);
}

#[test]
fn an_alarm_that_goes_off_in_a_bake_rolls_back() {
    let service = Service::at("alarm", 100, 0);
    let alarms = Alarms::of(&service.stage.world);
    let name = format!("{}-5xx", service.stage.world.name());
    alarms.make(&name, StateValue::Ok);
    let shift = slow(&service).gate(&format!("alarm_names = [\"{name}\"]"));
    let error = disturbed_at_ten(&service, &shift, || alarms.set(&name, StateValue::Alarm));
    assert!(error.contains(&name), "{error}");
    assert_rolled_back(&service, &error);
}

#[test]
fn a_composite_alarm_that_goes_off_in_a_bake_rolls_back() {
    let service = Service::at("composite", 100, 0);
    let alarms = Alarms::of(&service.stage.world);
    let name = format!("{}-all", service.stage.world.name());
    alarms.make_composite(&name, "FALSE", StateValue::Ok);
    let shift = slow(&service).gate(&format!("alarm_names = [\"{name}\"]"));
    let error = disturbed_at_ten(&service, &shift, || alarms.set(&name, StateValue::Alarm));
    assert!(error.contains(&name), "{error}");
    assert_rolled_back(&service, &error);
}

#[test]
fn nothing_rises_under_an_alarm() {
    let service = Service::at("alarmed", 100, 0);
    let name = format!("{}-5xx", service.stage.world.name());
    Alarms::of(&service.stage.world).make(&name, StateValue::Alarm);
    let error = service.stage.fail(&service.shift(30).gate(&format!("alarm_names = [\"{name}\"]\n timeout = \"2s\"")));
    assert!(error.contains(&name), "{error}");
    assert!(service.written(0).iter().all(|percent| *percent == 0.0));
}

#[test]
fn a_probe_that_fails_in_a_bake_rolls_back() {
    let service = Service::at("probe", 100, 0);
    let server = ProbeServer::start();
    let probe = format!(
        "http_probe = {{ url = \"{}\", host = \"orders.example.com\", headers = {{ \"X-Probe\" = \"eksmig\" }} }}",
        server.url()
    );
    let shift = slow(&service).gate(&probe);
    let error = disturbed_at_ten(&service, &shift, || server.answer_with(503));
    assert!(error.contains("503") && error.contains(&server.url()), "{error}");
    assert_rolled_back(&service, &error);
    let head = server.last_request().join("\n").to_lowercase();
    assert!(head.contains("host: orders.example.com") && head.contains("x-probe: eksmig"), "{head}");
}

#[test]
fn a_single_failing_probe_is_forgiven_where_the_threshold_says_so() {
    let service = Service::at("forgive", 100, 0);
    let server = ProbeServer::start();
    let gate = format!("http_probe = {{ url = \"{}\" }}\n failure_threshold = 5", server.url());
    let shift = service.shift(100).ramp("[10]", "5s").gate(&gate);
    service.stage.write(&[&shift]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(10.0);
    let asked = server.asked();
    server.answer_with(500);
    until(Duration::from_secs(30), "failing probe", || (server.asked() > asked).then_some(()));
    server.answer_with(200);
    running.wait().expect_success();
    assert_eq!(service.percent(), 100.0);
}

#[test]
fn too_few_healthy_targets_are_too_few() {
    let service = Service::at("toofew", 100, 0);
    service.stage.world.emulator().set_health(&service.green.arn, Some("10.0.0.2"), "unhealthy");
    let error = service.stage.fail(&service.shift(30).gate("min_healthy_targets = 2\n timeout = \"2s\""));
    assert!(error.contains(&service.green.name), "{error}");
    let error = service.stage.fail(&service.shift(30).gate("min_healthy_percent = 60\n timeout = \"2s\""));
    assert!(error.contains(&service.green.name), "{error}");
    service.stage.settle(&service.shift(30).gate("min_healthy_percent = 50"));
    assert_eq!(service.percent(), 30.0);
}

#[test]
fn the_way_back_asks_blue_alone() {
    let service = Service::at("wayback", 0, 100);
    service.stage.settle(&service.shift(100));
    service.stage.world.set_health(&service.green, "unhealthy");
    service.stage.settle(&service.shift(0));
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn the_way_back_needs_a_healthy_blue() {
    let service = Service::at("sickblue", 0, 100);
    service.stage.settle(&service.shift(100));
    service.stage.world.set_health(&service.blue, "unhealthy");
    let error = service.stage.fail(&service.shift(0).gate("timeout = \"2s\""));
    assert!(error.contains(&service.blue.name), "{error}");
    assert_eq!(service.percent(), 100.0);
}

#[test]
fn too_many_errors_of_green_keep_its_share_down() {
    let service = Service::at("errors", 90, 10);
    let alarms = Alarms::of(&service.stage.world);
    alarms.count(&service.balancer, &service.green.arn, "RequestCount", 200.0);
    alarms.count(&service.balancer, &service.green.arn, "HTTPCode_Target_5XX_Count", 50.0);
    let gate = "error_rate = { max_percent = 1.0, min_requests = 100, window = \"5m\" }\n timeout = \"3s\"";
    let error = service.stage.fail(&service.shift(50).gate(gate));
    assert!(error.contains("25"), "50 of 200 requests are 25 %: {error}");
    assert_eq!(service.percent(), 10.0);
}

#[test]
fn few_errors_of_green_let_its_share_rise() {
    let service = Service::at("fewerrors", 90, 10);
    let alarms = Alarms::of(&service.stage.world);
    alarms.count(&service.balancer, &service.green.arn, "RequestCount", 2000.0);
    alarms.count(&service.balancer, &service.green.arn, "HTTPCode_Target_5XX_Count", 2.0);
    let gate = "error_rate = { max_percent = 1.0, min_requests = 100, window = \"5m\" }\n timeout = \"30s\"";
    service.stage.settle(&service.shift(50).gate(gate));
    assert_eq!(service.percent(), 50.0);
}
