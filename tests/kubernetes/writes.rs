//! Writing: versions, generations, subresources, unknown fields, deletion.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{BINDING, DEPLOYMENT};
use eksmig_tests::kubernetes::client::Client;
use eksmig_tests::kubernetes::fixtures::{binding, deployment, node};
use serde_json::{Value, json};

const WEB: &str = "/apis/apps/v1/namespaces/default/deployments/web";

fn web() -> (Cluster, Client) {
    let cluster = Cluster::start();
    cluster.api.seed(deployment("default", "web", 2));
    let client = Client::of(&cluster);
    (cluster, client)
}

#[test]
fn a_write_of_another_version_is_refused() {
    let (_cluster, client) = web();
    let old = client.ask("GET", WEB, &Value::Null).body;
    let new = client.patch("merge", WEB, &json!({"spec": {"replicas": 3}})).body;
    assert_ne!(old["metadata"]["resourceVersion"], new["metadata"]["resourceVersion"]);
    let refused = client.ask("PUT", WEB, &old);
    assert_eq!((refused.status, &refused.body["reason"]), (409, &json!("Conflict")));
    assert!(
        refused.body["message"]
            .as_str()
            .unwrap()
            .starts_with("Operation cannot be fulfilled on deployments.apps \"web\"")
    );
    let guard = json!({"metadata": {"resourceVersion": old["metadata"]["resourceVersion"]}, "spec": {"replicas": 4}});
    assert_eq!(client.patch("merge", WEB, &guard).status, 409);
    assert_eq!(client.patch("merge", &format!("{WEB}/scale"), &guard).status, 409);
    let test = |value: &str| {
        json!([{"op": "test", "path": "/metadata/resourceVersion", "value": value},
        {"op": "replace", "path": "/spec/replicas", "value": 4}])
    };
    assert_eq!(client.patch("json", WEB, &test("1")).status, 422);
    assert_eq!(client.patch("json", WEB, &test(new["metadata"]["resourceVersion"].as_str().unwrap())).status, 200);
}

#[test]
fn a_generation_is_a_change_of_the_spec() {
    let (_cluster, client) = web();
    let generation = |answer: Value| answer["metadata"]["generation"].as_i64().unwrap();
    let version = |answer: &Value| answer["metadata"]["resourceVersion"].clone();
    assert_eq!(generation(client.patch("merge", WEB, &json!({"metadata": {"annotations": {"a": "1"}}})).body), 1);
    let changed = client.patch("strategic-merge", WEB, &json!({"spec": {"replicas": 3}})).body;
    assert_eq!(generation(changed.clone()), 2);
    let same = client.patch("merge", WEB, &json!({"spec": {"replicas": 3}})).body;
    assert_eq!(version(&same), version(&changed), "a write of what is there is none");
}

#[test]
fn the_status_is_apart() {
    let (cluster, client) = web();
    let both = json!({"spec": {"replicas": 9}, "status": {"replicas": 7}});
    client.patch("merge", &format!("{WEB}/status"), &both);
    let web = cluster.api.get(&DEPLOYMENT, "default", "web").unwrap();
    assert_eq!((&web["spec"]["replicas"], &web["status"]["replicas"]), (&json!(2), &json!(7)));
    client.patch("merge", WEB, &json!({"spec": {"replicas": 9}, "status": {"replicas": 1}}));
    let web = cluster.api.get(&DEPLOYMENT, "default", "web").unwrap();
    assert_eq!((&web["spec"]["replicas"], &web["status"]["replicas"]), (&json!(9), &json!(7)));
    let scale = client.ask("GET", &format!("{WEB}/scale"), &Value::Null).body;
    assert_eq!((&scale["spec"]["replicas"], &scale["status"]["selector"]), (&json!(9), &json!("app=web")));
}

#[test]
fn unknown_fields_are_warned_of_or_refused() {
    let (_cluster, client) = web();
    let patch = json!({"spec": {"replcias": 3}});
    let warned = client.patch("merge", WEB, &patch);
    assert_eq!(warned.headers["warning"], "299 - \"unknown field \\\"spec.replcias\\\"\"");
    assert!(warned.body["spec"].get("replcias").is_none());
    let refused = client.patch("merge", &format!("{WEB}?fieldValidation=Strict"), &patch);
    assert_eq!(refused.status, 400);
    assert!(refused.body["message"].as_str().unwrap().contains("unknown field \"spec.replcias\""));
    let silent = client.patch("merge", &format!("{WEB}?fieldValidation=Ignore"), &patch);
    assert_eq!((silent.status, silent.headers.get("warning")), (200, None));
}

#[test]
fn a_strategic_patch_of_taints_erases_the_others() {
    let cluster = Cluster::start();
    let mut blue = node("blue-1", "blue", "eu-west-1a");
    blue["spec"]["taints"] = json!([{"key": "team", "effect": "NoSchedule"}]);
    cluster.api.seed(blue);
    let patched = Client::of(&cluster).patch(
        "strategic-merge",
        "/api/v1/nodes/blue-1",
        &json!({"spec": {"taints": [{"key": "mine", "effect": "NoSchedule"}]}}),
    );
    assert_eq!(patched.body["spec"]["taints"], json!([{"key": "mine", "effect": "NoSchedule"}]));
}

#[test]
fn what_is_not_installed_not_allowed_or_not_asked_with_a_token_is_refused() {
    let (cluster, mut client) = web();
    let path = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings";
    assert_eq!(client.ask("GET", path, &Value::Null).status, 404);
    let with = Cluster::with(&[BINDING]);
    assert_eq!(Client::of(&with).ask("GET", path, &Value::Null).status, 200);
    with.api.seed(binding("default", "web", "arn", "ip"));
    let one = "/apis/elbv2.k8s.aws/v1beta1/namespaces/default/targetgroupbindings/web";
    assert_eq!(Client::of(&with).patch("strategic-merge", one, &json!({})).status, 415);
    assert_eq!(Client::of(&with).patch("merge", one, &json!({"spec": {"targetGroupARN": "other"}})).status, 403);

    cluster.api.permissions().forbid("patch", "deployments.apps");
    assert_eq!(client.patch("merge", WEB, &json!({})).status, 403);
    assert_eq!(client.patch("merge", &format!("{WEB}/scale"), &json!({"spec": {"replicas": 5}})).status, 200);
    client.token = "wrong".to_owned();
    assert_eq!(client.ask("GET", "/version", &Value::Null).status, 401);
    assert_eq!(cluster.api.log().since(0).last().unwrap().status, Some(401));
}
