//! Every request, in the order of arrival.

use std::sync::Mutex;

use serde_json::Value;

/// A request over the network. What the models do is not among them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the log, from 1.
    pub number: u64,
    /// Kubernetes's verb; the method for what is about no object.
    pub verb: String,
    /// `pods`, `pods/eviction`, `deployments.apps/scale`; the path for what is about no object.
    pub resource: String,
    /// The namespace; empty for none.
    pub namespace: String,
    /// The object's name; empty for none.
    pub name: String,
    /// The user agent.
    pub agent: String,
    /// The query, decoded.
    pub query: std::collections::BTreeMap<String, String>,
    /// The body; its text where it is no JSON.
    pub body: Value,
    /// The time on the cluster's clock, in seconds since 1970.
    pub at: i64,
    /// The status of the answer; none while there is none, and where the request was lost before it was done.
    pub status: Option<u16>,
    /// The fault that hit it.
    pub fault: Option<&'static str>,
}

impl Entry {
    /// Whether it would change something.
    pub fn writes(&self) -> bool {
        let dry = self.query.get("dryRun").is_some_and(|stage| stage == "All");
        let asks = self.resource.starts_with("selfsubjectaccessreviews");
        ["create", "update", "patch", "delete", "deletecollection"].contains(&self.verb.as_str()) && !dry && !asks
    }

    /// `patch nodes/blue-1`, `create shop/pods/web-1/eviction`: for messages.
    pub fn told(&self) -> String {
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let parts = [self.namespace.as_str(), resource, &self.name, subresource];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{} {}", self.verb, parts.join("/"))
    }
}

/// The requests so far.
#[derive(Debug, Default)]
pub struct Log(Mutex<Vec<Entry>>);

impl Log {
    /// The entries after that number.
    pub fn since(&self, number: u64) -> Vec<Entry> {
        self.0.lock().unwrap().iter().filter(|entry| entry.number > number).cloned().collect()
    }

    /// The number of the last entry.
    pub fn mark(&self) -> u64 {
        self.0.lock().unwrap().last().map_or(0, |entry| entry.number)
    }

    /// Notes an arrival, and gives it its number.
    pub(super) fn arrived(&self, mut entry: Entry) -> Entry {
        let mut entries = self.0.lock().unwrap();
        entry.number = u64::try_from(entries.len()).unwrap() + 1;
        entries.push(entry.clone());
        entry
    }

    /// Notes what became of it.
    pub(super) fn ended(&self, ended: &Entry) {
        let mut entries = self.0.lock().unwrap();
        let index = usize::try_from(ended.number - 1).unwrap();
        (entries[index].status, entries[index].fault) = (ended.status, ended.fault);
    }
}
