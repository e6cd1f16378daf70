//! The records that objects ask for: ExternalDNS's sources.

use serde_json::{Value, json};

use super::{Deployed, Record, of_targets};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{DNS_ENDPOINT, GATEWAY, INGRESS, Kind, SERVICE};
use crate::kubernetes::api::state::{Part, is_going};
use crate::kubernetes::models::object::{name, namespace, number};

/// The protocols of listeners that a kind of route goes with.
const PROTOCOLS: [(&str, &[&str]); 5] = [
    ("HTTPRoute", &["HTTP", "HTTPS"]),
    ("GRPCRoute", &["HTTP", "HTTPS"]),
    ("TLSRoute", &["TLS"]),
    ("TCPRoute", &["TCP"]),
    ("UDPRoute", &["UDP"]),
];

/// The records that the objects of all sources ask for, each with the object that does; none where a kind is not served.
pub(super) fn wanted(deployed: &Deployed, api: &Api) -> Option<Vec<(Record, String)>> {
    let mut found = Vec::new();
    for source in &deployed.sources {
        let kind = kind(api, source)?;
        for object in api.list(&kind, None).iter().filter(|object| !is_going(object)) {
            match source.as_str() {
                "crd" => found.extend(endpoints(api, object)),
                "ingress" | "service" => found.extend(annotated(deployed, &kind, object, &published(object))),
                _ => found.extend(annotated(deployed, &kind, object, &of_gateways(deployed, api, &kind, object))),
            }
        }
    }
    Some(found)
}

/// The kind of a source, if it is served.
fn kind(api: &Api, source: &str) -> Option<Kind> {
    let is = |kind: &&Kind| match source {
        "ingress" => **kind == INGRESS,
        "service" => **kind == SERVICE,
        "crd" => **kind == DNS_ENDPOINT,
        route => kind.group == GATEWAY.group && route == format!("gateway-{}", kind.singular()),
    };
    api.kinds().iter().find(is).copied()
}

/// The records that annotations ask for. The targets of an ingress or a service can be annotated as well; those of a route
/// are its gateways'.
fn annotated(deployed: &Deployed, kind: &Kind, object: &Value, targets: &[String]) -> Vec<(Record, String)> {
    let note = |key: &str| note(deployed, object, key);
    let mut hosts = note("hostname").map_or(Vec::new(), list);
    let rules = object["spec"]["rules"].as_array().into_iter().flatten().filter(|_| *kind == INGRESS);
    hosts.extend(rules.filter_map(|rule| rule["host"].as_str().map(str::to_owned)));
    let names = object["spec"]["hostnames"].as_array().into_iter().flatten();
    hosts.extend(names.filter_map(|host| host.as_str().map(str::to_owned)));
    hosts.sort();
    hosts.dedup();
    let own = note("target").filter(|_| [INGRESS, SERVICE].contains(kind));
    let targets = own.map_or_else(|| targets.to_vec(), list);
    if targets.is_empty() {
        return Vec::new();
    }
    let ttl = note("ttl").and_then(|ttl| ttl.parse().ok());
    let set_identifier = note("set-identifier").map(str::to_owned);
    let weight = note("aws-weight").and_then(|weight| weight.parse().ok()).filter(|_| set_identifier.is_some());
    let record = |name: String| {
        let mut record = of_targets(name, &targets, note("alias") == Some("true"), ttl);
        (record.set_identifier, record.weight) = (set_identifier.clone(), weight);
        (record, resource(&kind.singular(), object))
    };
    hosts.into_iter().map(record).collect()
}

/// Where an ingress or a service says that it is reached.
fn published(object: &Value) -> Vec<String> {
    let published = object["status"]["loadBalancer"]["ingress"].as_array().into_iter().flatten();
    published.filter_map(|one| one["hostname"].as_str().or(one["ip"].as_str()).map(str::to_owned)).collect()
}

/// Where the gateways are reached that have accepted the route as it is now, have a listener of its protocol, and let routes
/// of its namespace in.
fn of_gateways(deployed: &Deployed, api: &Api, kind: &Kind, route: &Value) -> Vec<String> {
    let mut targets = Vec::new();
    let protocols =
        PROTOCOLS.iter().find(|(named, _)| *named == kind.kind).map_or(&[][..], |(_, protocols)| *protocols);
    for parent in route["status"]["parents"].as_array().into_iter().flatten() {
        let asked = route["spec"]["parentRefs"].as_array().is_some_and(|refs| refs.contains(&parent["parentRef"]));
        let accepted = parent["conditions"].as_array().into_iter().flatten().any(|condition| {
            condition["type"] == "Accepted"
                && condition["status"] == "True"
                && condition["observedGeneration"] == route["metadata"]["generation"]
        });
        let named = parent["parentRef"]["name"].as_str().unwrap_or_default();
        let Some(gateway) = api.get(&GATEWAY, namespace(route), named).filter(|_| asked && accepted) else { continue };
        let mut listeners = gateway["spec"]["listeners"].as_array().into_iter().flatten();
        if !listeners.any(|listener| protocols.iter().any(|protocol| listener["protocol"] == *protocol)) {
            continue;
        }
        let addresses = gateway["status"]["addresses"].as_array().into_iter().flatten();
        let addresses = addresses.filter_map(|address| address["value"].as_str().map(str::to_owned));
        targets.extend(note(deployed, &gateway, "target").map_or_else(|| addresses.collect(), list));
    }
    targets
}

/// The records of a `DNSEndpoint`, but for those without targets and with targets that end with a dot; and a note in its
/// status that it was seen.
fn endpoints(api: &Api, object: &Value) -> Vec<(Record, String)> {
    let generation = &object["metadata"]["generation"];
    if object["status"]["observedGeneration"] != *generation {
        let note = |now: &mut Value| now["status"] = json!({ "observedGeneration": generation });
        // Who has written it meanwhile is seen in the next loop.
        let _ = api.edit(&DNS_ENDPOINT, [namespace(object), name(object)], Part::Status, "external-dns", note);
    }
    let targets = |endpoint: &Value| endpoint["targets"].as_array().cloned().unwrap_or_default();
    let fits = |endpoint: &&Value| {
        let targets = targets(endpoint);
        !targets.is_empty() && !targets.iter().any(|target| target.as_str().is_none_or(|text| text.ends_with('.')))
    };
    let endpoints = object["spec"]["endpoints"].as_array().into_iter().flatten().filter(fits);
    endpoints.map(|endpoint| (described(endpoint), resource("crd", object))).collect()
}

/// A record as a `DNSEndpoint` describes it.
fn described(endpoint: &Value) -> Record {
    let text = |field: &str| endpoint[field].as_str().unwrap_or_default().to_owned();
    let specific = endpoint["providerSpecific"].as_array().into_iter().flatten();
    let specific = |name: &str| specific.clone().find(|one| one["name"] == name)?["value"].as_str();
    let targets = endpoint["targets"].as_array().into_iter().flatten();
    let values = targets.filter_map(|target| target.as_str().map(str::to_owned)).collect();
    let alias = specific("alias") == Some("true");
    let ttl = if alias { None } else { Some(number(&endpoint["recordTTL"])).filter(|ttl| *ttl > 0).or(Some(300)) };
    Record {
        name: text("dnsName"),
        kind: text("recordType"),
        set_identifier: Some(text("setIdentifier")).filter(|text| !text.is_empty()),
        weight: specific("aws/weight").and_then(|weight| weight.parse().ok()),
        ttl,
        values,
        alias,
    }
}

/// An annotation under the prefix that is read.
fn note<'a>(deployed: &Deployed, object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][format!("{}{key}", deployed.prefix)].as_str()
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

fn resource(called: &str, object: &Value) -> String {
    format!("{called}/{}/{}", namespace(object), name(object))
}
