//! The Kubernetes API of the tests, judged by the real kubectl: the same script with each version that is there.

use std::time::Duration;

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::Api;
use eksmig_tests::kubernetes::api::kind::{BUDGET, DEPLOYMENT, DNS_ENDPOINT, NODE, POD};
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::fixtures::{budget, deployment, node};
use eksmig_tests::kubernetes::kubectl::{Kubectl, binaries};
use eksmig_tests::kubernetes::models::driver::Driver;
use eksmig_tests::patience::until;
use serde_json::{Value, json};

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// Two nodes, a deployment of three ready pods, and controllers at work, up to fifty seconds in one.
struct Scene {
    kubectl: Kubectl,
    cluster: Cluster,
    driver: Driver,
}

impl Scene {
    fn new(version: &str, binary: &std::path::Path) -> Self {
        let cluster = Cluster::start();
        let api = &cluster.api;
        api.namespace("shop");
        for name in ["blue-1", "green-1"] {
            api.seed(node(name, name.split('-').next().unwrap(), "eu-west-1a"));
        }
        api.seed(deployment("shop", "web", 3));
        let mut models = cluster.models();
        models.tick_until(60, "three ready pods", |api| ready(api) == 3);
        models.witness.begin_anew();
        let driver = Driver::start(models, Duration::from_millis(20), 1);
        Self { kubectl: Kubectl::new(version, binary, &cluster), cluster, driver }
    }

    fn node(&self, name: &str) -> Value {
        Value::clone(&self.cluster.api.get(&NODE, "", name).unwrap())
    }

    fn web(&self) -> Value {
        Value::clone(&self.cluster.api.get(&DEPLOYMENT, "shop", "web").unwrap())
    }
}

fn ready(api: &Api) -> i64 {
    api.get(&DEPLOYMENT, "shop", "web").map_or(0, |web| web["status"]["readyReplicas"].as_i64().unwrap_or(0))
}

/// Plays a part of the script with each kubectl, all at a time.
fn with_each(play: impl Fn(&Scene) + Sync) {
    std::thread::scope(|scope| {
        for (version, binary) in binaries() {
            let play = &play;
            scope.spawn(move || play(&Scene::new(&version, &binary)));
        }
    });
}

#[test]
fn nodes_are_tainted_cordoned_labelled_and_annotated() {
    with_each(|scene| {
        let kubectl = &scene.kubectl;
        kubectl.expect("taint node blue-1 team=a:NoSchedule");
        kubectl.expect("taint node blue-1 eksmig/blue=yes:NoSchedule");
        kubectl.expect_failure("taint node blue-1 team=b:NoSchedule", "already has team taint(s) with same effect(s)");
        let taints = scene.node("blue-1")["spec"]["taints"].as_array().unwrap().len();
        assert_eq!(taints, 2, "the second taint keeps the first");
        kubectl.expect("taint node blue-1 eksmig/blue-");
        assert_eq!(
            scene.node("blue-1")["spec"]["taints"],
            json!([{"key": "team", "value": "a", "effect": "NoSchedule"}])
        );

        kubectl.expect("cordon blue-1");
        assert_eq!(scene.node("blue-1")["spec"]["unschedulable"], true);
        assert!(kubectl.expect("uncordon blue-1").contains("uncordoned"));
        assert!(scene.node("blue-1")["spec"].get("unschedulable").is_none());

        kubectl.expect("label node blue-1 colour=blue");
        kubectl.expect_failure("label node blue-1 colour=green", "'colour' already has a value (blue)");
        kubectl.expect("annotate node blue-1 eksmig/original={}");
        let meta = scene.node("blue-1")["metadata"].clone();
        assert_eq!(
            (&meta["labels"]["colour"], &meta["annotations"]["eksmig/original"]),
            (&json!("blue"), &json!("{}"))
        );
        assert_eq!(kubectl.expect("get node -l colour=blue -o name"), "node/blue-1\n");
        kubectl.expect("annotate node blue-1 eksmig/original-");
        assert!(scene.node("blue-1")["metadata"]["annotations"].get("eksmig/original").is_none());
        kubectl.expect_failure("get node red-1", "nodes \"red-1\" not found");
    });
}

#[test]
fn deployments_are_scaled_patched_and_rolled_out() {
    with_each(|scene| {
        let kubectl = &scene.kubectl;
        kubectl.expect("-n shop scale deployment web --replicas=5");
        kubectl.expect_failure(
            "-n shop scale deployment web --replicas=9 --current-replicas=2",
            "Expected replicas to be 2",
        );
        assert!(
            kubectl.expect("-n shop rollout status deployment web --timeout=60s").contains("successfully rolled out")
        );
        assert_eq!(ready(&scene.cluster.api), 5);

        let generation = scene.web()["metadata"]["generation"].clone();
        kubectl.expect("-n shop annotate deployment web note=1");
        assert_eq!(scene.web()["metadata"]["generation"], generation, "an annotation is no new generation");
        kubectl.expect("-n shop set image deployment web web=example/app:2");
        kubectl.expect("-n shop rollout status deployment web --timeout=60s");
        let images = kubectl.expect("-n shop get pods -o jsonpath={.items[*].spec.containers[0].image}");
        until(LIMIT, "end of the old pods", || {
            let images = kubectl.expect("-n shop get pods -o jsonpath={.items[*].spec.containers[0].image}");
            images.split(' ').all(|image| image == "example/app:2").then_some(())
        });
        assert!(images.contains("example/app:2"));

        let patch = |test: &str| {
            format!(
                r#"[{{"op":"test","path":"/spec/replicas","value":{test}}},{{"op":"replace","path":"/spec/replicas","value":2}}]"#
            )
        };
        let patched = |test: &str| {
            kubectl.run_all(&["-n", "shop", "patch", "deployment", "web", "--type=json", "-p", &patch(test)])
        };
        let refused = patched("7");
        assert!(!refused.succeeded && refused.errors.contains("testing value /spec/replicas failed"), "{refused:?}");
        assert_eq!(scene.web()["spec"]["replicas"], 5);
        assert!(patched("5").succeeded);
        assert_eq!(scene.web()["spec"]["replicas"], 2);
    });
}

#[test]
fn a_drain_waits_for_the_budget() {
    with_each(|scene| {
        let (kubectl, api) = (&scene.kubectl, &scene.cluster.api);
        api.seed(budget("shop", "web", json!(3)));
        until(LIMIT, "status of the budget", || {
            let budget = api.get(&BUDGET, "shop", "web").unwrap();
            (budget["status"]["observedGeneration"] == 1).then_some(())
        });
        let refused = kubectl.run("drain blue-1 --timeout=2s");
        assert!(!refused.succeeded, "{refused:?}");
        assert!(refused.errors.contains("(will retry after 5s): Cannot evict pod as it would violate"), "{refused:?}");

        std::thread::scope(|scope| {
            let mark = api.log().mark();
            let drain = scope.spawn(|| kubectl.run("drain blue-1 --timeout=60s"));
            until(LIMIT, "blocked eviction", || {
                let log = api.log().since(mark);
                log.iter().any(|entry| entry.resource == "pods/eviction" && entry.status == Some(429)).then_some(())
            });
            kubectl.expect("-n shop scale deployment web --replicas=6");
            let said = drain.join().unwrap();
            assert!(said.succeeded && said.out.contains("node/blue-1 drained"), "{said:?}");
        });
        let left = kubectl.expect("-n shop get pods --field-selector spec.nodeName=blue-1 -o name");
        assert_eq!(left, "", "{}", kubectl.version);
        until(LIMIT, "six pods on green", || (ready(api) == 6).then_some(()));
        assert!(scene.driver.models().witness.least_ready("shop/web").unwrap() >= 3);
    });
}

#[test]
fn what_is_deleted_is_waited_for_and_watched() {
    with_each(|scene| {
        let (kubectl, api) = (&scene.kubectl, &scene.cluster.api);
        let pod = kubectl.expect("-n shop get pods -o name").lines().next().unwrap().to_owned();
        let mut watch = kubectl.start("-n shop get pods -w --output-watch-events --no-headers");
        let named = pod.trim_start_matches("pod/").to_owned();
        let begun: Vec<String> = (0..3).map(|_| watch.line().unwrap()).collect();
        assert!(begun.iter().all(|line| line.starts_with("ADDED")), "{begun:?}");
        kubectl.expect(&format!("-n shop delete {pod} --wait=false"));
        kubectl.expect(&format!("-n shop wait --for=delete {pod} --timeout=60s"));
        assert!(api.get(&POD, "shop", &named).is_none());
        let mut lines = std::iter::from_fn(|| watch.line());
        assert!(lines.any(|line| line.starts_with("DELETED") && line.contains(&named)), "the watch ended");
        let node = "-n shop get deployment web -o jsonpath={.status.conditions[?(@.type=='Available')].status}";
        kubectl.expect("-n shop wait --for=condition=Available deployment/web --timeout=60s");
        assert_eq!(kubectl.expect(node), "True");
        kubectl.expect("-n shop delete deployment web --timeout=60s");
        kubectl.expect("-n shop wait --for=delete pod -l app=web --timeout=60s");
    });
}

#[test]
fn an_apply_names_who_owns_what_it_would_change() {
    with_each(|scene| {
        let (kubectl, api) = (&scene.kubectl, &scene.cluster.api);
        let set = |value: &str| {
            let value = value.to_owned();
            let place = ["shop", "web"];
            let edited = api.edit(&DEPLOYMENT, place, Part::Main, "argocd-controller", |web| {
                web["metadata"]["annotations"]["weight"] = json!(value);
            });
            edited.unwrap();
        };
        set("100");
        let file = scene.cluster.kubeconfig().with_file_name("web.json");
        let wanted = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop", "annotations": {"weight": "50"}}});
        std::fs::write(&file, wanted.to_string()).unwrap();
        let apply = format!("apply --server-side --validate=false --field-manager=eksmig -f {}", file.display());
        kubectl
            .expect_failure(&apply, "conflict with \"argocd-controller\" using apps/v1: .metadata.annotations.weight");
        assert_eq!(scene.web()["metadata"]["annotations"]["weight"], "100");
        kubectl.expect(&format!("{apply} --force-conflicts"));
        assert_eq!(scene.web()["metadata"]["annotations"]["weight"], "50");
        kubectl.expect(&apply);
        let fields = kubectl.expect(
            "-n shop get deployment web --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}",
        );
        assert!(fields.contains("eksmig"), "{fields}");
    });
}

#[test]
fn permissions_and_tokens_are_checked() {
    with_each(|scene| {
        let (kubectl, api) = (&scene.kubectl, &scene.cluster.api);
        api.permissions().forbid("create", "pods/eviction");
        assert_eq!(kubectl.run("auth can-i create pods --subresource=eviction").out.trim(), "no");
        assert_eq!(kubectl.run("auth can-i patch nodes").out.trim(), "yes");
        kubectl.expect_failure("drain blue-1 --timeout=5s", "is forbidden: User \"tester\" cannot create resource");
        kubectl.expect_failure("--token=wrong get nodes", "must be logged in");
        kubectl.expect_failure("get targetgroupbindings", "the server doesn't have a resource type");
    });
}

#[test]
fn a_list_without_keys_has_one_owner_and_a_patch_of_a_value_in_it_tests_what_was_read() {
    std::thread::scope(|scope| {
        for (version, binary) in binaries() {
            scope.spawn(move || {
                let cluster = Cluster::with(&[DNS_ENDPOINT]);
                let kubectl = Kubectl::new(&version, &binary, &cluster);
                let endpoint = |identifier: &str| {
                    json!({"dnsName": "orders.example.com", "recordType": "A", "setIdentifier": identifier,
                        "targets": ["192.0.2.1"], "providerSpecific": [{"name": "aws/weight", "value": "0"}]})
                };
                let manifest = json!({"apiVersion": "externaldns.k8s.io/v1alpha1", "kind": "DNSEndpoint",
                    "metadata": {"name": "orders"}, "spec": {"endpoints": [endpoint("blue"), endpoint("green")]}});
                let file = cluster.kubeconfig().with_file_name("orders.json");
                std::fs::write(&file, manifest.to_string()).unwrap();
                let apply = format!("apply --server-side --validate=false --field-manager=team -f {}", file.display());
                kubectl.expect(&apply);

                let now = || Value::clone(&cluster.api.get(&DNS_ENDPOINT, "default", "orders").unwrap());
                let read = now()["metadata"]["resourceVersion"].clone();
                let patch = |said: &str, weight: &str| {
                    let path = "/spec/endpoints/1/providerSpecific/0";
                    let operations = json!([
                        {"op": "test", "path": "/metadata/resourceVersion", "value": read},
                        {"op": "test", "path": path, "value": {"name": "aws/weight", "value": said}},
                        {"op": "replace", "path": format!("{path}/value"), "value": weight},
                    ]);
                    let flags = ["patch", "dnsendpoint", "orders", "--type=json", "--field-manager=eksmig", "-p"];
                    kubectl.run_all(&[&flags[..], &[&operations.to_string()]].concat())
                };
                let other = patch("7", "50");
                assert!(!other.succeeded && other.errors.contains("testing value"), "{other:?}");
                assert!(patch("0", "50").succeeded);
                let stale = patch("50", "100");
                assert!(!stale.succeeded && stale.errors.contains("/metadata/resourceVersion failed"), "{stale:?}");
                let weights = "-o jsonpath={.spec.endpoints[*].providerSpecific[0].value}";
                assert_eq!(kubectl.expect(&format!("get dnsendpoint orders {weights}")), "0 50");

                kubectl.expect_failure(
                    &apply,
                    "conflict with \"eksmig\" using externaldns.k8s.io/v1alpha1: .spec.endpoints",
                );
                kubectl.expect(&format!("{apply} --force-conflicts"));
                assert_eq!(kubectl.expect(&format!("get dnsendpoint orders {weights}")), "0 0", "taken back");
            });
        }
    });
}
