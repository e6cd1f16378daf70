//! A run that dies right after a call that writes, at each of them: who comes after arrives, or puts everything back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::clock::Clock;
use eksmig_core::engine::driver::{Driver, Pacing};
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::transition::OnFailure;
use eksmig_core::nodes::{Allowed, Backing, Batches, Green, Migration, Orders, Refusal, Strategy, Twin};
use eksmig_tests::blocking::{beside, wait};
use eksmig_tests::kubernetes::api::faults::{Fault, Kind};
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::node_groups::NodeGroups;
use eksmig_tests::patience::until;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// How much faster than time the library's clock goes.
const PACE: u32 = 20;
const LIMIT: Duration = Duration::from_secs(60);

fn orders() -> Orders {
    Orders {
        blue: "blue".to_owned(),
        green: Green::Twin(Twin { name: "green".to_owned(), ..Twin::default() }),
        strategy: Strategy::Surge,
        strategies: BTreeMap::new(),
        allowed: Allowed::default(),
        batches: Batches::default(),
        backing: Backing::default(),
        drain: Duration::from_secs(4),
        stage_timeout: Duration::from_secs(600),
        delete_blue: true,
    }
}

fn village() -> Vec<Value> {
    vec![
        fixtures::deployment("shop", "web", 2),
        fixtures::autoscaler("shop", "web", 1, 6),
        fixtures::budget("shop", "web", json!("50%")),
        fixtures::deployment("shop", "cart", 1),
        fixtures::deployment("kube-system", "coredns", 2),
        fixtures::stateful_set("shop", "orders", 2),
        fixtures::budget("shop", "orders", json!(1)),
    ]
}

fn driver(clock: Arc<dyn Clock>) -> Driver {
    let pacing = Pacing { on_failure: OnFailure::Hold, ..Pacing::default() };
    Driver { clock, gates: Vec::new(), pacing, stop: CancellationToken::new(), time_limit: None, observer: None }
}

fn run(groups: &NodeGroups) -> Outcome {
    let (migration, clock): (Migration, _) = groups.migration(PACE, &orders());
    wait(migration.run(&driver(clock))).unwrap().report.outcome
}

/// A cluster at rest.
fn scene(name: &str) -> NodeGroups {
    let mut groups = NodeGroups::new(name, 2);
    groups.begin(village());
    groups
}

/// Lets a run die once so many calls that write were made to the cluster; whether it had not arrived by then.
fn dies_after(groups: &NodeGroups, calls: u32) -> bool {
    let api = &groups.cluster.api;
    api.faults().order(Fault::new(Kind::HoldAfter).after(calls - 1));
    let (migration, clock) = groups.migration(PACE, &orders());
    let running = beside(async move { migration.run(&driver(clock)).await.map(drop) });
    let ended = || (!api.holds().held().is_empty() || running.is_finished()).then_some(());
    until(LIMIT, "the call after which it dies", ended);
    let died = !running.is_finished();
    running.abort();
    api.faults().calm();
    api.holds().release();
    died
}

#[track_caller]
fn arrived(groups: &NodeGroups, before: &BTreeMap<String, Value>, when: &str) {
    assert_eq!(groups.kept(), *before, "{when}");
    assert_eq!(groups.groups(), ["green"], "{when}");
    for (deployment, replicas) in [("shop/web", 2), ("shop/cart", 1), ("kube-system/coredns", 2)] {
        assert!(groups.least_ready(deployment) >= replicas, "{when}: {deployment}");
    }
}

/// How many calls a run makes that write to the cluster.
fn writes(groups: &NodeGroups) -> u32 {
    let log = groups.cluster.api.log().since(0);
    log.iter().filter(|entry| entry.writes()).count().try_into().unwrap()
}

#[test]
fn dead_after_any_call_it_is_gone_on_with() {
    let whole = scene("ngcalls");
    let before = whole.kept();
    assert_eq!(run(&whole), Outcome::Settled);
    arrived(&whole, &before, "undisturbed");
    let calls = writes(&whole);
    assert!(calls > 30, "{calls}");
    // Four at a time: they wait more than they compute.
    std::thread::scope(|scope| {
        for nth in 0..4 {
            let before = &before;
            scope.spawn(move || {
                for call in (1..=calls).filter(|call| call % 4 == nth) {
                    let groups = scene("ngdead");
                    let died = dies_after(&groups, call);
                    let last = groups.cluster.api.log().since(0).into_iter().rfind(|entry| entry.writes());
                    let when = format!("after {call}, {}", last.unwrap().told());
                    // Renewals of the lease depend on time, so that a run may be over before its last call.
                    assert!(died || call + 5 > calls, "{when}");
                    assert_eq!(run(&groups), Outcome::Settled, "{when}");
                    arrived(&groups, before, &when);
                }
            });
        }
    });
}

#[test]
fn until_blue_goes_everything_can_be_put_back() {
    for calls in [12, 20, 28] {
        let groups = scene("ngback");
        let before = groups.kept();
        assert!(dies_after(&groups, calls));
        let (migration, clock) = groups.migration(PACE, &orders());
        match wait(migration.back(&driver(clock))) {
            Ok(moved) => assert_eq!(moved.report.outcome, Outcome::Settled),
            Err(Refusal::PastReturn(_)) => continue,
            Err(other) => panic!("{other}"),
        }
        assert_eq!(groups.kept(), before);
        for node in groups.cluster.api.list(&eksmig_tests::kubernetes::api::kind::NODE, None) {
            assert_eq!(node["spec"]["taints"], Value::Null);
            assert_eq!(node["metadata"]["annotations"].as_object().map_or(0, |it| it.len()), 0, "{node}");
        }
    }
}
