//! Many cut-overs there and back through a bad day at AWS: throttling, errors, lost replies, stale reads, Stop and kill in
//! between. All end right, nobody else's target is touched, and the side that leaves is never needed.

use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::bad_day::{self, Lane, RUNS, SEED, drawn, judge};
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Chances;
use eksmig_tests::node_scene::{NodeScene, Shape};
use eksmig_tests::scene::Scene;
use eksmig_tests::understudy::Ended;

/// Cut-overs that go on at the same time.
const LANES: usize = 8;
/// More calls than most runs make.
const CALLS: u64 = 50;

/// Auto Scaling groups and targets in turn; two lanes of four stop where both sides serve.
fn nodes(number: usize) -> NodeScene {
    let shape = if number.is_multiple_of(2) { Shape::ScalingGroups } else { Shape::Targets };
    NodeScene::set(&format!("soaknode{number}"), shape, number % 4 < 2)
}

/// One run to its end, after which there is nothing left to do.
fn whole(lane: &mut Lane<NodeScene>, target: Option<u8>, when: &str) {
    for last in [false, true] {
        let providers = lane.scene.providers();
        let ended = lane.run(target, &providers);
        assert!(!last || matches!(ended, Ended::Unchanged), "{when}: there was more to do: {ended:?}");
        ended.expect_success(when);
    }
}

#[test]
fn forty_cutovers_through_a_bad_day_all_end_right() {
    judge(&bad_day::soak(LANES, nodes, |lane, _, target, when| whole(lane, target, when)));
}

#[test]
fn a_bad_day_with_stops_leaves_the_truth_behind() {
    let stops = AtomicUsize::new(0);
    let lanes = bad_day::soak(LANES, nodes, |lane, turn, target, when| {
        let moment = drawn((lane.number, turn), CALLS) as usize + 1;
        if lane.stopped(target, moment, &format!("{when}, stopped at call {moment}")) {
            stops.fetch_add(1, Ordering::SeqCst);
        }
        whole(lane, target, when);
    });
    judge(&lanes);
    let unread: usize = lanes.iter().map(|lane| lane.unread).sum();
    println!("{stops:?} of {} runs were stopped in the middle; {unread} of them did not learn the end", LANES * RUNS);
    assert!(stops.into_inner() > LANES * 2);
}

#[test]
fn a_bad_day_with_kills_is_gone_on_with() {
    let kills = AtomicUsize::new(0);
    let lanes = bad_day::soak(LANES, nodes, |lane, turn, target, when| {
        if lane.killed(target, drawn((lane.number, turn, "kill"), CALLS) as usize + 1) {
            kills.fetch_add(1, Ordering::SeqCst);
        }
        whole(lane, target, when);
    });
    judge(&lanes);
    println!("{kills:?} of {} runs were killed in the middle", LANES * RUNS);
    assert!(kills.into_inner() > LANES * 2);
}

#[test]
fn reads_that_lag_behind_writes_make_it_wait() {
    std::thread::scope(|scope| {
        for number in LANES..LANES + 4 {
            scope.spawn(move || {
                let mut lane = Lane::new(number, nodes(number));
                let (emulator, key) = (Emulator::shared(), lane.scene.stage().access_key.clone());
                emulator.lag_reads(&key, 1_000);
                emulator.leave_to_chance(&Chances::new(&key, SEED).reset(0.1).delay(0.2, 100).lose_reply(0.05));
                for target in [Some(100), Some(30), None] {
                    let when = format!("lane {number}, to {target:?}, while reads lag");
                    whole(&mut lane, target, &when);
                    lane.assert_at(lane.scene.percent(target.unwrap_or(0)), &when);
                }
                assert_eq!(lane.wrongs(), [""; 0]);
            });
        }
    });
}
