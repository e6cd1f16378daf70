//! What is refused before anything is written.

use eksmig_tests::annotated::{Annotated, BEFORE, Way};
use eksmig_tests::kubernetes::api::kind::DNS_ENDPOINT;
use serde_json::json;

/// Plans a shift to 50, which must be refused with all of these words and write nothing.
#[track_caller]
fn refused(names: &Annotated, words: &[&str]) {
    names.zone.write(&names.polite(50.0, ""));
    let error = names.zone.stage.workspace.plan().expect_failure();
    for word in words {
        assert!(error.contains(word), "{word:?} is not in: {error}");
    }
    let written = [&names.blue, &names.green].map(|site| site.cluster.api.log().since(0));
    assert!(written.iter().flatten().all(|entry| !entry.writes()));
}

fn at(name: &str, blue: Way, green: Way) -> Annotated {
    Annotated::with(name, (100, blue), (0, green))
}

#[test]
fn one_owner_in_both_clusters() {
    let way = || Way { owner: Some("both"), ..Way::default() };
    // With one owner, each deletes the other's record, so that there may be no pair at all.
    let names = at("ednsowner", way(), way());
    refused(&names, &["One owner id in both clusters", "\"both\""]);
}

#[test]
fn a_policy_that_changes_no_weights_and_an_unclear_deployment() {
    let create_only = Way { arguments: vec!["--policy=create-only".to_owned()], ..Way::default() };
    refused(&at("ednscreate", Way::default(), create_only), &["Policy changes no weights", "green"]);
    let hidden = Way { arguments: vec!["--annotation-filter=x".to_owned()], version: "latest", ..Way::default() };
    refused(&at("ednslatest", hidden, Way::default()), &["ExternalDNS not clear", "annotation_prefix", "kube-system"]);
}

#[test]
fn records_that_do_not_answer_alike_or_have_another_identifier() {
    let slow = Way { annotations: json!({format!("{BEFORE}ttl"): "300"}), ..Way::default() };
    refused(&at("ednsttl", Way::default(), slow), &["Uneven records", "TTL of 1 s", "300 s"]);
    let other = Way { annotations: json!({format!("{BEFORE}set-identifier"): "other"}), ..Way::default() };
    refused(&at("ednsident", Way::default(), other), &["Other set identifier", "\"other\"", "Record not found"]);
}

#[test]
fn a_weight_of_someone_elses_is_a_conflict_that_names_them_and_can_be_taken() {
    let names = at("ednsconflict", Way::default(), Way::default());
    names.green.annotate("helm", &names.green.key(), "1");
    names.green.annotate("helm", &names.green.key(), "0");
    refused(&names, &["belongs to someone else", "helm", "force_conflicts"]);
    names.zone.settle(&names.shift(50.0, ""));
    assert_eq!(names.shown(), (50, 50));
    // They are its own now, and need not be taken again.
    names.zone.settle(&names.polite(100.0, ""));
    assert_eq!(names.shown(), (0, 100));
}

#[test]
fn a_third_record_and_records_that_are_others_or_nobodys() {
    let names = at("ednsthird", Way::default(), Way::default());
    names.zone.put(names.zone.record("A", "192.0.2.3", Some(("other", 10))));
    refused(&names, &["A third weighted record"]);
    names.zone.put(names.zone.record("A", "192.0.2.3", Some(("other", 0))));
    let registry = |value: &str| {
        let name = format!("a-{}", names.zone.name);
        names.zone.put(names.zone.named(&name, "TXT", value, Some(("green", 0))));
    };
    registry("\"heritage=external-dns,external-dns/owner=elsewhere,external-dns/resource=ingress/shop/orders\"");
    refused(&names, &["Record of another ExternalDNS", "\"elsewhere\"", "owner id \"green\""]);
    registry("\"nobody\"");
    refused(&names, &["Record not ExternalDNS's", "eksmig_route53_shift"]);
}

#[test]
fn an_endpoint_that_is_missing_or_does_not_say_one_weight() {
    let way = || Way { types: &["A", "AAAA"], ..Way::of(DNS_ENDPOINT) };
    let names = at("ednsnoend", way(), way());
    let set = |change: fn(&mut serde_json::Value)| names.green.edit("test", change);
    set(|object| object["spec"]["endpoints"][1]["providerSpecific"][1]["value"] = json!("7"));
    refused(&names, &["Object without a weight", "has \"7, 0\"", "not one weight from 0 to 255"]);
    set(|object| {
        for nth in [1, 2] {
            object["spec"]["endpoints"][nth]["setIdentifier"] = json!("other");
        }
    });
    refused(&names, &["Endpoint not found", "setIdentifier \"green\""]);
}

#[test]
fn a_kind_that_the_cluster_does_not_serve() {
    let names = at("ednsunserv", Way { without: Some("udproutes"), ..Way::default() }, Way::default());
    let asked = |kind: &str| {
        names.zone.write(&names.polite(50.0, "").replace("\"Ingress\"", &format!("{kind:?}")));
        names.zone.stage.workspace.plan().expect_failure()
    };
    let error = asked("UDPRoute");
    for word in ["Kind not served", "Blue's cluster", "UDPRoute in none of the versions v1, v1alpha2"] {
        assert!(error.contains(word), "{word} is not in {error}");
    }
    let error = asked("TCPRoute");
    assert!(error.contains("Object not found") && error.contains("TCPRoute shop/orders does not exist"), "{error}");
}
