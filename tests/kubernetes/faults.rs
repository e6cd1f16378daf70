//! Faults that are ordered, and requests that are held.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::faults::{Chances, Fault, Kind};
use eksmig_tests::kubernetes::api::kind::NODE;
use eksmig_tests::kubernetes::client::Client;
use eksmig_tests::kubernetes::fixtures::node;
use eksmig_tests::patience::until;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);
const BLUE: &str = "/api/v1/nodes/blue-1";

fn blue() -> (Cluster, Client) {
    let cluster = Cluster::start();
    cluster.api.seed(node("blue-1", "blue", "eu-west-1a"));
    let client = Client::of(&cluster);
    (cluster, client)
}

fn note(client: &Client, value: &str) -> Option<u16> {
    let body = json!({"metadata": {"annotations": {"note": value}}});
    client.try_ask("PATCH", BLUE, "application/merge-patch+json", &body).map(|answer| answer.status)
}

fn noted(cluster: &Cluster) -> Value {
    cluster.api.get(&NODE, "", "blue-1").unwrap()["metadata"]["annotations"]["note"].clone()
}

#[test]
fn the_nth_write_is_refused_and_not_done() {
    let (cluster, client) = blue();
    cluster.api.faults().order(Fault::new(Kind::Unavailable).after(1));
    cluster.api.faults().order(Fault::new(Kind::TooMany(3)).on("list", "nodes"));
    assert_eq!(note(&client, "1"), Some(200));
    assert_eq!(client.ask("GET", BLUE, &Value::Null).status, 200);
    assert_eq!(note(&client, "2"), Some(503));
    assert_eq!(noted(&cluster), "1");
    let busy = client.ask("GET", "/api/v1/nodes", &Value::Null);
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(note(&client, "3"), Some(200));
    let faults: Vec<_> = cluster.api.log().since(0).into_iter().filter_map(|entry| entry.fault).collect();
    assert_eq!(faults, ["unavailable", "too_many"]);
}

#[test]
fn a_lost_reply_is_of_a_write_that_was_done() {
    let (cluster, client) = blue();
    cluster.api.faults().order(Fault::new(Kind::LoseReply));
    assert_eq!(note(&client, "1"), None);
    assert_eq!(noted(&cluster), "1");
    cluster.api.faults().order(Fault::new(Kind::Reset));
    assert_eq!(note(&client, "2"), None);
    assert_eq!(noted(&cluster), "1");
}

#[test]
fn a_client_that_goes_before_its_write_never_writes() {
    let (cluster, client) = blue();
    let body = node("green-1", "green", "eu-west-1a");
    let held = || until(LIMIT, "held request", || (!cluster.api.holds().held().is_empty()).then_some(()));
    let over = || until(LIMIT, "end of the hold", || cluster.api.holds().held().is_empty().then_some(()));

    cluster.api.faults().order(Fault::new(Kind::HoldBefore).by("tests/"));
    client.ask_and_go("POST", "/api/v1/nodes", &body, held);
    over();
    assert!(cluster.api.get(&NODE, "", "green-1").is_none());

    cluster.api.faults().order(Fault::new(Kind::HoldAfter).by("tests/"));
    client.ask_and_go("POST", "/api/v1/nodes", &body, held);
    over();
    assert!(cluster.api.get(&NODE, "", "green-1").is_some());
}

#[test]
fn chances_repeat_with_their_seed() {
    let fates = |seed| {
        let (cluster, client) = blue();
        let rates = vec![(Kind::Internal, 0.3), (Kind::TooMany(0), 0.3)];
        cluster.api.faults().leave_to_chance(Chances { seed, rates, agent: String::new() });
        (0..12).map(|index| note(&client, &index.to_string()).unwrap()).collect::<Vec<u16>>()
    };
    assert_eq!(fates(7), fates(7));
    assert_ne!(fates(7), fates(8));
    assert!([200, 429, 500].iter().all(|status| fates(7).contains(status)));
}

#[test]
fn a_hook_sees_every_write_before_its_answer() {
    let (cluster, client) = blue();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (told, count) = (Arc::clone(&seen), AtomicU32::new(0));
    cluster.api.after_writes(move |entry| {
        told.lock().unwrap().push(format!("{} {}", count.fetch_add(1, Ordering::SeqCst), entry.told()));
    });
    note(&client, "1");
    client.ask("GET", BLUE, &Value::Null);
    note(&client, "2");
    assert_eq!(*seen.lock().unwrap(), ["0 patch nodes/blue-1", "1 patch nodes/blue-1"]);
}
