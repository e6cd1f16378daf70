//! Models: a surge from blue nodes to green ones and back to the number of before, and what would go wrong.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::Api;
use eksmig_tests::kubernetes::api::kind::{AUTOSCALER, BUDGET, DEPLOYMENT, JOB, NODE, POD};
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::fixtures::{autoscaler, budget, daemon_set, deployment, node, stateful_set};
use eksmig_tests::kubernetes::models::Models;
use eksmig_tests::kubernetes::models::victims::COST;
use serde_json::{Value, json};

const WEB: [&str; 2] = ["default", "web"];

/// Four ready pods on blue, and green nodes that are empty. Blue is tainted.
fn blue() -> (Cluster, Models) {
    let cluster = Cluster::start();
    cluster.api.seed(node("blue-1", "blue", "eu-west-1a"));
    cluster.api.seed(node("blue-2", "blue", "eu-west-1b"));
    cluster.api.seed(deployment("default", "web", 4));
    let mut models = cluster.models();
    models.tick_until(30, "four ready pods", |api| ready(api) == 4);
    for (name, zone) in [("green-1", "eu-west-1a"), ("green-2", "eu-west-1b")] {
        cluster.api.seed(node(name, "green", zone));
    }
    for name in ["blue-1", "blue-2"] {
        let taint = json!([{"key": "eksmig/blue", "effect": "NoSchedule"}]);
        cluster.api.edit(&NODE, ["", name], Part::Main, "test", |node| node["spec"]["taints"] = taint).unwrap();
    }
    models.witness.begin_anew();
    (cluster, models)
}

fn ready(api: &Api) -> i64 {
    api.get(&DEPLOYMENT, "default", "web").unwrap()["status"]["readyReplicas"].as_i64().unwrap_or(0)
}

/// How many pods are on nodes whose name begins so.
fn on(api: &Api, side: &str) -> usize {
    let pods = api.list(&POD, None);
    pods.iter().filter(|pod| pod["spec"]["nodeName"].as_str().unwrap_or_default().starts_with(side)).count()
}

fn scale(api: &Api, replicas: i64) {
    let scaled = api.edit(&DEPLOYMENT, WEB, Part::Scale, "test", |web| web["spec"]["replicas"] = json!(replicas));
    scaled.unwrap();
}

#[test]
fn a_surge_with_deletion_costs_ends_on_green() {
    let (cluster, mut models) = blue();
    let api = &cluster.api;
    scale(api, 8);
    models.tick_until(30, "eight ready pods", |api| ready(api) == 8);
    assert_eq!([on(api, "blue"), on(api, "green")], [4, 4]);
    for pod in api.list(&POD, None).iter().filter(|pod| pod["spec"]["nodeName"].as_str().unwrap().starts_with("blue")) {
        let place = ["default", pod["metadata"]["name"].as_str().unwrap()];
        let cost = |pod: &mut Value| pod["metadata"]["annotations"][COST] = json!("-1000");
        api.edit(&POD, place, Part::Main, "test", cost).unwrap();
    }
    scale(api, 4);
    models.tick_until(60, "end of the blue pods", |api| on(api, "blue") == 0);
    assert_eq!(on(api, "green"), 4);
    assert_eq!(models.witness.least_ready("default/web"), Some(4));
    assert_eq!(models.witness.most_ready("default/web"), Some(8));
}

#[test]
fn a_surge_without_them_takes_the_young_from_green() {
    let (cluster, mut models) = blue();
    for _ in 0..600 {
        models.tick(1);
    }
    scale(&cluster.api, 8);
    models.tick_until(30, "eight ready pods", |api| ready(api) == 8);
    scale(&cluster.api, 4);
    models.tick_until(30, "four pods", |api| api.list(&POD, None).len() == 4);
    assert_eq!([on(&cluster.api, "blue"), on(&cluster.api, "green")], [4, 0]);
}

#[test]
fn an_autoscaler_undoes_a_surge_above_its_bounds_and_does_one_by_them() {
    let (cluster, mut models) = blue();
    let api = &cluster.api;
    api.seed(autoscaler("default", "web", 2, 6));
    scale(api, 8);
    models.tick(1);
    assert_eq!(api.get(&DEPLOYMENT, "default", "web").unwrap()["spec"]["replicas"], 6);
    let bounds = |both: i64| {
        let edited = api.edit(&AUTOSCALER, WEB, Part::Main, "test", |scaler| {
            scaler["spec"]["minReplicas"] = json!(both);
            scaler["spec"]["maxReplicas"] = json!(both);
        });
        edited.unwrap();
    };
    bounds(8);
    models.tick_until(30, "eight ready pods", |api| ready(api) == 8);
    bounds(4);
    models.tick_until(30, "four ready pods", |api| ready(api) == 4);
}

#[test]
fn a_roll_out_keeps_as_many_as_it_promises() {
    let (cluster, mut models) = blue();
    let api = &cluster.api;
    let image = |web: &mut Value| web["spec"]["template"]["spec"]["containers"][0]["image"] = json!("example/app:2");
    api.edit(&DEPLOYMENT, WEB, Part::Main, "test", image).unwrap();
    models.tick_until(90, "end of the roll-out", |api| {
        let web = api.get(&DEPLOYMENT, "default", "web").unwrap();
        let status = &web["status"];
        status["observedGeneration"] == web["metadata"]["generation"]
            && ["replicas", "updatedReplicas", "availableReplicas"].iter().all(|field| status[*field] == 4)
            && on(api, "blue") == 0
    });
    // A quarter may be missing, and a quarter more be there.
    assert_eq!(models.witness.least_ready("default/web"), Some(3));
    assert!(models.witness.most_ready("default/web").unwrap() <= 5);
}

#[test]
fn a_disk_keeps_its_pod_in_its_zone() {
    let cluster = Cluster::start();
    let api = &cluster.api;
    api.seed(node("green-1", "green", "eu-west-1b"));
    let term = json!({"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1a"]}]});
    api.seed(json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
        "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}}}));
    api.seed(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-db-0"},
        "spec": {"volumeName": "disk", "accessModes": ["ReadWriteOnce"]}}));
    let mut db = stateful_set("default", "db", 2);
    db["spec"]["volumeClaimTemplates"] =
        json!([{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]);
    api.seed(db);
    let mut models = cluster.models();
    for _ in 0..20 {
        models.tick(1);
    }
    let pod = api.get(&POD, "default", "db-0").unwrap();
    assert_eq!(pod["status"]["phase"], "Pending");
    let why = pod["status"]["conditions"][0]["message"].as_str().unwrap();
    assert!(why.contains("volume node affinity conflict"), "{why}");
    assert!(api.get(&POD, "default", "db-1").is_none(), "the next waits for the one before");
    api.seed(node("green-2", "green", "eu-west-1a"));
    models.tick_until(30, "both pods", |api| on(api, "green") == 2 && api.get(&POD, "default", "db-1").is_some());
}

#[test]
fn budgets_daemons_and_jobs_are_looked_after() {
    let (cluster, mut models) = blue();
    let api = &cluster.api;
    api.seed(budget("default", "web", json!("50%")));
    api.seed(daemon_set("default", "logs"));
    api.seed(json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report"},
        "spec": {"completions": 2, "template": {"metadata": {"labels": {"job": "report"}},
            "spec": {"containers": [{"name": "report"}], "restartPolicy": "Never"}}}}));
    models.tick_until(120, "completed job", |api| {
        api.get(&JOB, "default", "report").unwrap()["status"]["completionTime"].is_string()
    });
    let status = api.get(&BUDGET, "default", "web").unwrap()["status"].clone();
    let of = |field: &str| status[field].as_i64().unwrap();
    assert_eq!(["expectedPods", "desiredHealthy", "currentHealthy", "disruptionsAllowed"].map(of), [4, 2, 4, 2]);
    let daemons = api.list(&POD, None);
    let daemons = daemons.iter().filter(|pod| pod["metadata"]["labels"]["app"] == "logs").count();
    assert_eq!(daemons, 2, "one on each node whose taints it tolerates");
}
