//! Many cut-overs there and back through a bad day at AWS: throttling, errors, lost replies, stale reads, Stop and kill in
//! between. All end right, nobody else's target is touched, and the side that leaves is never needed.

use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::bad_day::{self, Lane, SEED, drawn, judge};
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Chances;
use eksmig_tests::node_scene::{NodeScene, Shape};
use eksmig_tests::scene::Scene;
use eksmig_tests::understudy::Ended;

/// Cut-overs that go on at the same time.
const LANES: usize = 12;
/// The same where each run is struck at a moment drawn from the seed, half of them by Stop, and then run again.
const STRUCK: usize = 16;
/// Where they go, before a destroy.
const THERE_AND_BACK: [u8; 2] = [100, 30];
/// More calls than most runs make.
const CALLS: u64 = 50;

/// Auto Scaling groups and targets in turn; two lanes of four stop where both sides serve.
fn nodes(number: usize) -> NodeScene {
    let shape = if number.is_multiple_of(2) { Shape::ScalingGroups } else { Shape::Targets };
    NodeScene::set(&format!("soaknode{number}"), shape, number % 4 < 2)
}

/// One run to its end.
fn whole(lane: &mut Lane<NodeScene>, target: Option<u8>, when: &str) {
    let providers = lane.scene.providers();
    lane.run(target, &providers).expect_success(when);
}

/// A plan after that is empty.
fn nothing_left(lane: &mut Lane<NodeScene>, target: Option<u8>, when: &str) {
    let again = lane.run(target, &lane.scene.providers());
    assert!(matches!(again, Ended::Unchanged), "{when}: there was more to do: {again:?}");
}

#[test]
fn cutovers_there_and_back_through_a_bad_day_all_end_right() {
    judge(&bad_day::soak(LANES, &THERE_AND_BACK, nodes, |lane, _, target, when| {
        whole(lane, target, when);
        nothing_left(lane, target, when);
    }));
    println!("{} applies", LANES * (THERE_AND_BACK.len() + 1));
}

#[test]
fn a_bad_day_with_stops_and_kills_leaves_the_truth_behind_and_is_gone_on_with() {
    let (stops, kills) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lanes = bad_day::soak(STRUCK, &THERE_AND_BACK, nodes, |lane, turn, target, when| {
        let moment = drawn((lane.number, turn), CALLS) as usize + 1;
        let when = format!("{when}, struck at call {moment}");
        let (hits, hit) = match lane.number % 8 {
            0..4 => (&stops, lane.stopped(target, moment, &when)),
            _ => (&kills, lane.killed(target, moment)),
        };
        hits.fetch_add(hit.into(), Ordering::SeqCst);
        whole(lane, target, &when);
        if target == THERE_AND_BACK.last().copied() {
            nothing_left(lane, target, &when);
        }
    });
    judge(&lanes);
    let unread: usize = lanes.iter().map(|lane| lane.unread).sum();
    println!(
        "{stops:?} runs were stopped in the middle, {unread} of which did not learn the end, and {kills:?} killed"
    );
    assert!(stops.into_inner() > STRUCK / 2 && kills.into_inner() > STRUCK / 2);
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
                    nothing_left(&mut lane, target, &when);
                    lane.assert_at(lane.scene.percent(target.unwrap_or(0)), &when);
                }
                assert_eq!(lane.wrongs(), [""; 0]);
            });
        }
    });
}
