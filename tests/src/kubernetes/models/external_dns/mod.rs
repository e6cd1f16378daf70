//! ExternalDNS: records by the annotations of ingresses, services and routes, and by `DNSEndpoint`s; with the TXT registry.

mod plan;

use std::fmt;

use serde_json::Value;

use self::plan::plan;
use super::object::{name, namespace, number};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{DNS_ENDPOINT, HTTP_ROUTE, INGRESS, Kind, SERVICE};
use crate::kubernetes::api::state::is_going;

/// One record set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name, without the last dot.
    pub name: String,
    /// `A`, `AAAA`, `CNAME` or `TXT`.
    pub kind: String,
    /// Its set identifier, if it is weighted.
    pub set_identifier: Option<String>,
    /// Its weight, if it is weighted.
    pub weight: Option<i64>,
    /// Its time to live in seconds; none for an alias.
    pub ttl: Option<i64>,
    /// What it answers with; an alias's one target.
    pub values: Vec<String>,
    /// Whether it is an alias of another name.
    pub alias: bool,
}

/// A change of a record set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Makes it, or puts it in place of what is there.
    Upsert(Record),
    /// Makes it; fails where something is there.
    Create(Record),
    /// Takes it away.
    Delete(Record),
}

/// The zone that records are kept in: the emulator's Route 53, or another.
pub trait Zone: fmt::Debug + Send {
    /// All records of the zone.
    fn records(&self) -> Vec<Record>;
    /// Does all changes, or none.
    ///
    /// # Errors
    /// What the zone says. ExternalDNS only logs that, and tries again in its next loop.
    fn change(&self, changes: &[Change]) -> Result<(), String>;
}

/// What ExternalDNS may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Everything.
    Sync,
    /// No deletions.
    UpsertOnly,
    /// No deletions and no changes.
    CreateOnly,
}

/// How an ExternalDNS is deployed.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// `--txt-owner-id`.
    pub owner: String,
    /// `--annotation-prefix`: before v0.22, `external-dns.alpha.kubernetes.io/`.
    pub prefix: String,
    /// `--policy`.
    pub policy: Policy,
    /// `--interval`, in seconds.
    pub interval: i64,
    /// What goes before the name in the registry's record of an alias: `cname-` until v0.21, `a-` from v0.22.
    pub alias_mark: String,
}

impl Default for Deployed {
    fn default() -> Self {
        let prefix = "external-dns.alpha.kubernetes.io/".to_owned();
        let (owner, alias_mark) = ("default".to_owned(), "cname-".to_owned());
        Self { owner, prefix, policy: Policy::Sync, interval: 60, alias_mark }
    }
}

/// An ExternalDNS at work.
#[derive(Debug)]
pub struct ExternalDns {
    deployed: Deployed,
    zone: Box<dyn Zone>,
    next: i64,
    /// What the zone said to its last changes.
    pub last_error: Option<String>,
}

impl ExternalDns {
    /// One that begins with the next tick.
    pub fn new(deployed: Deployed, zone: Box<dyn Zone>) -> Self {
        Self { deployed, zone, next: i64::MIN, last_error: None }
    }

    /// Lets it do its loop, if it is time.
    pub fn act(&mut self, api: &Api) {
        let now = api.clock().now();
        if now < self.next {
            return;
        }
        self.next = now + self.deployed.interval;
        let changes = plan(&self.deployed, &self.wanted(api), &self.zone.records());
        self.last_error = (!changes.is_empty()).then(|| self.zone.change(&changes).err()).flatten();
    }

    /// The records that the objects ask for, each with the object that does.
    fn wanted(&self, api: &Api) -> Vec<(Record, String)> {
        let mut found = Vec::new();
        for kind in [INGRESS, SERVICE, HTTP_ROUTE] {
            for object in api.list(&kind, None).iter().filter(|object| !is_going(object)) {
                found.extend(self.annotated(&kind, object));
            }
        }
        for object in api.list(&DNS_ENDPOINT, None).iter().filter(|object| !is_going(object)) {
            let endpoints = object["spec"]["endpoints"].as_array().into_iter().flatten();
            found.extend(endpoints.map(|endpoint| (described(endpoint), resource(&DNS_ENDPOINT, object))));
        }
        found
    }

    fn annotated(&self, kind: &Kind, object: &Value) -> Vec<(Record, String)> {
        let note = |key: &str| object["metadata"]["annotations"][format!("{}{key}", self.deployed.prefix)].as_str();
        let list = |text: &str| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        let mut hosts = note("hostname").map_or(Vec::new(), list);
        if *kind == INGRESS {
            let rules = object["spec"]["rules"].as_array().into_iter().flatten();
            hosts.extend(rules.filter_map(|rule| rule["host"].as_str().map(str::to_owned)));
        }
        if *kind == HTTP_ROUTE {
            let names = object["spec"]["hostnames"].as_array().into_iter().flatten();
            hosts.extend(names.filter_map(|host| host.as_str().map(str::to_owned)));
        }
        hosts.sort();
        hosts.dedup();
        let published = object["status"]["loadBalancer"]["ingress"].as_array().into_iter().flatten();
        let published = published.filter_map(|one| one["hostname"].as_str().or(one["ip"].as_str()).map(str::to_owned));
        let targets = note("target").map_or_else(|| published.collect(), list);
        if targets.is_empty() {
            return Vec::new();
        }
        let ttl = note("ttl").and_then(|ttl| ttl.parse().ok());
        let set_identifier = note("set-identifier").map(str::to_owned);
        let weight = note("aws-weight").and_then(|weight| weight.parse().ok()).filter(|_| set_identifier.is_some());
        let record = |name: String| {
            let mut record = of_targets(name, &targets, note("alias") == Some("true"), ttl);
            (record.set_identifier, record.weight) = (set_identifier.clone(), weight);
            (record, resource(kind, object))
        };
        hosts.into_iter().map(record).collect()
    }
}

fn resource(kind: &Kind, object: &Value) -> String {
    let called = if *kind == DNS_ENDPOINT { "crd".to_owned() } else { kind.singular() };
    format!("{called}/{}/{}", namespace(object), name(object))
}

fn of_targets(name: String, targets: &[String], alias: bool, ttl: Option<i64>) -> Record {
    let is_address = targets.iter().all(|target| target.parse::<std::net::Ipv4Addr>().is_ok());
    // ExternalDNS: names of AWS's load balancers become aliases by themselves.
    let alias = !is_address && (alias || targets.iter().all(|target| target.ends_with(".elb.amazonaws.com")));
    let kind = if is_address || alias { "A" } else { "CNAME" };
    let ttl = if alias { None } else { ttl.or(Some(300)) };
    Record { name, kind: kind.to_owned(), set_identifier: None, weight: None, ttl, values: targets.to_vec(), alias }
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
