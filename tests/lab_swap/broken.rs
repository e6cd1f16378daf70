//! What clients see where a side is broken, and where the run is stopped.

use std::time::Duration;

use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::site::PROPAGATION;
use eksmig_tests::patience::FairWatch;
use serde_json::json;

use super::show::{LIMIT, RATE, Show};

/// The gate's poll interval where it matters.
const POLL: Duration = Duration::from_secs(3);
/// What a busy machine may take in between: to wake a process, to open a connection.
const SLACK: Duration = Duration::from_secs(1);
/// The resource.
const ADDRESS: &str = eksmig_tests::swap::ADDRESS;

/// A long bake at 50 %, watched this often.
fn at_half(poll: Duration) -> String {
    let poll = poll.as_secs();
    format!("ramp = {{\n steps = [50]\n interval = \"60s\"\n }}\n gate = {{\n poll_interval = \"{poll}s\"\n }}")
}

#[test]
fn a_green_that_breaks_at_50_loses_its_canary_within_a_poll_and_a_write() {
    let show = Show::rest("breaks");
    let load = show.load();
    let running = show.begin(100.0, &at_half(POLL));
    show.wait_for(50.0);
    show.wait_for_requests(&load, RATE as usize);

    let broke = show.now();
    show.ports.green.tell(Manner::Fail(500));
    show.wait_for_state(&show.ports.green, "unhealthy");
    let (known, mark) = (show.now(), show.stage.mark());
    let error = running.wait().expect_failure();
    let back = show.wait_for(0.0);
    show.wait_for_requests(&load, RATE as usize);
    let tally = load.stop();

    assert!(error.contains("rolled back from 50% to 0%"), "{error}");
    assert!(error.contains("Target.ResponseCodeMismatch"), "{error}");
    assert_eq!(show.asked(), [0.0, 50.0, 0.0]);
    assert_eq!(show.writes(), ["UpdateIntegration", "CreateDeployment", "UpdateStage", "UpdateIntegration"]);
    // A poll, and all calls that were made from then on: the gate's questions, the write, and the look at it.
    let calls: f64 = show.stage.calls(mark).iter().filter_map(|call| call.seconds).sum();
    let allowed = POLL + Duration::from_secs_f64(calls) + PROPAGATION + SLACK;
    println!("back {:?} after the health checks knew, of {allowed:?}", back.saturating_sub(known));
    assert!(back.saturating_sub(known) <= allowed, "{:?} of {allowed:?}", back - known);
    // Half of the requests of that time, from the moment it broke on.
    let bound = (known + allowed - broke).as_secs_f64() * f64::from(RATE) / 2.0;
    let failed = tally.total().failed as f64;
    assert!(failed <= bound, "{failed} failed, {bound:.0} may");
    // And no failure goes unseen: of what was sent until the way back about half failed; by lot, within four standard
    // errors and what was under way at the ends.
    let sent = tally.sent_between(broke, back).sent as f64;
    println!("{failed} failed of {sent} sent in {:?}, {bound:.0} may", back - broke);
    assert!((failed - sent / 2.0).abs() <= 2.0 * sent.sqrt() + 5.0, "{failed} failed, {sent} were sent");
    assert_eq!(tally.failures().keys().collect::<Vec<_>>(), [&"status 500"]);
    let after = tally.sent_between(back + SLACK, show.now());
    assert!(after.sent > 0 && after.failed == 0 && after.green == 0, "{after:?}");
}

#[test]
fn where_blue_is_down_too_traffic_is_held_and_terraform_says_so() {
    let show = Show::rest("bothdown");
    let load = show.load();
    let running = show.begin(100.0, &at_half(Duration::from_secs(1)));
    show.wait_for(50.0);
    // Blue first: as long as green serves, nothing has to go back to blue.
    show.ports.blue.refuse();
    show.wait_for_state(&show.ports.blue, "unhealthy");
    show.ports.green.tell(Manner::Fail(503));
    let error = running.wait().expect_failure();
    let tally = load.stop();
    assert!(error.contains("held") && error.contains("50%"), "{error}");
    assert!(error.contains(&show.ports.blue.group.name) && error.contains("Target.FailedHealthChecks"), "{error}");
    assert_eq!(show.asked(), [0.0, 50.0]);
    assert_eq!(show.stage.workspace.values(ADDRESS)["stages"]["prod"]["share"], json!(50));
    let failures = tally.failures();
    assert!(failures.contains_key("status 500") && failures.contains_key("status 503"), "{failures:?}");
}

#[test]
fn green_is_never_raised_while_its_backends_are_down() {
    let show = Show::rest("down");
    show.ports.green.refuse();
    show.wait_for_state(&show.ports.green, "unhealthy");
    let load = show.load();
    let more =
        "ramp = {\n steps = [10]\n interval = \"1s\"\n }\n gate = {\n timeout = \"3s\"\n poll_interval = \"1s\"\n }";
    let error = show.begin(100.0, more).wait().expect_failure();
    let tally = load.stop();
    assert!(error.contains(&show.ports.green.group.name) && error.contains("Target.FailedHealthChecks"), "{error}");
    assert_eq!((show.asked(), show.writes()), (vec![0.0], Vec::new()));
    let total = tally.total();
    assert!(total.sent > 100 && total.failed == 0 && total.green == 0, "{total:?} {:?}", tally.failures());
}

#[test]
fn ctrl_c_in_a_bake_answers_within_two_seconds_with_what_is_true() {
    let show = Show::rest("ctrlc");
    show.settle(0.0, "");
    let load = show.load();
    let running = show.begin(100.0, &at_half(POLL));
    show.wait_for(50.0);
    show.wait_for_requests(&load, RATE as usize);
    let (mark, watch) = (show.stage.mark(), FairWatch::start());
    running.interrupt();
    let error = running.wait_for(LIMIT).expect_failure();
    watch.assert_within(Duration::from_secs(2), "Terraform's end after Ctrl-C");
    assert!(error.contains("the run was stopped") && error.contains("50%"), "{error}");
    let state = show.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&json!("held"), &json!(50)));
    assert!(show.stage.writes(mark).is_empty(), "{:?}", show.stage.writes(mark));
    show.wait_for_requests(&load, RATE as usize);
    let tally = load.stop();
    assert_eq!((show.asked(), tally.total().failed), (vec![0.0, 50.0], 0), "{:?}", tally.failures());
}
