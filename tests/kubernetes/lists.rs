//! Lists in pages, and watches.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::NODE;
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::client::{Client, Watch};
use eksmig_tests::kubernetes::fixtures::node;
use serde_json::{Value, json};

fn nodes(count: usize) -> (Cluster, Client) {
    let cluster = Cluster::start();
    for index in 0..count {
        cluster.api.seed(node(&format!("n{index}"), "blue", "eu-west-1a"));
    }
    let client = Client::of(&cluster);
    (cluster, client)
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

#[track_caller]
fn expect(watch: &mut Watch, events: &[(&str, &str)]) {
    for (kind, name) in events {
        assert_eq!(watch.told(), Some(((*kind).to_owned(), (*name).to_owned())));
    }
}

#[test]
fn pages_are_of_one_version() {
    let (cluster, client) = nodes(5);
    let first = client.ask("GET", "/api/v1/nodes?limit=2", &Value::Null).body;
    assert_eq!((names(&first), &first["metadata"]["remainingItemCount"]), (vec!["n0", "n1"], &json!(3)));
    assert!(first["items"][0].get("kind").is_none(), "items of built-in kinds do not say which");
    cluster.api.delete(&NODE, ["", "n3"], &json!({})).unwrap();
    cluster.api.seed(node("n2a", "blue", "eu-west-1a"));
    let next = format!("/api/v1/nodes?limit=2&continue={}", first["metadata"]["continue"].as_str().unwrap());
    assert_eq!(names(&client.ask("GET", &next, &Value::Null).body), ["n2", "n3"]);
    cluster.api.compact();
    let expired = client.ask("GET", &next, &Value::Null);
    assert_eq!((expired.status, &expired.body["reason"]), (410, &json!("Expired")));
    let all = client.ask("GET", "/api/v1/nodes?labelSelector=eks.amazonaws.com%2Fnodegroup%3Dblue", &Value::Null).body;
    assert_eq!(names(&all), ["n0", "n1", "n2", "n2a", "n4"]);
}

#[test]
fn a_watch_goes_on_from_a_version() {
    let (cluster, client) = nodes(1);
    let version = cluster.api.version();
    cluster.api.seed(node("n1", "blue", "eu-west-1a"));
    let label = |value: &str| {
        let edited = cluster.api.edit(&NODE, ["", "n1"], Part::Main, "test", |node| {
            node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = json!(value);
        });
        edited.unwrap();
    };
    let path = format!("/api/v1/nodes?watch=true&resourceVersion={version}");
    let mut all = client.watch(&path);
    let mut blue = client.watch(&format!("{path}&labelSelector=eks.amazonaws.com/nodegroup=blue"));
    label("green");
    cluster.api.delete(&NODE, ["", "n1"], &json!({})).unwrap();
    expect(&mut all, &[("ADDED", "n1"), ("MODIFIED", "n1"), ("DELETED", "n1")]);
    // What is no longer selected is gone, to whoever selects.
    expect(&mut blue, &[("ADDED", "n1"), ("DELETED", "n1")]);
}

#[test]
fn a_watch_of_too_old_a_version_is_told_so() {
    let (cluster, client) = nodes(1);
    let path = format!("/api/v1/nodes?watch=1&resourceVersion={}", cluster.api.version());
    cluster.api.seed(node("n1", "blue", "eu-west-1a"));
    cluster.api.compact();
    let mut watch = client.watch(&path);
    let event = watch.event().unwrap();
    assert_eq!((&event["type"], &event["object"]["code"]), (&json!("ERROR"), &json!(410)));
    assert_eq!(watch.event(), None);
}

#[test]
fn a_watch_may_begin_with_what_is_there() {
    let (cluster, client) = nodes(2);
    let path = "/api/v1/nodes?watch=true&sendInitialEvents=true&allowWatchBookmarks=true";
    assert_eq!(client.ask("GET", path, &Value::Null).status, 422);
    let mut watch = client.watch(&format!("{path}&resourceVersionMatch=NotOlderThan"));
    expect(&mut watch, &[("ADDED", "n0"), ("ADDED", "n1")]);
    let end = watch.event().unwrap();
    assert_eq!(end["type"], "BOOKMARK");
    assert_eq!(end["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    assert_eq!(end["object"]["metadata"]["resourceVersion"], cluster.api.version().to_string());
    cluster.api.bookmark();
    assert_eq!(watch.event().unwrap()["type"], "BOOKMARK");
}

#[test]
fn watches_end() {
    let (cluster, client) = nodes(1);
    let mut timed = client.watch("/api/v1/nodes?watch=true&timeoutSeconds=1&allowWatchBookmarks=true");
    expect(&mut timed, &[("ADDED", "n0")]);
    assert_eq!(timed.event().unwrap()["type"], "BOOKMARK");
    assert_eq!(timed.event(), None);

    let mut dropped = client.watch("/api/v1/nodes?watch=true");
    expect(&mut dropped, &[("ADDED", "n0")]);
    cluster.api.drop_watches();
    assert_eq!(dropped.event(), None);

    let mut expired = client.watch("/api/v1/nodes?watch=true");
    expect(&mut expired, &[("ADDED", "n0")]);
    cluster.api.expire_watches();
    assert_eq!(expired.event().unwrap()["object"]["code"], 410);
}
