//! An apply that is ended in mid-ramp, in each way in which that happens on a server, and the next one.
//!
//! Atlantis signals nothing: asked to end, it waits for what runs. What ends an apply is a limit of one's own
//! (`eksmig-limited`), whatever runs Atlantis (a service manager or an init that signals the whole group), and what kills
//! the container in the end, or the machine.

use std::time::Duration;

use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::terraform::Run;

use crate::pull_request::flat;
use crate::server::{Atlantis, said};

/// Far longer than what is ended takes to end.
const LIMIT: Duration = Duration::from_secs(60);
const RAMP: &str = "[10, 25]";

/// What an apply is of.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Create,
    Update,
}

/// A repository, and an apply towards 50 % that was ended at 10 %, where it would have stayed far longer than a test.
#[track_caller]
fn ended_at_ten(name: &str, of: Of, signal: &str) -> (Atlantis, Run) {
    let atlantis = Atlantis::new(name);
    if of == Of::Update {
        atlantis.merge(0, RAMP, "10m");
    }
    atlantis.commit(50, RAMP, "10m");
    let planned = atlantis.plan();
    assert!(planned.passed, "{}", planned.comment);
    let running = atlantis.begin_apply();
    atlantis.service.wait_for_percent(10.0);
    running.signal_all(signal);
    let run = running.wait_for(LIMIT);
    assert_ne!(run.code, Some(0));
    assert_eq!(atlantis.service.percent(), 10.0);
    (atlantis, run)
}

/// The same pull request applied once more without a plan; what Atlantis says of it. It must be refused and move nothing.
#[track_caller]
fn refused_without_a_plan(atlantis: &Atlantis) -> String {
    let since = atlantis.service.stage.mark();
    let applied = atlantis.apply();
    assert!(!applied.passed, "{}", applied.comment);
    assert_eq!(atlantis.service.stage.writes(since).len(), 0, "{}", applied.comment);
    flat(&applied.comment)
}

/// `atlantis plan` and `atlantis apply`: it goes on from where it stands, and no write took anything from green.
#[track_caller]
fn goes_on(atlantis: &Atlantis) {
    atlantis.merge(50, RAMP, "1s");
    let service = &atlantis.service;
    assert_eq!(service.percent(), 50.0);
    let ledger = Ledger::of(&service.stage.calls(0), &service.blue.arn, &service.green.arn);
    assert!(ledger.writes.len() >= 3, "{ledger:#?}");
    ledger.assert_safe(Side::Green, "ended and gone on");
    let planned = atlantis.plan().comment;
    assert!(planned.contains("No changes."), "{planned}");
}

#[test]
fn killed_with_the_whole_container_in_an_update() {
    let (atlantis, run) = ended_at_ten("atlkill", Of::Update, "KILL");
    assert_eq!(run.code, None, "{run:#?}");
    // The state knows nothing of what was written, so that Terraform takes the plan for a good one.
    let text = refused_without_a_plan(&atlantis);
    assert!(text.contains("Weights have changed") && text.contains("Plan again"), "{text}");
    goes_on(&atlantis);
}

#[test]
fn killed_with_the_whole_container_in_a_create() {
    let (atlantis, _) = ended_at_ten("atlkillnew", Of::Create, "KILL");
    goes_on(&atlantis);
}

#[test]
fn terminated_with_all_it_started_in_an_update() {
    let (atlantis, run) = ended_at_ten("atlterm", Of::Update, "TERM");
    let text = flat(&said(&run));
    assert!(text.contains("held at 10%"), "{text}");
    assert_eq!(kept(&atlantis), Some(10));
    let text = refused_without_a_plan(&atlantis);
    assert!(text.contains("Saved plan is stale"), "{text}");
    goes_on(&atlantis);
}

#[test]
fn terminated_with_all_it_started_in_a_create() {
    let (atlantis, run) = ended_at_ten("atltermnew", Of::Create, "TERM");
    let text = flat(&said(&run));
    assert!(text.contains("held at 10%"), "{text}");
    assert_eq!(kept(&atlantis), Some(10));
    goes_on(&atlantis);
}

/// What `timeout` does to Terraform where nothing keeps its second signal away.
#[test]
fn interrupted_twice_in_an_update() {
    let atlantis = Atlantis::new("atltwice");
    atlantis.merge(0, RAMP, "10m");
    atlantis.commit(50, RAMP, "10m");
    assert!(atlantis.plan().passed);
    let running = atlantis.begin_apply();
    atlantis.service.wait_for_percent(10.0);
    running.interrupt();
    running.interrupt();
    assert_eq!(running.wait_for(LIMIT).code, Some(1));
    assert_eq!(atlantis.service.percent(), 10.0);
    goes_on(&atlantis);
}

#[test]
fn out_of_the_time_that_the_workflow_gives_it() {
    let atlantis = Atlantis::new("atllimit").with_workflow("eksmig-limited");
    atlantis.merge(0, RAMP, "10m");
    atlantis.commit(50, RAMP, "10m");
    assert!(atlantis.plan().passed);
    let running = atlantis.begin_apply();
    atlantis.service.wait_for_percent(10.0);
    running.time_out();
    let run = running.wait_for(LIMIT);
    let text = flat(&said(&run));
    assert_eq!(run.code, Some(124), "timeout says that it was it: {text}");
    assert!(text.contains("held at 10%"), "{text}");
    assert_eq!(kept(&atlantis), Some(10));
    goes_on(&atlantis);
}

/// Green's percent as the state has it.
fn kept(atlantis: &Atlantis) -> Option<u64> {
    let shift = atlantis.service.stage.workspace.resource("eksmig_weighted_shift.service[\"orders\"]")?;
    shift["values"]["observed_green_weight"].as_u64()
}
