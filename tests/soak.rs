//! Many applies through a bad day at AWS: throttling, errors, lost replies, and Stop in between. All end right, and
//! nothing is written for nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::bad_day::{self, Lane, RUNS, SEED, WAY, drawn, judge};
use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Chances;
use eksmig_tests::record_scene::{RecordScene, Shape};
use eksmig_tests::route_scene::{self, RouteScene};
use eksmig_tests::scene::Scene;

/// Services that are moved at the same time.
const LANES: usize = 20;
/// Names whose records are moved at the same time.
const NAMES: usize = 8;
/// The shares on the way up.
const STEPS: [u8; 2] = [20, 60];

/// Every other service has two routes.
fn routes(number: usize) -> RouteScene {
    let shape = if number.is_multiple_of(2) { route_scene::Shape::RuleAndListener } else { route_scene::Shape::Rule };
    RouteScene::set(&format!("soak{number}"), shape, &STEPS)
}

/// Every other name has two types.
fn records(number: usize) -> RecordScene {
    let shape = if number.is_multiple_of(2) { Shape::Pairs } else { Shape::BesideStranger };
    RecordScene::set(&format!("soakrec{number}"), shape, &STEPS)
}

/// One run to its end.
fn whole<S: Scene>(lane: &mut Lane<S>, _: usize, target: Option<u8>, when: &str) {
    let providers = lane.scene.providers();
    lane.run(target, &providers).expect_success(when);
}

#[test]
fn a_hundred_applies_through_a_bad_day_all_end_right() {
    judge(&bad_day::soak(LANES, &WAY, routes, whole));
}

#[test]
fn forty_applies_to_records_through_a_bad_day_all_end_right() {
    let lanes = bad_day::soak(NAMES, &WAY, records, whole);
    judge(&lanes);
    let lost = lanes.iter().flat_map(|lane| lane.scene.zone.batches()).filter(Call::reply_was_lost).count();
    println!("{} applies; {lost} batches whose reply was lost", NAMES * RUNS);
    assert!(lost > 0, "no batch's reply was lost, so nothing was shown of those");
}

#[test]
fn a_bad_day_with_stops_leaves_the_truth_behind() {
    let stops = AtomicUsize::new(0);
    let lanes = bad_day::soak(LANES, &WAY, routes, |lane, turn, target, when| {
        let moment = drawn((lane.number, turn), 24) as usize + 1;
        if lane.stopped(target, moment, &format!("{when}, stopped at call {moment}")) {
            stops.fetch_add(1, Ordering::SeqCst);
        }
        whole(lane, turn, target, when);
    });
    judge(&lanes);
    let unread: usize = lanes.iter().map(|lane| lane.unread).sum();
    println!("{unread} of {stops:?} did not learn the end");
    assert!(unread * 5 < stops.load(Ordering::SeqCst), "{unread} did not learn the end");
    println!("{stops:?} runs were stopped in the middle");
    assert!(stops.into_inner() > LANES * 2);
}

#[test]
fn reads_that_lag_behind_writes_make_it_wait_and_write_nothing_twice() {
    let mut lane = Lane::new(LANES, routes(LANES));
    let (emulator, key) = (Emulator::shared(), lane.scene.service.stage.access_key.clone());
    emulator.lag_reads(&key, 1_000);
    emulator.leave_to_chance(&Chances::new(&key, SEED).reset(0.1).delay(0.2, 100));
    for target in [Some(100), Some(30), None] {
        whole(&mut lane, 0, target, "while reads lag");
        lane.assert_at(f64::from(target.unwrap_or(0)), "while reads lag");
    }
    assert_eq!(lane.wrongs(), [""; 0]);
    let ledger = lane.scene.ledger(&lane.scene.stage().calls(0));
    // The listener is told of green; then three steps there and one back twice, each of two routes.
    assert_eq!(ledger.writes.len(), 1 + 5 * 2, "{:#?}", ledger.writes);
}
