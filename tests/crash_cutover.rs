//! `eksmig_target_cutover` struck before and after each of its writes, then run again: the same end, and nothing on the
//! way that must never happen.

use eksmig_tests::ledger::Side;
use eksmig_tests::matrix::{Act, Blow, Matrix};
use eksmig_tests::node_scene::{NodeScene, Shape};

/// Scenes of one act that are played at a time. A side that joins or leaves is looked at again after two seconds: most of
/// the time nothing is to be done. After a stop, half a second is left in which to read what is there: fewer, then.
fn at_once(blow: Blow) -> usize {
    match blow {
        Blow::Kill => 6,
        Blow::Stop => 2,
    }
}

/// Strikes the acts of a shape, side by side, at each of their writes, and says how many points each made.
#[track_caller]
fn points(name: &str, shape: Shape, blow: Blow) -> [usize; 4] {
    let set = || NodeScene::set(name, shape, true);
    let acts = [Act::Create, Act::Update, Act::Destroy(Side::Blue), Act::Destroy(Side::Green)];
    std::thread::scope(|scope| {
        let play = |act| scope.spawn(move || Matrix { name, set, act, blow, at_once: at_once(blow) }.play());
        acts.map(play).map(|points| points.join().unwrap())
    })
}

#[test]
fn stopped_at_each_write_of_targets() {
    assert_eq!(points("stopnamed", Shape::Targets, Blow::Stop), [6, 6, 2, 4]);
}

#[test]
fn stopped_at_each_write_of_auto_scaling_groups() {
    assert_eq!(points("stopscaled", Shape::ScalingGroups, Blow::Stop), [12, 12, 6, 10]);
}

#[test]
fn killed_at_each_write_of_targets() {
    assert_eq!(points("killnamed", Shape::Targets, Blow::Kill), [6, 6, 2, 4]);
}

#[test]
fn killed_at_each_write_of_auto_scaling_groups() {
    assert_eq!(points("killscaled", Shape::ScalingGroups, Blow::Kill), [12, 12, 6, 10]);
}
