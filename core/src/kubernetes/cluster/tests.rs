use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Node;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use serde_json::{Value, json};

use super::*;
use crate::aws::loopback::{Call, Loopback, Reply};
use crate::clock::SteppedClock;
use crate::kubernetes::Eviction;

fn answer(status: u16, body: &Value) -> Reply {
    let headers = vec![("content-type", "application/json".to_owned())];
    Reply::Answer { status, headers, body: body.to_string().into_bytes() }
}

fn refusal(code: u16, reason: &str, message: &str, details: Value) -> Reply {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message, "details": details,
    });
    answer(code, &body)
}

fn nodes(names: &[&str], next: &str) -> Reply {
    let items: Vec<Value> = names.iter().map(|name| json!({"metadata": {"name": name}})).collect();
    answer(200, &json!({"kind": "NodeList", "apiVersion": "v1", "metadata": {"continue": next}, "items": items}))
}

/// A cluster behind this server, as it is called by a clock that a test steps.
fn cluster(server: &Loopback, attempts: u32) -> (Arc<SteppedClock>, Cluster) {
    let clock = Arc::new(SteppedClock::new());
    let config = crate::aws::AwsConfig { max_attempts: attempts, ..server.config() };
    let access = Access::Host { url: server.url().to_owned(), token: "SECRETTOKEN".to_owned(), ca_certificate: None };
    (clock.clone(), Cluster::new("blue", access, Aws::new(config, clock)))
}

async fn listed(cluster: &Cluster) -> Result<Vec<String>, Error> {
    let nodes = cluster.list("nodes", Api::<Node>::all, &ListParams::default()).await?;
    Ok(nodes.into_iter().filter_map(|node| node.metadata.name).collect())
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_with_the_token_on_every_request() {
    let server = Loopback::serve(
        |call: &Call| {
            if call.head.contains("continue=2") { nodes(&["b"], "") } else { nodes(&["a"], "2") }
        },
    )
    .await;
    let (_, cluster) = cluster(&server, 1);
    assert_eq!(listed(&cluster).await.unwrap(), ["a", "b"]);
    let heads: Vec<String> = server.calls().into_iter().map(|call| call.head.to_lowercase()).collect();
    assert_eq!(heads.len(), 2);
    assert!(heads.iter().all(|head| head.contains("authorization: bearer secrettoken") && head.contains("limit=500")));
}

#[tokio::test]
async fn a_list_that_goes_round_is_an_error() {
    let server = Loopback::serve(|_: &Call| nodes(&["a"], "2")).await;
    let (_, cluster) = cluster(&server, 1);
    let error = listed(&cluster).await.unwrap_err().to_string();
    assert!(error.contains("list nodes in cluster blue") && error.contains("already read"), "{error}");
}

#[tokio::test]
async fn a_list_whose_pages_are_gone_is_begun_again_and_not_without_end() {
    let server = Loopback::serve(|call: &Call| match call.head.contains("continue=") {
        true => refusal(410, "Expired", "the provided continue parameter is too old", json!({})),
        false => nodes(&["a"], "2"),
    })
    .await;
    let (_, cluster) = cluster(&server, 1);
    assert_eq!(listed(&cluster).await.unwrap_err().code(), Some(410));
    assert_eq!(server.calls().len(), 6);
}

#[tokio::test]
async fn what_reads_is_tried_again_and_after_as_long_as_the_server_asks_for() {
    let server =
        Loopback::serve(|_: &Call| refusal(503, "ServiceUnavailable", "not now", json!({"retryAfterSeconds": 4})))
            .await;
    let (clock, cluster) = cluster(&server, 3);
    let error = listed(&cluster).await.unwrap_err();
    assert!(error.retryable());
    assert_eq!(server.calls().len(), 3);
    assert_eq!(clock.passed(), Duration::from_secs(8));
}

#[tokio::test]
async fn what_writes_is_tried_again_only_where_nothing_can_have_happened() {
    for (code, attempts) in [(429, 3), (503, 1), (409, 1)] {
        let server = Loopback::serve(move |_: &Call| refusal(code, "Reason", "no", json!({}))).await;
        let (_, cluster) = cluster(&server, 3);
        let error = cluster.evict("shop", "web", "u-1", false).await.unwrap_err();
        assert_eq!((error.code(), server.calls().len()), (Some(code), attempts));
    }
    let server = Loopback::serve(|_: &Call| Reply::HangUp).await;
    let (_, cluster) = cluster(&server, 3);
    assert!(cluster.evict("shop", "web", "u-1", false).await.unwrap_err().retryable());
    assert_eq!(server.calls().len(), 1, "who hung up may have evicted");
}

#[tokio::test]
async fn what_has_no_listener_is_tried_again_even_if_it_writes() {
    let server = Loopback::serve(|_: &Call| Reply::HangUp).await;
    let (clock, cluster) = cluster(&server, 3);
    drop(server);
    tokio::task::yield_now().await;
    let error = cluster.evict("shop", "web", "u-1", false).await.unwrap_err().to_string();
    assert!(error.contains("could not reach its API server"), "{error}");
    assert_eq!(clock.passed(), Duration::from_millis(250 + 500));
}

#[tokio::test]
async fn an_eviction_carries_its_preconditions_and_its_answers_have_words() {
    let budget = json!({"causes": [{"reason": "DisruptionBudget", "message": "The disruption budget web needs 2 healthy pods"}], "retryAfterSeconds": 10});
    let blocked = Eviction::Blocked {
        reason: "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 2 healthy pods"
            .to_owned(),
        retry_after: Some(Duration::from_secs(10)),
    };
    let several = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    let cases: [(Reply, Eviction); 5] = [
        (answer(201, &json!({"kind": "Status", "status": "Success", "code": 201})), Eviction::Accepted),
        (refusal(404, "NotFound", "pods \"web\" not found", json!({})), Eviction::Gone),
        (
            refusal(
                409,
                "Conflict",
                "the UID in the precondition (u-1) does not match the UID in record (u-2)",
                json!({}),
            ),
            Eviction::Replaced,
        ),
        (
            refusal(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                budget,
            ),
            blocked,
        ),
        (refusal(500, "InternalError", several, json!({})), Eviction::SeveralBudgets { reason: several.to_owned() }),
    ];
    for (reply, expected) in cases {
        let server = Loopback::serve(move |_: &Call| reply.clone()).await;
        let (_, cluster) = cluster(&server, 3);
        assert_eq!(cluster.evict("shop", "web", "u-1", false).await.unwrap(), expected);
        let calls = server.calls();
        assert_eq!(calls.len(), 1, "nothing of this is tried again");
        assert!(calls[0].head.starts_with("POST /api/v1/namespaces/shop/pods/web/eviction"), "{}", calls[0].head);
        let sent: Value = serde_json::from_str(&calls[0].body).unwrap();
        assert_eq!(sent["deleteOptions"]["preconditions"]["uid"], "u-1", "{sent}");
    }
}

#[tokio::test]
async fn who_is_unknown_and_who_is_not_allowed_are_told_apart() {
    let server = Loopback::serve(|call: &Call| match call.head.contains("/nodes") {
        true => refusal(401, "Unauthorized", "Unauthorized", json!({})),
        false => refusal(403, "Forbidden", "pods is forbidden: User \"x\" cannot create", json!({})),
    })
    .await;
    let (_, cluster) = cluster(&server, 3);
    let unknown = listed(&cluster).await.unwrap_err().to_string();
    assert!(unknown.contains("401") && unknown.contains("does not know who asks"), "{unknown}");
    assert!(unknown.contains("cluster blue (http://127.0.0.1:"), "{unknown}");
    let forbidden = cluster.evict("shop", "web", "u-1", false).await.unwrap_err().to_string();
    assert!(forbidden.starts_with("evict pod shop/web in cluster blue"), "{forbidden}");
    assert!(forbidden.contains("403") && forbidden.contains("ClusterRole"), "{forbidden}");
    assert!(!unknown.contains("SECRETTOKEN") && !format!("{cluster:?}").contains("SECRETTOKEN"));
}

#[tokio::test]
async fn an_eks_cluster_is_reached_by_its_name_once_it_is_asked() {
    let server = Loopback::serve(|call: &Call| {
        assert!(call.head.starts_with("GET /clusters/orders"), "{}", call.head);
        answer(404, &json!({"message": "No cluster found for name: orders."}))
    })
    .await;
    let aws = Aws::new(server.config(), Arc::new(SteppedClock::new()));
    let cluster = Cluster::new("blue", Access::Eks { cluster_name: "orders".to_owned() }, aws);
    assert_eq!(server.calls().len(), 0);
    let error = listed(&cluster).await.unwrap_err().to_string();
    assert!(error.starts_with("describe EKS cluster orders: AWS answered"), "{error}");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_kind_that_is_not_installed_is_told_from_one_without_objects() {
    let kind = ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding"),
        "targetgroupbindings",
    );
    let body = json!({"kind": "List", "metadata": {}, "items": [
        {"metadata": {"name": "web", "generation": 3}, "spec": {"serviceRef": {"port": 80}}},
    ]});
    // What a server says of a path that it does not know is no JSON.
    let unknown = Reply::Answer { status: 404, headers: Vec::new(), body: b"404 page not found\n".to_vec() };
    for (reply, ports) in [(unknown, None), (answer(200, &body), Some(vec![80]))] {
        let server = Loopback::serve(move |_: &Call| reply.clone()).await;
        let (_, cluster) = cluster(&server, 1);
        let at = |client| Api::<DynamicObject>::all_with(client, &kind);
        let found = cluster.list_if_installed("bindings", at, &ListParams::default()).await.unwrap();
        let port = |object: DynamicObject| object.data["spec"]["serviceRef"]["port"].as_i64().unwrap();
        assert_eq!(found.map(|found| found.into_iter().map(port).collect::<Vec<_>>()), ports);
    }
}

#[tokio::test]
async fn calls_are_spread_out_once_a_burst_is_used_up() {
    let server = Loopback::serve(|_: &Call| nodes(&[], "")).await;
    let (clock, cluster) = cluster(&server, 1);
    for _ in 0..BURST {
        listed(&cluster).await.unwrap();
    }
    assert_eq!(clock.passed(), Duration::ZERO);
    listed(&cluster).await.unwrap();
    assert_eq!(clock.passed(), Duration::from_secs(1) / PER_SECOND);
}

#[tokio::test]
async fn settings_that_lead_nowhere_are_named() {
    let server = Loopback::serve(|_: &Call| Reply::HangUp).await;
    let host = |url: &str, pem: Option<&str>| Access::Host {
        url: url.to_owned(),
        token: "t".to_owned(),
        ca_certificate: pem.map(str::to_owned),
    };
    let file = |path: &str| Access::Kubeconfig { path: path.into(), context: "green".to_owned() };
    let cases = [
        (host("http://example.com", None), "host"),
        (host("https://example.com", Some("nonsense")), "cluster_ca_certificate"),
        (host("no url", None), "host"),
        (file("/nowhere/config"), "kubeconfig_path"),
    ];
    let mut told = BTreeSet::new();
    for (access, setting) in cases {
        let aws = Aws::new(server.config(), Arc::new(SteppedClock::new()));
        let error = listed(&Cluster::new("blue", access, aws)).await.unwrap_err();
        assert!(!error.retryable());
        let text = error.to_string();
        assert!(text.starts_with("reach cluster blue by ") && text.contains(setting), "{text}");
        told.insert(text);
    }
    assert_eq!(told.len(), 4);
    assert_eq!(server.calls().len(), 0);
}
