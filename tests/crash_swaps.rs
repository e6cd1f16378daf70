//! `eksmig_nlb_port_swap` killed before and after each of its writes, then run again: the same end, and nothing on the way
//! that must never happen.

use eksmig_tests::ledger::Side;
use eksmig_tests::matrix::{Act, Blow, Matrix};
use eksmig_tests::swap_scene::{Shape, SwapScene};

/// A swap waits a second and a half for others: most of the time nothing is to be done.
const AT_ONCE: usize = 12;

/// Kills the act at each of its writes, and says how many points that made.
#[track_caller]
fn killed(shape: Shape, act: Act) -> usize {
    let name = format!("{shape:?}");
    let set = || SwapScene::set(&format!("kill{}", &name.to_lowercase()[..4]), shape, &[10, 50]);
    Matrix { name: &name, set, act, blow: Blow::Kill, at_once: AT_ONCE }.play()
}

/// The points of each act of a shape, which are played side by side.
#[track_caller]
fn points(shape: Shape) -> [usize; 3] {
    std::thread::scope(|scope| {
        let acts = [Act::Create, Act::Update, Act::Destroy(Side::Blue)];
        acts.map(|act| scope.spawn(move || killed(shape, act))).map(|points| points.join().unwrap())
    })
}

#[test]
fn killed_at_each_write_of_a_ramp() {
    assert_eq!(points(Shape::Ramp), [12, 12, 6]);
}

#[test]
fn killed_at_each_write_of_a_ramp_that_a_destroy_finishes() {
    assert_eq!(killed(Shape::Ramp, Act::Destroy(Side::Green)), 6);
}

#[test]
fn killed_at_each_write_of_an_instant_swap() {
    assert_eq!(points(Shape::Instant), [6, 6, 6]);
}

#[test]
fn killed_at_each_write_of_a_stage_variable() {
    assert_eq!(points(Shape::Variable), [2, 2, 2]);
}

#[test]
fn killed_at_each_write_of_a_stage_variables_ramp() {
    assert_eq!(points(Shape::VariableRamp), [8, 8, 2]);
}

#[test]
fn killed_at_each_write_of_an_http_api() {
    assert_eq!(points(Shape::Http), [4, 4, 4]);
    assert_eq!(points(Shape::HttpAutomatic), [2, 2, 2]);
}

#[test]
fn stopped_at_each_write_of_a_ramp() {
    let set = || SwapScene::set("stopramp", Shape::Ramp, &[10, 50]);
    for act in [Act::Update, Act::Destroy(Side::Blue)] {
        Matrix { name: "Ramp", set, act, blow: Blow::Stop, at_once: 4 }.play();
    }
}
