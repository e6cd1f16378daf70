//! A process that is killed at every write, and one that goes on afterwards.

use std::time::Duration;

use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_tests::blocking::{beside, wait};
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::gateway::Gateway;
use eksmig_tests::patience::{FairWatch, until};

use crate::run::{Process, Wanted};

const LIMIT: Duration = Duration::from_secs(30);
/// What changes something.
const WRITES: &str = "[UC]*";

/// What is moved, from where, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Instant,
    Ramp,
    TakenBack,
    Variable,
    VariableRamp,
    Http,
    HttpAutomatic,
}

type End = (Vec<String>, Option<(f64, Vec<String>)>, Option<String>);

/// An API in the state in which a story begins.
struct Scene {
    gateway: &'static Gateway,
    api: String,
    wanted: Wanted,
}

impl Scene {
    fn set(gateway: &'static Gateway, story: Story) -> Self {
        let literal = ["http://orders.example:8080/{proxy}", "http://users.example:8080/{proxy}"];
        let variable = ["http://orders.example:${stageVariables.port}/{proxy}"];
        let api = match story {
            Story::Instant | Story::Ramp | Story::TakenBack => gateway.rest_api(&literal, &[]),
            Story::Variable | Story::VariableRamp => gateway.rest_api(&variable, &[("port", "8080")]),
            Story::Http => gateway.http_api(false),
            Story::HttpAutomatic => gateway.http_api(true),
        };
        let wanted = match story {
            Story::Instant | Story::Variable => Wanted::rest(&api, "100"),
            Story::Ramp | Story::VariableRamp => Wanted::rest(&api, "100").ramp(&["10", "50"]),
            Story::TakenBack => Wanted::rest(&api, "0"),
            Story::Http | Story::HttpAutomatic => Wanted::http(&api, "100"),
        };
        if story == Story::TakenBack {
            let process = Process::named(gateway, "BEFORE");
            wait(process.run(gateway, &Wanted::rest(&api, "10"))).unwrap();
        }
        Self { gateway, api, wanted }
    }

    /// How everything ends.
    fn end(&self) -> End {
        let (stage, canary) = self.gateway.leads_to(&self.api);
        let rest = self.wanted.is_rest().then(|| self.gateway.first_uri(&self.api));
        (stage, canary, rest)
    }

    /// At no moment is there a request without a side that answers it.
    fn assert_served(&self, point: &str) {
        let (stage, canary) = self.gateway.leads_to(&self.api);
        let sides = stage.iter().chain(canary.iter().flat_map(|(_, sides)| sides));
        assert!(sides.clone().count() > 0, "{point}: nothing is served");
        for side in sides {
            assert!(side == "blue" || side == "green", "{point}: it leads to {side}");
        }
    }
}

fn go(scene: &Scene, process: &Process, point: &str) {
    let swapped =
        wait(process.run(scene.gateway, &scene.wanted)).unwrap_or_else(|refusal| panic!("{point}: {refusal}"));
    assert_eq!(swapped.report.outcome, Outcome::Settled, "{point}: {:#?}", swapped.report.history);
}

/// Kills a process before and after each write of a story, and has another one go on: it ends as if nothing had
/// happened, and a third finds nothing to do.
#[track_caller]
fn killed_at_each_write(name: &str, story: Story, at_least: u32) {
    let gateway: &'static Gateway = Box::leak(Box::new(Gateway::new(name)));
    let scene = Scene::set(gateway, story);
    let process = Process::named(gateway, "WHOLE");
    go(&scene, &process, "uninterrupted");
    let (end, writes) = (scene.end(), u32::try_from(process.writes(0).len()).unwrap());
    assert!(writes >= at_least, "{story:?} takes {writes} writes");
    for nth in 0..writes {
        for after in [false, true] {
            let point = format!("killed {} write {} of {story:?}", if after { "after" } else { "before" }, nth + 1);
            struck(gateway, story, nth, after, &point, &end);
        }
    }
    println!("{story:?}: {} points", 2 * writes);
}

fn struck(gateway: &'static Gateway, story: Story, nth: u32, after: bool, point: &str, end: &End) {
    let scene = Scene::set(gateway, story);
    let emulator = Emulator::shared();
    let first = Process::named(gateway, &format!("FIRST{nth}{after}"));
    let key = &first.access_key;
    let fault = if after { Fault::hold_after(key, WRITES) } else { Fault::hold_before(key, WRITES) };
    emulator.order(&fault.after(nth));
    let run = beside({
        let (process, wanted) = (first.clone(), scene.wanted.clone());
        async move { process.run(gateway, &wanted).await.map(|swapped| swapped.report.outcome) }
    });
    until(LIMIT, &format!("held write: {point}"), || {
        assert!(!run.is_finished(), "{point}: over before it was struck");
        (!emulator.held(key).is_empty()).then_some(())
    });
    run.abort();
    until(LIMIT, &format!("end of the held write: {point}"), || emulator.held(key).is_empty().then_some(()));
    scene.assert_served(point);
    let second = Process::named(gateway, &format!("SECOND{nth}{after}"));
    go(&scene, &second, point);
    assert_eq!(scene.end(), *end, "{point}");
    let third = Process::named(gateway, &format!("THIRD{nth}{after}"));
    go(&scene, &third, point);
    assert_eq!(third.writes(0), [""; 0], "{point}");
}

#[test]
fn an_instant_swap_goes_on_after_a_kill() {
    killed_at_each_write("killinst", Story::Instant, 3);
}

#[test]
fn a_ramp_goes_on_after_a_kill() {
    killed_at_each_write("killramp", Story::Ramp, 6);
}

#[test]
fn a_way_back_goes_on_after_a_kill() {
    killed_at_each_write("killback", Story::TakenBack, 3);
}

#[test]
fn a_swap_of_a_variable_goes_on_after_a_kill() {
    killed_at_each_write("killvar", Story::Variable, 1);
    killed_at_each_write("killvramp", Story::VariableRamp, 4);
}

#[test]
fn a_swap_of_an_http_api_goes_on_after_a_kill() {
    killed_at_each_write("killhttp", Story::Http, 2);
    killed_at_each_write("killauto", Story::HttpAutomatic, 1);
}

#[test]
fn a_stop_holds_within_two_seconds_and_writes_nothing_more() {
    let gateway: &'static Gateway = Box::leak(Box::new(Gateway::new("stopped")));
    for nth in 0..3 {
        let scene = Scene::set(gateway, Story::Ramp);
        let emulator = Emulator::shared();
        let process = Process::unhurried(gateway, &format!("STOP{nth}"));
        emulator.order(&Fault::delay(&process.access_key, WRITES, 300).after(nth));
        let run = beside({
            let (process, wanted) = (process.clone(), scene.wanted.clone());
            async move { process.run(gateway, &wanted).await.unwrap().report }
        });
        until(LIMIT, "the write", || (process.writes_begun() > nth as usize).then_some(()));
        let watch = FairWatch::start();
        process.stop.cancel();
        let report = wait(run).unwrap();
        watch.assert_within(Duration::from_secs(2), "the answer to a stop");
        assert!(matches!(&report.outcome, Outcome::Held { reason: Reason::Stopped, .. }), "{report:#?}");
        assert_eq!(process.writes(0).len(), nth as usize + 1, "{:?}", process.writes(0));
        go(&scene, &Process::named(gateway, &format!("ONWARD{nth}")), "after the stop");
    }
}
