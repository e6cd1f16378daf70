//! Shifts of real requests: what clients see while `eksmig_weighted_shift` moves them.

use std::time::Duration;

use eksmig_tests::lab::Lab;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::fleet::Fleet;
use eksmig_tests::lab::load::Load;
use eksmig_tests::lab::site::PROPAGATION;
use eksmig_tests::patience::until;
use eksmig_tests::shift::Shift;

/// Requests a second.
const RATE: u32 = 500;
/// How far a measured share may be from the asked one, in points.
const POINTS: f64 = 2.0;
/// How long anything that does not wait for a bake may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The gates' poll interval where it matters.
const POLL: Duration = Duration::from_secs(3);
/// What a busy machine may take in between: to wake a process, to open a connection.
const SLACK: Duration = Duration::from_secs(1);

/// Waits until the data plane follows a green percent.
fn wait_for_asked(lab: &Lab, percent: f64) -> Duration {
    until(LIMIT, &format!("data plane at {percent} %"), || {
        lab.site.journal.asked().last().filter(|(_, asked)| *asked == percent).map(|(at, _)| *at)
    })
}

/// Waits until the load has gone on for so long.
fn wait_while_loaded(lab: &Lab, time: Duration) {
    let end = lab.site.journal.now() + time;
    until(LIMIT, "time that goes by", || (lab.site.journal.now() >= end).then_some(()));
}

fn wait_for_state(lab: &Lab, fleet: &Fleet, state: &str) {
    until(LIMIT, state, || fleet.all_are(&lab.service.stage.world, state).then_some(()));
}

/// The green percents that the data plane was to follow, in order.
fn asked(lab: &Lab) -> Vec<f64> {
    lab.site.journal.asked().into_iter().map(|(_, percent)| percent).collect()
}

/// A shift over 10 and 50 %. 3 s at the load's rate are 1500 requests. By lot, one bake at 50 % in eight would be off by
/// two points; the data plane takes turns, so that a bake is off by one request, which is a fifth of a point of 500.
fn ramp(lab: &Lab, green_weight: u8) -> Shift {
    lab.service.shift(green_weight).ramp("[10, 50]", "3s").gate("")
}

/// Panics unless the load came near its rate: a machine that builds something else meanwhile may take up to half of it,
/// and a load that faltered more than that proves nothing.
#[track_caller]
fn assert_rate(load: &Load, lab: &Lab, since: Duration) {
    let now = lab.site.journal.now();
    let sent = load.tally().sent_between(since, now).sent as f64;
    let due = (now - since).as_secs_f64() * f64::from(RATE);
    assert!(sent >= due / 2.0, "{sent} sent, {due:.0} due");
}

#[test]
fn nothing_fails_from_0_to_100_and_back_and_each_step_serves_its_share() {
    let lab = Lab::start("through");
    let load = lab.load(RATE);
    let began = lab.site.journal.now();
    wait_while_loaded(&lab, Duration::from_secs(1));
    lab.service.stage.settle(&ramp(&lab, 100));
    lab.service.stage.settle(&ramp(&lab, 0));
    wait_for_asked(&lab, 0.0);
    wait_while_loaded(&lab, Duration::from_secs(2));
    assert_rate(&load, &lab, began);
    let tally = load.stop();
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert_eq!(asked(&lab), [0.0, 10.0, 50.0, 100.0, 0.0]);
    let steps = lab.site.journal.asked();
    for (place, (from, percent)) in steps.iter().enumerate() {
        let to = steps.get(place + 1).map_or(lab.site.journal.now(), |(next, _)| *next);
        let count = tally.within(*from, to);
        let enough = if *percent == 0.0 || *percent == 100.0 { 100 } else { 500 };
        assert!(count.sent >= enough, "{percent} %: {count:?} are too few to tell");
        let measured = count.percent().unwrap();
        assert!((measured - percent).abs() <= POINTS, "asked {percent} %, measured {measured} %: {count:?}");
    }
}

#[test]
fn a_green_that_breaks_at_50_is_rolled_back_within_a_poll_and_a_write() {
    let lab = Lab::start("breaks");
    let load = lab.load(RATE);
    let gate = format!("gate = {{ poll_interval = \"{}s\" }}", POLL.as_secs());
    let shift = lab.service.shift(100).ramp("[50]", "30s").with(&gate);
    lab.service.stage.write(&[&shift]);
    let running = lab.service.stage.workspace.spawn_apply();
    wait_for_asked(&lab, 50.0);
    wait_while_loaded(&lab, Duration::from_secs(1));

    let broke = lab.site.journal.now();
    lab.green.tell(Manner::Fail(500));
    wait_for_state(&lab, &lab.green, "unhealthy");
    let (known, mark) = (lab.site.journal.now(), lab.service.stage.mark());
    let error = running.wait().expect_failure();
    let back = wait_for_asked(&lab, 0.0);
    wait_while_loaded(&lab, Duration::from_secs(1));
    assert_rate(&load, &lab, broke);
    let tally = load.stop();

    assert!(error.contains("50%") && error.contains("0%"), "{error}");
    assert!(error.contains("Target.ResponseCodeMismatch"), "{error}");
    assert_eq!(asked(&lab), [0.0, 50.0, 0.0]);
    // A poll, and all calls that were made from then on: the gate's questions, the write, and the look at it.
    let calls: f64 = lab.service.stage.calls(mark).iter().filter_map(|call| call.seconds).sum();
    let allowed = POLL + Duration::from_secs_f64(calls) + PROPAGATION + SLACK;
    assert!(
        back.saturating_sub(known) <= allowed,
        "{:?} from the health check's finding on, of {allowed:?}",
        back - known
    );
    // Half of the requests of that time, from the moment it broke on.
    let share = 0.5;
    let bound = (known + allowed - broke).as_secs_f64() * f64::from(RATE) * share;
    let failed = tally.total().failed as f64;
    assert!(failed <= bound, "{failed} failed, {bound:.0} may");
    // And no failure goes unseen: of what was really sent until the way back, every other request failed.
    let sent = tally.sent_between(broke, back).sent as f64 * share;
    assert!((failed - sent).abs() <= sent * 0.1 + 5.0, "{failed} failed, {sent:.0} were sent to green");
    assert_eq!(tally.failures().keys().collect::<Vec<_>>(), [&"status 500"]);
    let after = tally.sent_between(back + SLACK, lab.site.journal.now());
    assert!(after.sent > 0 && after.failed == 0 && after.green == 0, "{after:?}");
}

#[test]
fn green_is_never_raised_while_its_backends_are_down() {
    let lab = Lab::start("down");
    lab.green.refuse();
    let load = lab.load(100);
    let error = lab.service.stage.fail(&lab.service.shift(100).ramp("[10]", "1s").gate("timeout = \"3s\""));
    let tally = load.stop();
    assert!(error.contains(&lab.service.green.name) && error.contains("Target.FailedHealthChecks"), "{error}");
    assert_eq!(asked(&lab), [0.0]);
    assert!(lab.service.written(0).iter().all(|percent| *percent == 0.0));
    let total = tally.total();
    assert!(total.sent > 100 && total.failed == 0 && total.green == 0, "{total:?} {:?}", tally.failures());
}

#[test]
fn where_blue_is_down_too_traffic_is_held_and_terraform_says_so() {
    let lab = Lab::start("bothdown");
    let load = lab.load(100);
    lab.service.stage.write(&[&lab.service.shift(100).ramp("[50]", "30s").gate("")]);
    let running = lab.service.stage.workspace.spawn_apply();
    wait_for_asked(&lab, 50.0);
    // Blue first: as long as green serves, nothing has to go back to blue.
    lab.blue.refuse();
    wait_for_state(&lab, &lab.blue, "unhealthy");
    lab.green.tell(Manner::Fail(503));
    let error = running.wait().expect_failure();
    let tally = load.stop();
    assert!(error.contains("held") && error.contains("50%"), "{error}");
    assert!(error.contains(&lab.service.blue.name) && error.contains("Target.FailedHealthChecks"), "{error}");
    assert_eq!(lab.service.percent(), 50.0);
    assert_eq!(asked(&lab), [0.0, 50.0]);
    let failures = tally.failures();
    assert!(failures.contains_key("status 502") && failures.contains_key("status 503"), "{failures:?}");
}
