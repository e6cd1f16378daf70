//! `eksmig_route53_shift` killed before and after each of its change batches, then run again: the same end, and nothing on
//! the way that must never happen.

use eksmig_tests::ledger::Side;
use eksmig_tests::matrix::{Act, Blow, Matrix};
use eksmig_tests::record_scene::{RecordScene, Shape};

/// A batch waits a second for those of others, and its change is asked for: most of the time nothing is to be done.
const AT_ONCE: usize = 10;

/// Kills the act at each of its batches, and says how many points that made.
#[track_caller]
fn killed(shape: Shape, act: Act) -> usize {
    let name = format!("{shape:?}");
    let set = || RecordScene::set(&format!("kill{name}")[..8].to_lowercase(), shape, &[10, 50]);
    Matrix { name: &name, set, act, blow: Blow::Kill, at_once: AT_ONCE }.play()
}

#[test]
fn killed_at_each_batch_of_two_types() {
    let points = [Act::Create, Act::Update, Act::Destroy(Side::Blue), Act::Destroy(Side::Green)]
        .map(|act| killed(Shape::Pairs, act));
    assert_eq!(points, [6, 6, 2, 4]);
}

#[test]
fn killed_at_each_batch_from_a_simple_record_to_a_simple_record() {
    let points = [Act::Create, Act::Update, Act::Destroy(Side::Blue), Act::Destroy(Side::Green)]
        .map(|act| killed(Shape::Simple, act));
    assert_eq!(points, [10, 10, 4, 6]);
}

#[test]
fn killed_at_each_batch_beside_a_stranger() {
    assert_eq!(killed(Shape::BesideStranger, Act::Update), 6);
}

#[test]
fn stopped_at_each_batch() {
    let set = || RecordScene::set("stoprec", Shape::Pairs, &[10, 50]);
    for act in [Act::Create, Act::Destroy(Side::Blue)] {
        Matrix { name: "Pairs", set, act, blow: Blow::Stop, at_once: 1 }.play();
    }
}
