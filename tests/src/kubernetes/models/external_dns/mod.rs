//! ExternalDNS: records by the annotations of ingresses, services and routes, and by `DNSEndpoint`s; with the TXT registry.

mod plan;
mod sources;

use std::fmt;

use self::plan::plan;
use self::sources::wanted;
use crate::kubernetes::api::Api;

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
    /// `--source`, as often as it is given.
    pub sources: Vec<String>,
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
        let sources = ["ingress", "service"].map(str::to_owned).to_vec();
        Self { sources, owner, prefix, policy: Policy::Sync, interval: 60, alias_mark }
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
        // Where a kind of a source is not served, it ends before its first loop.
        let Some(wanted) = wanted(&self.deployed, api) else { return };
        let changes = plan(&self.deployed, &wanted, &self.zone.records());
        self.last_error = (!changes.is_empty()).then(|| self.zone.change(&changes).err()).flatten();
    }
}

fn of_targets(name: String, targets: &[String], alias: bool, ttl: Option<i64>) -> Record {
    let is_address = targets.iter().all(|target| target.parse::<std::net::Ipv4Addr>().is_ok());
    // ExternalDNS: names of AWS's load balancers become aliases by themselves.
    let alias = !is_address && (alias || targets.iter().all(|target| target.ends_with(".elb.amazonaws.com")));
    let kind = if is_address || alias { "A" } else { "CNAME" };
    let ttl = if alias { None } else { ttl.or(Some(300)) };
    Record { name, kind: kind.to_owned(), set_identifier: None, weight: None, ttl, values: targets.to_vec(), alias }
}
