//! Two load balancer controllers on one target group.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{BINDING, CONFIG_MAP, NODE, POD, SERVICE};
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::fixtures::{binding, deployment, node, service};
use eksmig_tests::kubernetes::models::Models;
use eksmig_tests::kubernetes::models::load_balancer::{EXCLUDED, Target, TargetGroups};
use serde_json::json;

/// One target group; all its targets are healthy. Copies are of the same.
#[derive(Debug, Clone, Default)]
struct Group(Arc<Mutex<BTreeMap<Target, bool>>>);

impl TargetGroups for Group {
    fn targets(&self, _: &str) -> BTreeMap<Target, bool> {
        self.0.lock().unwrap().clone()
    }

    fn register(&self, _: &str, targets: &[Target]) {
        self.0.lock().unwrap().extend(targets.iter().map(|target| (target.clone(), true)));
    }

    fn deregister(&self, _: &str, targets: &[Target]) {
        self.0.lock().unwrap().retain(|target, _| !targets.contains(target));
    }
}

impl Group {
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// A cluster with a service of so many pods, bound to the group.
fn cluster(side: &str, group: &Group, pods: u32, kind: &str, shared: bool) -> (Cluster, Models) {
    let cluster = Cluster::with(&[BINDING]);
    let api = &cluster.api;
    // Pods of different clusters have different addresses: uids are counted, so blue's count begins later.
    for index in 0..if side == "blue" { 3 } else { 40 } {
        api.seed(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("filler-{index}")}}));
    }
    api.seed(node(&format!("{side}-1"), side, "eu-west-1a"));
    api.seed(node(&format!("{side}-2"), side, "eu-west-1b"));
    api.seed(deployment("default", "web", pods));
    api.seed(service("default", "web", Some(30080)));
    let mut bound = binding("default", "web", "arn", kind);
    if shared {
        bound["spec"]["multiClusterTargetGroup"] = json!(true);
    }
    api.seed(bound);
    let mut models = cluster.models();
    models.target_groups = Some(Box::new(group.clone()));
    for _ in 0..15 {
        models.tick(1);
    }
    (cluster, models)
}

fn ticks(models: &mut Models, count: u32) {
    for _ in 0..count {
        models.tick(1);
    }
}

#[test]
fn the_fight_is_latent_until_a_pod_changes() {
    let group = Group::default();
    let (blue, mut of_blue) = cluster("blue", &group, 2, "ip", false);
    assert_eq!(group.count(), 2);
    let (_green, mut of_green) = cluster("green", &group, 3, "ip", false);
    assert_eq!(group.count(), 3, "green's first look throws blue out");
    ticks(&mut of_blue, 60);
    assert_eq!(group.count(), 3, "and blue does not notice");
    let pod = blue.api.list(&POD, None)[0]["metadata"]["name"].as_str().unwrap().to_owned();
    blue.api.delete(&POD, ["default", &pod], &json!({})).unwrap();
    ticks(&mut of_blue, 15);
    assert_eq!(group.count(), 2, "until one of its pods changes: now green is out");
    ticks(&mut of_green, 60);
    assert_eq!(group.count(), 2);
}

#[test]
fn those_that_share_leave_the_others_targets() {
    let group = Group::default();
    let (blue, mut of_blue) = cluster("blue", &group, 2, "ip", true);
    let (_green, mut of_green) = cluster("green", &group, 3, "ip", true);
    assert_eq!(group.count(), 5);
    let pod = blue.api.list(&POD, None)[0]["metadata"]["name"].as_str().unwrap().to_owned();
    blue.api.delete(&POD, ["default", &pod], &json!({})).unwrap();
    ticks(&mut of_blue, 15);
    ticks(&mut of_green, 15);
    assert_eq!(group.count(), 5);
    let memory = blue.api.get(&CONFIG_MAP, "default", "aws-lbc-targets-web").unwrap();
    assert_eq!(memory["data"]["targets"].as_str().unwrap().split(',').count(), 2);
    blue.api.delete(&BINDING, ["default", "web"], &json!({})).unwrap();
    ticks(&mut of_blue, 3);
    assert!(blue.api.get(&BINDING, "default", "web").is_none());
    assert_eq!(group.count(), 3);
}

#[test]
fn a_service_that_goes_takes_everybodys_targets_along() {
    let group = Group::default();
    let (blue, mut of_blue) = cluster("blue", &group, 2, "ip", false);
    group.register("arn", &[("10.9.9.9".to_owned(), 8080)]);
    blue.api.delete(&SERVICE, ["default", "web"], &json!({})).unwrap();
    ticks(&mut of_blue, 2);
    assert_eq!(group.count(), 0);
    assert!(blue.api.get(&BINDING, "default", "web").is_some());
}

#[test]
fn a_label_takes_a_node_out_of_instance_groups_alone() {
    for (kind, left) in [("instance", 1), ("ip", 2)] {
        let group = Group::default();
        let (blue, mut of_blue) = cluster("blue", &group, 2, kind, false);
        assert_eq!(group.count(), 2, "{kind}");
        let labelled = blue.api.edit(&NODE, ["", "blue-1"], Part::Main, "test", |node| {
            node["metadata"]["labels"][EXCLUDED] = json!("false");
        });
        labelled.unwrap();
        ticks(&mut of_blue, 3);
        assert_eq!(group.count(), left, "{kind}");
    }
}

#[test]
fn a_readiness_gate_opens_once_the_target_is_healthy() {
    let group = Group::default();
    let cluster = Cluster::with(&[BINDING]);
    cluster.api.seed(node("blue-1", "blue", "eu-west-1a"));
    let mut web = deployment("default", "web", 1);
    web["spec"]["template"]["spec"]["readinessGates"] = json!([{"conditionType": "target-health.elbv2.k8s.aws/web"}]);
    cluster.api.seed(web);
    cluster.api.seed(service("default", "web", None));
    let mut models = cluster.models();
    ticks(&mut models, 20);
    assert_eq!(models.witness.most_ready("default/web"), Some(0));
    cluster.api.seed(binding("default", "web", "arn", "ip"));
    models.target_groups = Some(Box::new(group.clone()));
    ticks(&mut models, 10);
    assert_eq!((group.count(), models.witness.most_ready("default/web")), (1, Some(1)));
}
