//! `eksmig_weighted_shift` killed, and stopped, before and after each of its writes, then run again: the same end, and
//! nothing on the way that must never happen.

use std::time::Duration;

use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::ledger::Side;
use eksmig_tests::matrix::{Act, Blow, Matrix};
use eksmig_tests::patience::until;
use eksmig_tests::route_scene::{RouteScene, Shape};
use eksmig_tests::scene::Scene;
use eksmig_tests::service::Service;
use eksmig_tests::understudy::{Ended, Understudy};

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

fn set(shape: Shape) -> RouteScene {
    let name = format!("{shape:?}").to_lowercase();
    RouteScene::set(&name[..name.len().min(8)], shape, &[10, 50])
}

/// Strikes a shape's act at each of its writes, and says how many points that made.
#[track_caller]
fn matrix(shape: Shape, act: Act, blow: Blow) -> usize {
    Matrix { name: &format!("{shape:?}"), set: || set(shape), act, blow, at_once: 1 }.play()
}

/// All acts of one shape.
#[track_caller]
fn killed(shape: Shape, at_least: usize) {
    let acts = [Act::Create, Act::Update, Act::Destroy(Side::Blue), Act::Destroy(Side::Green)];
    let points: usize = acts.iter().map(|act| matrix(shape, *act, Blow::Kill)).sum();
    println!("{shape:?}: {points} points");
    assert!(points >= at_least, "{points} points");
}

#[test]
fn killed_at_each_write_of_a_rule() {
    killed(Shape::Rule, 18);
}

#[test]
fn killed_at_each_write_of_a_rule_and_a_listener() {
    killed(Shape::RuleAndListener, 38);
}

#[test]
fn killed_at_each_write_beside_a_stranger() {
    killed(Shape::BesideStranger, 18);
}

#[test]
fn killed_at_each_write_of_a_route_that_drops_its_idle_side() {
    killed(Shape::DropsIdle, 26);
}

#[test]
fn killed_at_each_write_while_green_becomes_healthy() {
    matrix(Shape::GreenStarting, Act::Create, Blow::Kill);
}

#[test]
fn stopped_at_each_write() {
    matrix(Shape::Rule, Act::Create, Blow::Stop);
    matrix(Shape::Rule, Act::Update, Blow::Stop);
    matrix(Shape::Rule, Act::Destroy(Side::Blue), Blow::Stop);
}

#[test]
fn killed_in_an_update_and_then_destroyed_it_ends_on_the_side_asked_for() {
    for side in [Side::Blue, Side::Green] {
        let scene = set(Shape::Rule);
        let (emulator, key) = (Emulator::shared(), &scene.service.stage.access_key);
        let mut terraform = Understudy::of("eksmig_weighted_shift");
        let destroy = Act::Destroy(side);
        destroy.prepare(&scene, &mut terraform);
        emulator.order(&Fault::hold_after(key, "Modify*"));
        let providers = scene.providers();
        let config = scene.config(80, side);
        std::thread::scope(|scope| {
            let run = scope.spawn(|| terraform.apply(&providers, &config));
            until(LIMIT, "held write", || (!emulator.held(key).is_empty()).then_some(()));
            providers.kill();
            assert!(matches!(run.join().unwrap(), Ended::Lost));
        });
        destroy.perform(&scene, &mut terraform, &scene.providers()).expect_success("destroy after a killed update");
        assert_eq!(scene.service.percent(), if side == Side::Blue { 0.0 } else { 100.0 }, "{side:?}");
    }
}

/// Kills the provider under the real terraform, at the n-th write.
#[track_caller]
fn killed_under_terraform(service: &Service, fault: Fault, command: &[&str]) {
    let (emulator, key) = (Emulator::shared(), &service.stage.access_key);
    emulator.order(&fault);
    let running = service.stage.workspace.spawn(command);
    until(LIMIT, "held write", || (!emulator.held(key).is_empty()).then_some(()));
    running.kill_provider();
    assert_eq!(running.wait().code, Some(1));
    until(LIMIT, "end of the held write", || emulator.held(key).is_empty().then_some(()));
}

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];
const DESTROY: [&str; 4] = ["destroy", "-json", "-input=false", "-auto-approve"];

#[test]
fn killed_under_the_real_terraform_on_create_and_update() {
    let service = Service::at("realcreate", 100, 0);
    let (stage, key) = (&service.stage, &service.stage.access_key);
    let shift = service.shift(100).ramp("[10, 50]", "0s");
    stage.write(&[&shift]);
    killed_under_terraform(&service, Fault::hold_before(key, "Modify*").after(1), &APPLY);
    assert_eq!(service.percent(), 10.0);
    assert_eq!(stage.workspace.resource(&shift.address()), None, "of a create nothing is kept");
    stage.settle(&shift.to(50));
    stage.write(&[&shift]);
    killed_under_terraform(&service, Fault::hold_after(key, "Modify*"), &APPLY);
    assert_eq!(service.percent(), 100.0);
    assert_eq!(service.state()["observed_green_weight"], 50, "of an update the state before it is kept");
    stage.settle(&shift);
    assert_eq!(service.percent(), 100.0);
    assert_eq!(service.written(0), [0.0, 10.0, 50.0, 100.0][1..]);
}

#[test]
fn killed_under_the_real_terraform_on_destroy() {
    let service = Service::at("realdestr", 100, 0);
    let (stage, key) = (&service.stage, &service.stage.access_key);
    let shift = service.shift(50).with("on_destroy = \"blue\"");
    stage.settle(&shift);
    for (fault, percent) in [(Fault::hold_before(key, "Modify*"), 50.0), (Fault::hold_after(key, "Modify*"), 0.0)] {
        killed_under_terraform(&service, fault, &DESTROY);
        assert_eq!(service.percent(), percent);
        assert!(stage.workspace.resource(&shift.address()).is_some(), "of a destroy the state before it is kept");
    }
    stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 0.0);
    assert_eq!(stage.workspace.resource(&shift.address()), None);
}
