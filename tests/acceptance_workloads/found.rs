//! What is found.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::api::kind::SERVICE;
use eksmig_tests::kubernetes::api::log::Entry;
use eksmig_tests::kubernetes::fixtures::binding;
use eksmig_tests::kubernetes::role::{asked, role};
use eksmig_tests::policy;
use eksmig_tests::rest_api::RestApi;
use serde_json::{Value, json};

use crate::scene::{Clusters, NODE_PORT};

/// Both clusters with a service of every kind.
fn every_kind(name: &str) -> Clusters {
    let clusters = Clusters::empty(name);
    let world = &clusters.stage.world;
    let (alb, nlb) = (world.application_balancer("alb"), world.network_balancer("nlb"));
    clusters.bound("web", &alb, ProtocolEnum::Http, 80);
    clusters.bound("api", &nlb, ProtocolEnum::Tcp, 80);
    RestApi::new(world, &nlb);
    clusters.on_node_port("legacy", &alb);
    clusters.behind_nginx("site", "site.example.com");
    clusters.service("cache", None);
    clusters
}

#[test]
fn every_kind_is_told_with_what_moves_it_and_nothing_is_in_the_way() {
    let clusters = every_kind("kinds");
    let found = clusters.found();
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["shop/api", "shop/cache", "shop/legacy", "shop/site", "shop/web"], "but for kube-system");
    for (name, kind, mover) in [
        ("web", "pods_behind_alb", json!(["eksmig_weighted_shift"])),
        ("api", "pods_behind_nlb", json!(["eksmig_nlb_port_swap"])),
        ("legacy", "node_port", json!(["eksmig_target_cutover"])),
        ("site", "ingress_controller", json!(["eksmig_external_dns_shift"])),
        ("cache", "internal", json!([])),
    ] {
        let found = &found[format!("shop/{name}")];
        assert_eq!((&found["kinds"], &found["moved_by"]), (&json!([kind]), &mover), "{found:#}");
        assert_eq!(found["green"].as_array().unwrap().len(), 1, "{found:#}");
        assert_eq!(found["blockers"], json!([]), "{found:#}");
    }
    let way = &found["shop/web"]["blue"][0];
    assert_eq!((&way["idle"], &way["owner"]), (&json!(false), &Value::Null));
    assert_eq!(found["shop/web"]["green"][0]["idle"], true);
    assert_eq!(found["shop/legacy"]["blue"][0]["node_ports"], json!([NODE_PORT]));
    assert_eq!(found["shop/site"]["blue"][0]["owner"], "external-dns");
    assert_eq!(found["shop/site"]["blue"][0]["hosts"], json!(["site.example.com"]));
    // Nothing changed, and so nothing is found anew.
    clusters.stage.workspace.assert_settled();
    assert!(
        [&clusters.blue, &clusters.green].iter().all(|cluster| !cluster.api.log().since(0).iter().any(Entry::writes))
    );
    assert_eq!(clusters.stage.writes(0).len(), 0);
}

#[test]
fn what_does_not_fit_together_is_in_the_way() {
    let clusters = Clusters::empty("misfits");
    let world = &clusters.stage.world;
    let alb = world.application_balancer("alb");
    clusters.bound("web", &alb, ProtocolEnum::Http, 80);
    clusters.service("shared", None);
    let group = world.target_group("shared");
    for cluster in [&clusters.blue, &clusters.green] {
        cluster.api.seed(binding("shop", "shared", &group.arn, "ip"));
    }
    clusters.green.api.delete(&SERVICE, ["shop", "web"], &json!({})).unwrap();
    let found = clusters.found();
    let said = |name: &str| found[format!("shop/{name}")]["blockers"].to_string();
    assert!(said("web").contains("There is no such service in green."), "{}", said("web"));
    assert!(said("shared").contains("multiClusterTargetGroup"), "{}", said("shared"));
    assert!(said("shared").contains("Blue: nothing sends to it now."), "{}", said("shared"));
    assert_eq!(found["shop/web"]["green"], Value::Null);
}

#[test]
fn it_does_what_its_page_lists_and_nothing_else() {
    let clusters = every_kind("policy");
    let (stage, folder) = (&clusters.stage, root().join("examples/data-sources/eksmig_workloads"));
    stage.world.emulator().make_cluster("eu-west-1", "policy-blue", &clusters.blue.url, &clusters.blue.authority);
    clusters.blue.api.guests().invite(&stage.access_key);
    clusters.configure("{ eks_cluster_name = \"policy-blue\" }", &crate::scene::by_file(&clusters.green));
    // A route of the Gateway API has its gateways and their classes looked up.
    clusters.blue.api.seed(json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "cache", "namespace": "shop"}, "spec": {}}));
    let allowed = policy::of("eksmig_workloads");
    stage.world.emulator().permit(&stage.access_key, &allowed);
    clusters.found();
    assert_eq!(stage.actions(), allowed);
    let asked = asked(&clusters.blue);
    let role = role(&std::fs::read_to_string(folder.join("rbac.yaml")).unwrap());
    assert_eq!(BTreeSet::difference(&asked, &role).collect::<Vec<_>>(), [""; 0], "asked, and not listed");
    assert_eq!(BTreeSet::difference(&role, &asked).collect::<Vec<_>>(), [""; 0], "listed, and not asked");
}
