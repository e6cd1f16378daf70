//! Nothing fails on the way over and back.

use eksmig_tests::lab::ports::BLUE;

use super::show::{RATE, Show};

/// An interval in which one percent makes 16 requests: that none of so many comes happens once in eight million times.
const BAKE: u32 = 8;
/// How many requests tell a share where it is told by each step's own requests.
const ENOUGH: usize = 800;
/// How far a share that many requests tell may be from the asked one, in points.
const POINTS: f64 = 2.0;

#[test]
fn nothing_fails_by_canary_from_0_to_100_and_back_and_each_step_serves_its_share() {
    let show = Show::rest("canary");
    let load = show.load();
    show.wait_for_requests(&load, RATE as usize);
    show.settle(100.0, &format!("ramp = {{\n steps = [1, 10, 50]\n interval = \"{BAKE}s\"\n }}"));
    show.settle(0.0, "");
    show.wait_for(0.0);
    show.wait_for_requests(&load, RATE as usize * 2);
    let (end, steps) = (show.now(), show.ports.site.journal.asked());
    let tally = load.stop();
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert_eq!(show.asked(), [0.0, 1.0, 10.0, 50.0, 100.0, 0.0]);
    for (place, (from, percent)) in steps.iter().enumerate() {
        let to = steps.get(place + 1).map_or(end, |(next, _)| *next);
        let (count, share) = (tally.within(*from, to), percent / 100.0);
        let enough = if share == 0.0 { RATE as usize } else { ENOUGH };
        assert!(count.sent >= enough, "{percent} %: {count:?} are too few to tell");
        let measured = count.percent().unwrap();
        // By lot, one share in 15,000 is off by more than four standard errors.
        let error = 400.0 * (share * (1.0 - share) / count.sent as f64).sqrt();
        println!("asked {percent} %, measured {measured:.2} % of n = {}, four sigma {error:.2} points", count.sent);
        assert!((measured - percent).abs() <= error, "asked {percent} %, measured {measured} %: {count:?}");
        assert!(error > POINTS || (measured - percent).abs() <= POINTS, "{measured} % of {percent} %");
        assert!(count.green > 0 || share == 0.0, "green gets nothing at {percent} %: {count:?}");
    }
    println!("{:?}, half within {:?}, 99 % within {:?}", tally.total(), tally.percentile(50), tally.percentile(99));
}

/// Moves a stage over and back in one step each, under load.
#[track_caller]
fn over_and_back(show: &Show, writes: &[&str]) {
    let load = show.load();
    show.wait_for_requests(&load, RATE as usize);
    for green_weight in [100.0, 0.0] {
        show.settle(green_weight, "");
        show.wait_for(green_weight);
        let from = show.now();
        show.wait_for_requests(&load, RATE as usize * 2);
        assert_eq!(load.tally().within(from, show.now()).percent(), Some(green_weight));
    }
    let tally = load.stop();
    println!("{:?}, 99 % within {:?}", tally.total(), tally.percentile(99));
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert_eq!(show.asked(), [0.0, 100.0, 0.0]);
    assert_eq!(show.writes(), [writes, writes].concat());
}

#[test]
fn nothing_fails_in_an_instant_swap_and_back() {
    over_and_back(&Show::rest("instant"), &["UpdateIntegration", "CreateDeployment"]);
}

#[test]
fn nothing_fails_when_a_stage_variable_is_swapped_and_back() {
    let port = BLUE.to_string();
    over_and_back(&Show::rest_at("variable", "${stageVariables.port}", &[("port", &port)]), &["UpdateStage"]);
}

#[test]
fn nothing_fails_when_an_http_api_is_deployed_over_and_back() {
    over_and_back(&Show::http("http", false), &["UpdateIntegration", "CreateDeployment"]);
}

#[test]
fn nothing_fails_when_an_http_api_that_deploys_by_itself_goes_over_and_back() {
    over_and_back(&Show::http("auto", true), &["UpdateIntegration"]);
}
