//! Evicting, as `eviction.go` does.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{BUDGET, NAMESPACE, POD};
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::client::{Answer, Client};
use serde_json::{Value, json};

/// A pod `web` on a node, and budgets for it that have so many disruptions left.
struct Scene {
    cluster: Cluster,
}

impl Scene {
    fn new(phase: &str, ready: bool, budgets: &[i64]) -> Self {
        let cluster = Cluster::start();
        let status = if ready { "True" } else { "False" };
        cluster.api.seed(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}},
            "spec": {"nodeName": "blue-1", "containers": [{"name": "web"}]},
            "status": {"phase": phase, "conditions": [{"type": "Ready", "status": status}]}}),
        );
        for (index, allowed) in budgets.iter().enumerate() {
            cluster.api.seed(json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": {"name": format!("b{index}")},
                "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
                "status": {"observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 2 + allowed,
                    "desiredHealthy": 2, "expectedPods": 3}}));
        }
        Self { cluster }
    }

    fn evict(&self, options: &Value) -> Answer {
        let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web"}, "deleteOptions": options});
        self.post(&eviction)
    }

    fn post(&self, eviction: &Value) -> Answer {
        Client::of(&self.cluster).ask("POST", "/api/v1/namespaces/default/pods/web/eviction", eviction)
    }

    fn budget(&self) -> Value {
        self.cluster.api.get(&BUDGET, "default", "b0").unwrap()["status"].clone()
    }

    fn change_budget(&self, part: Part, change: impl FnOnce(&mut Value)) {
        self.cluster.api.edit(&BUDGET, ["default", "b0"], part, "test", change).unwrap();
    }

    /// Whether the pod is as it was: neither gone nor told to end.
    fn stays(&self) -> bool {
        let pod = self.cluster.api.get(&POD, "default", "web");
        pod.is_some_and(|pod| pod["metadata"].get("deletionTimestamp").is_none())
    }
}

/// Evicts a pod, and says the answer's status and whether the pod stays.
fn check(phase: &str, ready: bool, budgets: &[i64], expected: (u16, bool)) -> Answer {
    let scene = Scene::new(phase, ready, budgets);
    let answer = scene.evict(&Value::Null);
    assert_eq!((answer.status, scene.stays()), expected, "{phase} {ready} {budgets:?}: {}", answer.body);
    answer
}

#[test]
fn a_budget_is_asked_and_charged() {
    check("Running", true, &[], (201, false));
    check("Running", true, &[1], (201, false));
    let refused = check("Running", true, &[0], (429, true));
    assert_eq!(refused.body["reason"], "TooManyRequests");
    let cause = json!([{"reason": "DisruptionBudget", "message": "The disruption budget b0 needs 2 healthy pods and has 2 currently"}]);
    assert_eq!(refused.body["details"]["causes"], cause);
    assert!(refused.headers.get("retry-after").is_none());
    let refused = check("Running", true, &[1, 1], (500, true));
    assert!(refused.body["message"].as_str().unwrap().contains("more than one PodDisruptionBudget"));

    let scene = Scene::new("Running", true, &[1]);
    assert_eq!(scene.evict(&Value::Null).status, 201);
    assert_eq!(scene.budget()["disruptionsAllowed"], 0);
    assert!(scene.budget()["disruptedPods"].get("web").is_some());
    // Who is on its way out already needs no budget.
    assert_eq!(scene.evict(&Value::Null).status, 201);
}

#[test]
fn who_serves_nobody_needs_no_budget() {
    check("Pending", false, &[0], (201, false));
    check("Succeeded", false, &[0, 0], (201, false));
}

#[test]
fn who_is_not_ready_goes_if_enough_others_are() {
    check("Running", false, &[0], (201, false));
    let short = |policy: Option<&str>| {
        let scene = Scene::new("Running", false, &[0]);
        scene.change_budget(Part::Whole, |budget| {
            budget["status"]["currentHealthy"] = json!(1);
            if let Some(policy) = policy {
                budget["spec"]["unhealthyPodEvictionPolicy"] = json!(policy);
            }
        });
        scene.evict(&Value::Null).status
    };
    assert_eq!(short(None), 429);
    assert_eq!(short(Some("AlwaysAllow")), 201);
}

#[test]
fn a_budget_that_nobody_looked_at_yet_is_waited_for() {
    let scene = Scene::new("Running", true, &[1]);
    scene.change_budget(Part::Main, |budget| budget["spec"]["minAvailable"] = json!(1));
    let refused = scene.evict(&Value::Null);
    assert_eq!((refused.status, refused.headers["retry-after"].to_str().unwrap()), (429, "10"));
    assert!(refused.body["details"]["causes"][0]["message"].as_str().unwrap().contains("still being processed"));
}

#[test]
fn preconditions_and_dry_runs_hold() {
    let scene = Scene::new("Running", true, &[2]);
    assert_eq!(scene.evict(&json!({"dryRun": ["All"]})).status, 201);
    assert!(scene.stays());
    assert_eq!(scene.budget()["disruptionsAllowed"], 2);
    assert_eq!(scene.evict(&json!({"preconditions": {"uid": "another"}})).status, 409);
    assert!(scene.stays());
    assert_eq!(scene.budget()["disruptionsAllowed"], 1, "the budget is charged before the preconditions are looked at");
    let uid = scene.cluster.api.get(&POD, "default", "web").unwrap()["metadata"]["uid"].clone();
    assert_eq!(scene.evict(&json!({"preconditions": {"uid": uid}, "gracePeriodSeconds": 7})).status, 201);
    let pod = scene.cluster.api.get(&POD, "default", "web").unwrap();
    assert_eq!(pod["metadata"]["deletionGracePeriodSeconds"], 7);
}

#[test]
fn an_eviction_is_of_the_pod_in_its_path() {
    let scene = Scene::new("Running", true, &[]);
    assert_eq!(scene.post(&json!({"metadata": {"name": "api"}})).status, 400);
    assert!(scene.stays());
    let gone = Client::of(&scene.cluster).ask(
        "POST",
        "/api/v1/namespaces/default/pods/api/eviction",
        &json!({"metadata": {"name": "api"}}),
    );
    assert_eq!(gone.status, 404);
    scene.cluster.api.delete(&NAMESPACE, ["", "default"], &json!({})).unwrap();
    let refused = scene.evict(&Value::Null);
    assert_eq!(
        (refused.status, &refused.body["details"]["causes"][0]["reason"]),
        (403, &json!("NamespaceTerminating"))
    );
}
