//! ExternalDNS between an ingress's annotations and the emulator's Route 53.

use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::INGRESS;
use eksmig_tests::kubernetes::api::state::Part;
use eksmig_tests::kubernetes::hosted_zone::HostedZone;
use eksmig_tests::kubernetes::models::Models;
use eksmig_tests::kubernetes::models::external_dns::{Deployed, ExternalDns};
use eksmig_tests::zone::Zone;
use serde_json::{Value, json};

const PREFIX: &str = "external-dns.alpha.kubernetes.io/";

/// A cluster whose ingress asks for a side's record with this weight, and its ExternalDNS.
fn cluster(zone: &Zone, side: &str, weight: i64) -> (Cluster, Models) {
    let cluster = Cluster::start();
    let annotations =
        json!({format!("{PREFIX}set-identifier"): side, format!("{PREFIX}aws-weight"): weight.to_string()});
    cluster.api.seed(json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "web", "annotations": annotations}, "spec": {"rules": [{"host": zone.name}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": format!("{side}.eu-west-1.elb.amazonaws.com")}]}}}));
    let mut models = cluster.models();
    let deployed = Deployed { owner: side.to_owned(), ..Deployed::default() };
    models.external_dns = Some(ExternalDns::new(deployed, Box::new(HostedZone::new(&zone.stage.world, &zone.id))));
    models.tick(1);
    (cluster, models)
}

fn error(models: &Models) -> Option<&String> {
    models.external_dns.as_ref().unwrap().last_error.as_ref()
}

#[test]
fn weights_follow_the_annotations_of_both_clusters() {
    let zone = Zone::empty("kube-dns");
    let (_blue, mut of_blue) = cluster(&zone, "blue", 100);
    let (green, mut of_green) = cluster(&zone, "green", 0);
    assert_eq!([error(&of_blue), error(&of_green)], [None, None]);
    assert_eq!(zone.weights("A"), [("blue".to_owned(), 100), ("green".to_owned(), 0)].into());

    let weigh = |web: &mut Value| web["metadata"]["annotations"][format!("{PREFIX}aws-weight")] = json!("100");
    green.api.edit(&INGRESS, ["default", "web"], Part::Main, "test", weigh).unwrap();
    of_green.tick(30);
    assert_eq!(zone.weights("A")["green"], 0, "not before its next loop");
    of_green.tick(30);
    assert_eq!(zone.weights("A")["green"], 100);

    // Whoever writes to Route 53 directly is undone by the next loop.
    let alias = zone.alias_of(zone.record("A", "", Some(("blue", 0))), "blue.eu-west-1.elb.amazonaws.com.");
    zone.put(alias);
    of_blue.tick(60);
    assert_eq!(zone.weights("A")["blue"], 100);

    green.api.delete(&INGRESS, ["default", "web"], &json!({})).unwrap();
    of_green.tick(60);
    assert_eq!(zone.weights("A"), [("blue".to_owned(), 100)].into());
    assert_eq!(zone.all_weights("TXT").len(), 1, "its owner's record went along");
}
