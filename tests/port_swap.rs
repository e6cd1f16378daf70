//! The port swap, driven by core alone against the emulator.

#![recursion_limit = "256"]

#[path = "port_swap/brisk.rs"]
mod brisk;
#[path = "port_swap/run.rs"]
mod run;

use eksmig_core::engine::outcome::Outcome;
use eksmig_tests::blocking::wait;
use eksmig_tests::gateway::Gateway;

use run::{Process, Wanted};

const BLUE: &str = "http://orders.example:8080/{proxy}";

fn only(side: &str) -> (Vec<String>, Option<(f64, Vec<String>)>) {
    (vec![side.to_owned()], None)
}

/// Runs a swap, which must settle.
#[track_caller]
fn settle(process: &Process, gateway: &Gateway, wanted: &Wanted) {
    let swapped = wait(process.run(gateway, wanted)).unwrap();
    assert_eq!(swapped.report.outcome, Outcome::Settled, "{:#?}", swapped.report.history);
}

#[test]
fn an_instant_swap_takes_an_edit_and_a_deployment() {
    let gateway = Gateway::new("instant");
    let api = gateway.rest_api(&[BLUE], &[]);
    let before = gateway.integration(&api, "/r0/{proxy+}");
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateIntegration", "CreateDeployment"]);
    let mut after = gateway.integration(&api, "/r0/{proxy+}");
    assert_eq!(after.uri.as_deref(), Some("http://orders.example:9090/{proxy}"));
    after.uri = before.uri.clone();
    assert_eq!(after, before, "everything but the port stays");
    let since = process.mark();
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(process.writes(since), [""; 0]);
}
