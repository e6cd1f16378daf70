//! `wait_for_drain`: an apply that ends when the idle side is left by its traffic, and not before. CloudWatch counts by
//! the minute and late, so that most scenes begin an hour after the weight went to zero: the stand has the provider
//! believe that, and publishes what CloudWatch would have by then.

#[path = "acceptance_drain/cut_short.rs"]
mod cut_short;
#[path = "acceptance_drain/others.rs"]
mod others;
#[path = "acceptance_drain/waits.rs"]
mod waits;

use std::time::Duration;

use eksmig_tests::counts::Counts;
use eksmig_tests::patience::until;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use serde_json::Value;

/// The minutes that are published, counted back: those that are looked at now, and some more.
const MINUTES: std::ops::Range<u64> = 0..15;

/// A wait of this long for one minute without requests.
fn wait(timeout: &str) -> String {
    format!("wait_for_drain = {{\n    window  = \"1m\"\n    timeout = \"{timeout}\"\n  }}")
}

/// A service of which green has had all requests for an hour, and its shift.
fn at_100(name: &str) -> (Service, Shift) {
    let service = Service::at(name, 100, 0);
    let shift = service.shift(100);
    service.stage.settle(&shift);
    service.stage.workspace.age(Duration::from_secs(3600));
    (service, shift)
}

/// CloudWatch tells of blue all the time, and counts no request of it.
fn tell_zero(service: &Service) {
    let counts = Counts::of(&service.stage.world, &service.balancer);
    counts.publish(Some(&service.blue.arn), "HealthyHostCount", MINUTES, 1.0);
}

/// The actions of the next plan on the shift, and what it plans.
fn planned(service: &Service) -> (Value, Value) {
    service.stage.workspace.plan().expect_changes();
    let mut change = service.stage.workspace.change("eksmig_weighted_shift.service");
    (change["actions"].take(), change.take())
}

/// Waits until the provider has looked at CloudWatch since this call.
fn wait_for_a_look(service: &Service, since: u64) {
    let looked = || service.stage.calls(since).iter().any(|call| call.action == "GetMetricData");
    until(Duration::from_secs(60), "look at CloudWatch", || looked().then_some(()));
}

/// Panics unless all traffic is on green, and the state says so and that nobody saw blue drained.
#[track_caller]
fn assert_not_drained(service: &Service) {
    assert_eq!(service.percent(), 100.0);
    let state = service.state();
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&"undrained".into(), &100.into()));
    assert_eq!(state["drained_at"], Value::Null);
}
