//! `eksmig_weighted_shift` on its way back: an undo, a roll-back and a shift back go only where someone can serve, and
//! over nobody else's change; and a failure to tidy up is no reason to go back at all.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::patience::until;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::world::{TargetGroup, forward};
use std::time::Duration;

/// A service whose rule and listener both have these weights. The listener is written first.
fn on_two_routes(name: &str, blue_weight: i32, green_weight: i32) -> Service {
    let service = Service::at(name, blue_weight, green_weight);
    let weights = [(&service.blue, blue_weight), (&service.green, green_weight)];
    service.stage.world.set_actions(&service.listener, vec![forward(&weights)]);
    service.stage.configure("max_retries = 2");
    service
}

/// The resource that moves both routes.
fn both(service: &Service, green_weight: u8) -> Shift {
    Shift::new(&[&service.rule, &service.listener], &service.blue, &service.green, green_weight)
        .gate("timeout = \"2s\"")
}

/// Green's percent of the listener now.
fn on_listener(service: &Service) -> f64 {
    service.stage.world.green_percent(&service.listener, &service.blue, &service.green)
}

/// Applies, lets something happen in the bake at a share, and returns the text of the errors.
#[track_caller]
fn disturbed(service: &Service, shift: &Shift, percent: f64, disturb: impl FnOnce()) -> String {
    service.stage.write(&[shift]);
    let running = service.stage.workspace.spawn_apply();
    service.wait_for_percent(percent);
    let baking = || {
        let calls = service.stage.calls(0);
        let mut after = calls.iter().rev().take_while(|call| !call.writes());
        after.any(|call| call.action == "DescribeTargetHealth").then_some(())
    };
    until(Duration::from_secs(60), "question of a gate in the bake", baking);
    disturb();
    running.wait().expect_failure()
}

#[track_caller]
fn assert_nobody_dead_was_raised(service: &Service) {
    let ledger = Ledger::of(&service.stage.calls(0), &service.blue.arn, &service.green.arn);
    assert_eq!(ledger.never(), [""; 0], "{:#?}", ledger.writes);
}

/// Fails the second write of a step while the side that it comes from is dead: the first is not taken back.
#[track_caller]
fn a_failed_write_is_left_as_it_is(service: &Service, from: u8, to: u8, dead: &TargetGroup) {
    let stage = &service.stage;
    stage.settle(&both(service, from));
    stage.world.set_health(dead, "unhealthy");
    stage.world.emulator().order(&Fault::unavailable(&stage.access_key, "ModifyRule").times(1000));
    let error = stage.fail(&both(service, to));
    assert!(error.contains(&format!("write the actions of {}", service.rule)), "what was tried: {error}");
    assert!(error.contains(&format!("not rolled back to {from}%")) && error.contains(&dead.name), "{error}");
    assert_eq!(stage.written(0, &service.listener, &service.blue, &service.green), [f64::from(to)]);
    assert_eq!((service.percent(), on_listener(service)), (from.into(), to.into()));
    let state = service.state();
    assert_eq!(state["status"], "held");
    assert_eq!(state["routes"][&service.listener]["share"], to);
    assert_eq!(state["routes"][&service.rule]["share"], from);
    assert_nobody_dead_was_raised(service);

    stage.world.emulator().calm(&stage.access_key);
    stage.settle(&both(service, to));
    assert_eq!((service.percent(), on_listener(service)), (to.into(), to.into()));
}

#[test]
fn a_failed_write_is_not_undone_towards_a_dead_blue() {
    let service = on_two_routes("deadblue", 100, 0);
    a_failed_write_is_left_as_it_is(&service, 0, 30, &service.blue);
}

#[test]
fn a_failed_write_on_the_way_back_is_not_undone_towards_a_dead_green() {
    let service = on_two_routes("deadgreen", 0, 100);
    a_failed_write_is_left_as_it_is(&service, 100, 0, &service.green);
}

/// A shift back from green in steps, which bakes long enough for a test to interfere.
fn slowly_back(service: &Service) -> Shift {
    service.shift(0).gate("").with("ramp = { steps = [50], interval = \"20s\", both_ways = true }")
}

#[test]
fn a_way_back_whose_blue_falls_ill_returns_to_green() {
    let service = Service::at("backill", 0, 100);
    let shift = slowly_back(&service);
    service.stage.settle(&shift.to(100));
    let error = disturbed(&service, &shift, 50.0, || service.stage.world.set_health(&service.blue, "unhealthy"));
    assert!(error.contains(&service.blue.name) && error.contains("rolled back from 50% to 100%"), "{error}");
    assert_eq!(service.written(0), [50.0, 100.0]);
    assert_eq!(service.state()["status"], "rolled_back");
    assert_nobody_dead_was_raised(&service);
}

#[test]
fn a_roll_back_restores_the_very_weights() {
    let service = Service::at("oddweights", 2, 1);
    let shift = service.shift(100).ramp("[50]", "20s").gate("");
    let error = disturbed(&service, &shift, 50.0, || service.stage.world.set_health(&service.green, "unhealthy"));
    assert!(error.contains("rolled back from 50% to 33.3%"), "{error}");
    let weights = service.stage.world.route(&service.rule).weights();
    assert_eq!((weights[&service.blue.arn], weights[&service.green.arn]), (2, 1));
}

#[test]
fn a_way_back_is_held_where_neither_side_can_serve() {
    let service = Service::at("backboth", 0, 100);
    let shift = slowly_back(&service);
    service.stage.settle(&shift.to(100));
    let error = disturbed(&service, &shift, 50.0, || {
        service.stage.world.set_health(&service.green, "unhealthy");
        service.stage.world.set_health(&service.blue, "unhealthy");
    });
    assert!(error.contains("held at 50%") && error.contains("not rolled back to 100%"), "{error}");
    assert!(error.contains(&service.blue.name) && error.contains(&service.green.name), "{error}");
    assert_eq!(service.written(0), [50.0]);
    assert_eq!(service.state()["observed_green_weight"], 50);
    assert_eq!(service.state()["status"], "held");
}

#[test]
fn nothing_goes_back_to_a_dead_blue_though_green_is_dead_too() {
    let service = Service::at("backdead", 0, 100);
    service.stage.settle(&service.shift(100));
    service.stage.world.set_health(&service.blue, "unhealthy");
    service.stage.world.set_health(&service.green, "unhealthy");
    let error = service.stage.fail(&service.shift(0).gate("timeout = \"2s\""));
    assert!(error.contains("held at 100%") && error.contains(&service.blue.name), "{error}");
    assert_eq!(service.percent(), 100.0);
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn a_roll_back_leaves_what_someone_else_set_meanwhile() {
    let service = Service::at("operator", 100, 0);
    let shift = service.shift(100).ramp("[10]", "20s").gate("");
    service.stage.settle(&shift.to(0));
    let error = disturbed(&service, &shift, 10.0, || {
        let weights = [(&service.blue, 60), (&service.green, 40)];
        service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
        service.stage.world.set_health(&service.green, "unhealthy");
    });
    let moved = format!("someone else changed it meanwhile: green's share of {} is 40%, not 10%", service.rule);
    assert!(error.contains(&moved), "{error}");
    assert!(error.contains("not rolled back to 0%") && error.contains("held at 40%"), "{error}");
    assert_eq!(service.written(0), [10.0]);
    assert_eq!(service.percent(), 40.0);
    let state = service.state();
    assert_eq!(state["observed_green_weight"], 40);
    assert_eq!(state["status"], "held");
}

#[test]
fn an_undo_leaves_what_someone_else_set_meanwhile() {
    let service = on_two_routes("operundo", 100, 0);
    let (stage, key, emulator) = (&service.stage, &service.stage.access_key, Emulator::shared());
    stage.settle(&both(&service, 0));
    emulator.order(&Fault::hold_after(key, "ModifyListener"));
    stage.write(&[&both(&service, 30)]);
    let running = stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "held write", || (!emulator.held(key).is_empty()).then_some(()));
    let weights = [(&service.blue, 60), (&service.green, 40)];
    stage.world.set_actions(&service.listener, vec![forward(&weights)]);
    emulator.order(&Fault::unavailable(key, "ModifyRule").times(1000));
    emulator.release(key);
    let error = running.wait().expect_failure();
    assert!(error.contains(&format!("green's share of {} is 40%, not 0%", service.listener)), "{error}");
    assert!(error.contains(&service.rule) && error.contains("not rolled back to 0%"), "{error}");
    assert_eq!(stage.written(0, &service.listener, &service.blue, &service.green), [30.0]);
    assert_eq!((service.percent(), on_listener(&service)), (0.0, 40.0));
    assert_eq!(service.state()["routes"][&service.listener]["share"], 40);
}

#[test]
fn a_write_that_fails_on_a_rule_is_undone_on_the_listener() {
    let service = on_two_routes("undolist", 100, 0);
    let stage = &service.stage;
    stage.world.emulator().order(&Fault::unavailable(&stage.access_key, "ModifyRule").times(2));
    let error = stage.fail(&both(&service, 30));
    assert!(error.contains(&service.rule), "the error names the route: {error}");
    assert_eq!(stage.written(0, &service.listener, &service.blue, &service.green), [30.0, 0.0]);
    assert_eq!(stage.written(0, &service.rule, &service.blue, &service.green), [0.0; 0]);
    assert_eq!((service.percent(), on_listener(&service)), (0.0, 0.0));
}

#[test]
fn a_write_that_fails_on_a_second_listener_is_undone_on_the_first() {
    let service = on_two_routes("undosecond", 100, 0);
    let (stage, blue, green) = (&service.stage, &service.blue, &service.green);
    let weights = [(blue, 100), (green, 0)];
    let other = stage.world.listener(&service.balancer, ProtocolEnum::Http, 81, vec![forward(&weights)]);
    // The first write goes through; both attempts at the second fail; what comes after goes through again.
    stage.world.emulator().order(&Fault::unavailable(&stage.access_key, "ModifyListener").after(1).times(2));
    let error = stage.fail(&Shift::new(&[&service.listener, &other], blue, green, 30));
    let mut routes = [&service.listener, &other];
    routes.sort();
    assert!(error.contains(&format!("write the default actions of {}", routes[1])), "{error}");
    assert_eq!(stage.written(0, routes[0], blue, green), [30.0, 0.0]);
    assert_eq!(stage.written(0, routes[1], blue, green), [0.0; 0]);
    for route in routes {
        assert_eq!(stage.world.green_percent(route, blue, green), 0.0);
    }
}

#[test]
fn a_tidy_up_that_fails_moves_no_traffic_and_is_made_up_for() {
    let service = Service::at("tidyup", 100, 0);
    let stage = &service.stage;
    stage.configure("max_retries = 2");
    let shift = service.shift(100).with("drop_idle_target_group = true");
    stage.settle(&service.shift(0));
    stage.world.emulator().order(&Fault::unavailable(&stage.access_key, "ModifyRule").after(1).times(1000));
    let error = stage.fail(&shift);
    assert!(error.contains("held at 100%") && error.contains(&service.rule), "{error}");
    assert_eq!(service.written(0), [100.0], "no traffic moves for it");
    assert_eq!(stage.world.route(&service.rule).weights()[&service.blue.arn], 0);
    let state = service.state();
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&"held".into(), &100.into()));

    stage.world.emulator().calm(&stage.access_key);
    stage.settle(&shift);
    let weights = stage.world.route(&service.rule).weights();
    assert_eq!(weights.keys().collect::<Vec<_>>(), [&service.green.arn]);
    assert_eq!(service.state()["status"], "settled");
}
