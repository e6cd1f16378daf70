//! Many swaps through a bad day at API Gateway: throttling, errors, lost replies, and Stop in between. All end right, and
//! nothing is written for nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::bad_day::{self, Lane, RUNS, WAY, drawn, judge};
use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::scene::Scene;
use eksmig_tests::swap_scene::{Shape, SwapScene};

/// APIs that are moved at the same time.
const APIS: usize = 6;

/// The writes of a swap.
const WRITES: [&str; 3] = ["CreateDeployment", "UpdateIntegration", "UpdateStage"];

/// Every other API has its port in a stage variable. Of each kind of write, one reply is lost besides those that chance
/// picks: there are too few deployments for it.
fn apis(number: usize) -> SwapScene {
    let shape = if number.is_multiple_of(2) { Shape::Ramp } else { Shape::VariableRamp };
    let scene = SwapScene::set(&format!("soakswap{number}"), shape, &[20, 60]);
    if let (Shape::Ramp, Some(write)) = (shape, WRITES.get(number / 2)) {
        Emulator::shared().order(&Fault::lose_reply(&scene.stage().access_key, write));
    }
    scene
}

/// One run to its end.
fn whole(lane: &mut Lane<SwapScene>, _: usize, target: Option<u8>, when: &str) {
    let providers = lane.scene.providers();
    lane.run(target, &providers).expect_success(when);
}

#[test]
fn thirty_swaps_through_a_bad_day_all_end_right() {
    let lanes = bad_day::soak(APIS, &WAY, apis, whole);
    judge(&lanes);
    let calls = lanes.iter().flat_map(|lane| lane.scene.stage().calls(0));
    let lost = calls.filter(|call| call.effect.is_some() && call.reply_was_lost()).map(|call: Call| call.action);
    let lost: Vec<String> = lost.collect();
    println!("{} applies; writes whose reply was lost: {lost:?}", APIS * RUNS);
    for write in WRITES {
        assert!(lost.iter().any(|action| action == write), "no reply to {write} was lost");
    }
}

#[test]
fn a_bad_day_with_stops_leaves_the_truth_behind() {
    let stops = AtomicUsize::new(0);
    let lanes = bad_day::soak(APIS, &WAY, apis, |lane, turn, target, when| {
        let moment = drawn((lane.number, turn), 24) as usize + 1;
        if lane.stopped(target, moment, &format!("{when}, stopped at call {moment}")) {
            stops.fetch_add(1, Ordering::SeqCst);
        }
        whole(lane, turn, target, when);
    });
    judge(&lanes);
    let unread: usize = lanes.iter().map(|lane| lane.unread).sum();
    println!("{stops:?} runs were stopped in the middle; {unread} of them did not learn the end");
    assert!(stops.into_inner() > APIS * 2);
}
