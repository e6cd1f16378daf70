//! What two clusters would do to each other.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{AUTO_MODE_BINDING, BINDING};
use eksmig_tests::kubernetes::api::log::Entry;
use eksmig_tests::kubernetes::fixtures::{binding, deployment, service};
use eksmig_tests::stage::Stage;
use serde_json::{Value, json};

use crate::scene::{codes, finding, look, preflight, set};

/// Looks at both.
const BOTH: &str = "clusters = { blue = \"blue\", green = \"green\" }";
/// A target group.
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

/// Two clusters that go well together: a service, a target group and an owner id in each.
struct Clusters {
    stage: Stage,
    blue: Cluster,
    green: Cluster,
}

impl Clusters {
    fn new(name: &str) -> Self {
        let custom = [BINDING, AUTO_MODE_BINDING];
        let clusters = Self { stage: Stage::new(name), blue: Cluster::with(&custom), green: Cluster::with(&custom) };
        for (side, cluster) in [("blue", &clusters.blue), ("green", &clusters.green)] {
            cluster.api.namespace("shop");
            cluster.api.seed(service("shop", "web", None));
            cluster.api.seed(binding("shop", "web", &GROUP.replace("web", side), "ip"));
            cluster.api.seed(external_dns(&format!("--txt-owner-id={side}")));
        }
        clusters.configure(&by_file(&clusters.blue));
        clusters
    }

    /// Writes the provider's configuration, with this way to blue.
    fn configure(&self, blue: &str) {
        let green = by_file(&self.green);
        let text = format!("kubernetes = {{ clusters = {{ blue = {blue}, green = {green} }} }}\n  max_retries = 1");
        self.stage.configure(&text);
    }

    /// Has both bind one target group, each in multi-cluster mode or not.
    fn share(&self, blues: bool, greens: bool) {
        for (cluster, mode) in [(&self.blue, blues), (&self.green, greens)] {
            let mut shared = binding("shop", "shared", GROUP, "ip");
            shared["spec"]["multiClusterTargetGroup"] = json!(mode);
            cluster.api.seed(shared);
        }
    }

    fn look(&self) -> Value {
        look(&self.stage, BOTH)
    }
}

fn by_file(cluster: &Cluster) -> String {
    format!("{{ kubeconfig_path = {:?}, context = \"lab\" }}", cluster.kubeconfig())
}

/// An ExternalDNS with this argument.
fn external_dns(argument: &str) -> Value {
    let mut made = deployment("kube-system", "dns", 1);
    let container = &mut made["spec"]["template"]["spec"]["containers"][0];
    container["image"] = json!("registry.k8s.io/external-dns/external-dns:v0.15.0");
    container["args"] = json!(["--source=ingress", argument]);
    made
}

#[test]
fn clusters_that_go_well_together_pass() {
    let clusters = Clusters::new("together");
    clusters.share(true, true);
    // What only green has, and what only Kubernetes has, is missed by nobody.
    clusters.green.api.seed(service("shop", "new", None));
    clusters.blue.api.seed(service("kube-system", "metrics", None));
    let found = clusters.look();
    assert_eq!((&found["passed"], &found["findings"]), (&json!(true), &json!([])), "{found:#}");
    let entries = [&clusters.blue, &clusters.green].map(|cluster| cluster.api.log().since(0));
    assert!(entries.iter().all(|entries| !entries.is_empty() && !entries.iter().any(Entry::writes)), "{entries:?}");
    assert_eq!(clusters.stage.writes(0).len(), 0);
}

#[test]
fn what_they_would_do_to_each_other_is_found() {
    let clusters = Clusters::new("fights");
    clusters.share(true, false);
    clusters.blue.api.seed(service("shop", "cart", None));
    for (cluster, name) in [(&clusters.blue, "one"), (&clusters.green, "two")] {
        let mut same = external_dns("--txt-owner-id=prod");
        same["metadata"]["name"] = json!(name);
        cluster.api.seed(same);
    }
    let found = clusters.look();
    assert_eq!(found["passed"], false);
    let errors = set(&["missing_in_green", "shared_owner_id", "shared_target_group"]);
    assert_eq!((codes(&found, "error"), found["findings"].as_array().unwrap().len()), (errors, 3), "{found:#}");
    let shared = finding(&found, "shared_target_group");
    assert_eq!(shared["object"], GROUP);
    assert!(shared["message"].as_str().unwrap().contains("green's lacks multiClusterTargetGroup"), "{shared}");
    let owners = finding(&found, "shared_owner_id")["message"].as_str().unwrap();
    assert!(owners.contains("kube-system/one of blue and kube-system/two of green") && owners.contains("\"prod\""));
    assert_eq!(finding(&found, "missing_in_green")["object"], "shop/cart");
}

#[test]
fn an_owner_id_that_stands_elsewhere_is_found() {
    let clusters = Clusters::new("elsewhere");
    let mut writer = external_dns("--registry=txt");
    writer["metadata"]["name"] = json!("other");
    writer["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "EXTERNAL_DNS_TXT_OWNER_ID",
        "valueFrom": {"configMapKeyRef": {"name": "dns", "key": "owner"}}}]);
    clusters.green.api.seed(writer);
    let found = clusters.look();
    assert_eq!(codes(&found, "error"), set(&["owner_id_not_known"]), "{found:#}");
    assert_eq!(finding(&found, "owner_id_not_known")["object"], "kube-system/other");
}

#[test]
fn a_cluster_that_cannot_be_read_is_found_and_hides_nothing_else() {
    let clusters = Clusters::new("unread");
    clusters.blue.api.seed(service("shop", "cart", None));
    clusters.green.api.permissions().forbid("list", "targetgroupbindings.elbv2.k8s.aws");
    let found = clusters.look();
    assert_eq!(codes(&found, "error"), set(&["could_not_tell", "missing_in_green"]), "{found:#}");
    let untold = finding(&found, "could_not_tell");
    assert_eq!(untold["object"], "cluster green");
    assert!(untold["message"].as_str().unwrap().contains("targetgroupbindings.elbv2.k8s.aws"), "{untold}");

    // Not even whether there is anything; and it is said once.
    clusters.configure("{ host = \"https://127.0.0.1:9\", token = \"t\" }");
    clusters.green.api.permissions().allow_all();
    let found = clusters.look();
    assert_eq!((&found["passed"], found["findings"].as_array().unwrap().len()), (&json!(false), 1), "{found:#}");
    let untold = finding(&found, "could_not_tell");
    assert_eq!((&untold["object"], &untold["severity"]), (&json!("cluster blue"), &json!("error")));
    assert!(untold["message"].as_str().unwrap().contains("could not reach its API server"), "{untold}");
}

#[test]
fn clusters_that_are_not_written_right_are_refused() {
    let clusters = Clusters::new("keys");
    let refuses = |arguments: &str, wanted: &[&str]| {
        clusters.stage.workspace.write("main.tf", &preflight(arguments));
        let error = clusters.stage.workspace.plan().expect_failure();
        assert!(wanted.iter().all(|words| error.contains(words)), "{wanted:?}: {error}");
    };
    refuses(&BOTH.replace("\"green\"", "\"red\""), &["Cluster not configured", "\"red\"", "it has blue, green"]);
    refuses(&BOTH.replace("\"green\"", "\"blue\""), &["One cluster on both sides"]);
}
