//! Many swaps through a bad day at API Gateway: throttling, errors, lost replies, and Stop in between. All end right, and
//! nothing is written for nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::bad_day::{self, Lane, RUNS, drawn, judge};
use eksmig_tests::calls::Call;
use eksmig_tests::scene::Scene;
use eksmig_tests::swap_scene::{Shape, SwapScene};

/// APIs that are moved at the same time.
const APIS: usize = 6;

/// Every other API has its port in a stage variable.
fn apis(number: usize) -> SwapScene {
    let shape = if number.is_multiple_of(2) { Shape::Ramp } else { Shape::VariableRamp };
    SwapScene::set(&format!("soakswap{number}"), shape, &[20, 60])
}

/// One run to its end.
fn whole(lane: &mut Lane<SwapScene>, _: usize, target: Option<u8>, when: &str) {
    let providers = lane.scene.providers();
    lane.run(target, &providers).expect_success(when);
}

#[test]
fn thirty_swaps_through_a_bad_day_all_end_right() {
    let lanes = bad_day::soak(APIS, apis, whole);
    judge(&lanes);
    let calls = lanes.iter().flat_map(|lane| lane.scene.stage().calls(0));
    let lost = calls.filter(|call| call.effect.is_some() && call.reply_was_lost()).map(|call: Call| call.action);
    let lost: Vec<String> = lost.collect();
    println!("{} applies; writes whose reply was lost: {lost:?}", APIS * RUNS);
    assert!(!lost.is_empty(), "no write's reply was lost, so nothing was shown of those");
}

#[test]
fn a_bad_day_with_stops_leaves_the_truth_behind() {
    let stops = AtomicUsize::new(0);
    let lanes = bad_day::soak(APIS, apis, |lane, turn, target, when| {
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
