//! `eksmig_weighted_shift` interrupted, and killed, in the middle: the state has the truth, and the next run goes on.

use std::time::Duration;

use eksmig_tests::faults::Fault;
use eksmig_tests::patience::until;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::terraform::Run;
use eksmig_tests::world::forward;

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// A shift to 100 % that would stay at 10 % far longer than any test waits.
fn slow(service: &Service) -> Shift {
    service.shift(100).ramp("[10, 50]", "10m")
}

/// The same shift with no time lost.
fn quick(service: &Service) -> Shift {
    service.shift(100).ramp("[10, 50]", "1s")
}

/// Starts an apply, and Ctrl-C at 10 %.
#[track_caller]
fn interrupted_at_ten(service: &Service) -> Run {
    service.stage.write(&[&slow(service)]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(10.0);
    running.interrupt();
    running.wait_for(Duration::from_secs(5))
}

/// Starts an apply, and kills the provider at 10 %.
#[track_caller]
fn killed_at_ten(service: &Service) -> Run {
    service.stage.write(&[&slow(service)]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(10.0);
    running.kill_provider();
    running.wait_for(Duration::from_secs(30))
}

/// Goes on after a stop, and checks that the share never falls on the way.
#[track_caller]
fn goes_on_upwards(service: &Service) {
    service.stage.settle(&quick(service));
    assert_eq!(service.percent(), 100.0);
    let written: Vec<f64> = service.written(0).into_iter().filter(|percent| *percent > 0.0).collect();
    assert!(written.is_sorted(), "the share fell on the way: {written:?}");
    assert_eq!(written.last(), Some(&100.0));
    assert_eq!(service.state()["status"], "settled");
}

#[track_caller]
fn says_where_it_holds(run: Run) {
    let error = run.expect_failure();
    assert!(error.contains("10%") || error.contains("10 %"), "it says at which share it holds: {error}");
}

#[test]
fn ctrl_c_at_ten_percent_of_a_create() {
    let service = Service::at("ctrlcreate", 100, 0);
    interrupted_at_ten(&service);
    assert_eq!(service.percent(), 10.0);
    if let Some(resource) = service.stage.workspace.resource("eksmig_weighted_shift.service") {
        assert_eq!(resource["values"]["observed_green_weight"], 10);
    }
    service.stage.write(&[&quick(&service)]);
    service.assert_no_destroy_planned();
    goes_on_upwards(&service);
}

#[test]
fn ctrl_c_at_ten_percent_of_an_update() {
    let service = Service::at("ctrlupdate", 100, 0);
    service.stage.settle(&slow(&service).to(0));
    says_where_it_holds(interrupted_at_ten(&service));
    assert_eq!(service.percent(), 10.0);
    let state = service.state();
    assert_eq!(state["observed_green_weight"], 10);
    assert_eq!(state["status"], "held");
    service.stage.write(&[&quick(&service)]);
    service.assert_no_destroy_planned();
    let change = service.stage.workspace.change("eksmig_weighted_shift.service");
    assert_eq!(change["actions"], serde_json::json!(["update"]));
    goes_on_upwards(&service);
}

#[test]
fn ctrl_c_while_a_gate_is_waited_for() {
    let service = Service::at("ctrlgate", 100, 0);
    service.stage.world.set_health(&service.green, "unhealthy");
    service.stage.write(&[&slow(&service).gate("timeout = \"1h\"")]);
    let running = service.stage.workspace.spawn_apply();
    let asking = || service.stage.calls(0).iter().any(|call| call.action == "DescribeTargetHealth");
    until(LIMIT, "question about health", || asking().then_some(()));
    running.interrupt();
    assert_ne!(running.wait_for(Duration::from_secs(5)).code, Some(0));
    assert_eq!(service.percent(), 0.0);
    service.stage.world.set_health(&service.green, "healthy");
    service.stage.write(&[&quick(&service)]);
    service.assert_no_destroy_planned();
}

#[test]
fn the_provider_killed_at_ten_percent_of_a_create() {
    let service = Service::at("killcreate", 100, 0);
    assert_eq!(killed_at_ten(&service).code, Some(1));
    assert_eq!(service.percent(), 10.0);
    service.stage.write(&[&quick(&service)]);
    service.assert_no_destroy_planned();
    goes_on_upwards(&service);
}

#[test]
fn the_provider_killed_at_ten_percent_of_an_update() {
    let service = Service::at("killupdate", 100, 0);
    service.stage.settle(&slow(&service).to(0));
    assert_eq!(killed_at_ten(&service).code, Some(1));
    assert_eq!(service.percent(), 10.0);
    service.stage.write(&[&quick(&service)]);
    service.assert_no_destroy_planned();
    goes_on_upwards(&service);
}

#[test]
fn the_provider_killed_between_two_routes() {
    let service = Service::at("killtwo", 100, 0);
    let (stage, blue, green) = (&service.stage, &service.blue, &service.green);
    stage.world.set_actions(&service.listener, vec![forward(&[(blue, 100), (green, 0)])]);
    let shift = Shift::new(&[&service.rule, &service.listener], blue, green, 100).ramp("[10, 50]", "1s");
    stage.write(&[&shift]);
    // Whichever route is written second, the first has been written by then.
    for action in ["ModifyRule", "ModifyListener"] {
        stage.world.emulator().order(&Fault::delay(&stage.access_key, action, 3_000).after(1));
    }
    let running = stage.workspace.spawn_apply();
    let begun = || stage.writes(0).len() >= 3;
    until(LIMIT, "second step", || begun().then_some(()));
    running.kill_provider();
    running.wait_for(Duration::from_secs(30));
    stage.settle(&shift);
    for route in [&service.rule, &service.listener] {
        let written = stage.written(0, route, blue, green);
        assert!(written.is_sorted(), "the share of {route} fell on the way: {written:?}");
        assert_eq!(stage.world.green_percent(route, blue, green), 100.0);
    }
}
