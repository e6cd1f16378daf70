//! Watching: what happened since a version, then what happens.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::asked::Asked;
use super::kind::Kind;
use super::refusal::{Answered, Refusal};
use super::select::Selection;
use super::store::{Change, Store};

/// A watch, and how far it has come.
#[derive(Debug)]
pub struct Watching {
    kind: Kind,
    namespace: Option<String>,
    name: Option<String>,
    selection: Selection,
    from: u64,
    initial: Vec<Value>,
    bookmarks: bool,
    /// After which time the server ends it.
    pub limit: Option<Duration>,
}

impl Watching {
    /// The watch that a request asks for.
    ///
    /// # Errors
    /// 400 for selectors, 422 for initial events without `resourceVersionMatch=NotOlderThan`.
    pub fn begin(store: &Store, kind: &Kind, [namespace, name]: [Option<&str>; 2], asked: &Asked) -> Answered<Self> {
        let selection = Selection::read(kind, asked.parameter("labelSelector"), asked.parameter("fieldSelector"))?;
        let bookmarks = asked.says("allowWatchBookmarks");
        let initial = asked.parameter("sendInitialEvents");
        let matching = asked.parameter("resourceVersionMatch");
        if initial.is_empty() != matching.is_empty() || !["", "NotOlderThan"].contains(&matching) {
            let why =
                "resourceVersionMatch: Forbidden: sendInitialEvents and resourceVersionMatch=NotOlderThan go together";
            return Err(Refusal::new(422, "Invalid", format!("ListOptions.meta.k8s.io \"\" is invalid: {why}")));
        }
        let given = asked.parameter("resourceVersion");
        let given: Option<u64> = match given {
            "" | "0" => None,
            text => Some(text.parse().map_err(|_| Refusal::bad_request(format!("invalid resource version: {text}")))?),
        };
        let limit = asked.parameter("timeoutSeconds").parse().ok().map(Duration::from_secs);
        let mut watch = Self {
            kind: *kind,
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
            selection,
            from: given.unwrap_or_else(|| store.version()),
            initial: Vec::new(),
            bookmarks,
            limit,
        };
        let streams_list = asked.says("sendInitialEvents");
        if streams_list || (given.is_none() && initial.is_empty()) {
            watch.from = store.version();
            let there = store.list(&kind.resource(), namespace);
            watch.initial =
                there.iter().filter(|object| watch.takes(object)).map(|object| event("ADDED", object)).collect();
            if streams_list && bookmarks {
                let mut end = watch.bookmark();
                end["object"]["metadata"]["annotations"] = json!({"k8s.io/initial-events-end": "true"});
                watch.initial.push(end);
            }
        }
        Ok(watch)
    }

    /// What is to be told now. An error event is the last.
    pub fn next(&mut self, store: &Store) -> (Vec<Value>, bool) {
        let mut events = std::mem::take(&mut self.initial);
        let Some(changes) = store.changes_after(self.from) else {
            let message = format!("too old resource version: {} ({})", self.from, store.compacted());
            events.push(failure(&Refusal::expired(message)));
            return (events, true);
        };
        events.extend(changes.iter().filter_map(|change| self.told(change)));
        self.from = store.version();
        (events, false)
    }

    /// A bookmark, if the client allows some.
    pub fn marked(&self) -> Option<Value> {
        self.bookmarks.then(|| self.bookmark())
    }

    fn bookmark(&self) -> Value {
        let (kind, version) = (self.kind.kind, self.from.to_string());
        json!({"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": self.kind.api_version(),
            "metadata": {"resourceVersion": version, "creationTimestamp": null}}})
    }

    fn told(&self, change: &Change) -> Option<Value> {
        let elsewhere = self.namespace.as_ref().is_some_and(|namespace| *namespace != change.key.namespace);
        if change.key.resource != self.kind.resource() || elsewhere {
            return None;
        }
        let takes = |object: &Option<Arc<Value>>| object.as_ref().is_some_and(|object| self.takes(object));
        match (takes(&change.before), takes(&change.after)) {
            (false, true) => Some(event("ADDED", &change.last)),
            (true, true) => Some(event("MODIFIED", &change.last)),
            (true, false) => {
                // Kubernetes: what no longer is selected is told as it was while it still was, with the new version.
                let mut gone = Value::clone(change.before.as_ref()?);
                gone["metadata"]["resourceVersion"] = json!(change.version.to_string());
                Some(event("DELETED", &gone))
            }
            (false, false) => None,
        }
    }

    fn takes(&self, object: &Value) -> bool {
        let named = self.name.as_ref().is_none_or(|name| object["metadata"]["name"] == *name);
        named && self.selection.takes(object)
    }
}

fn event(kind: &str, object: &Value) -> Value {
    json!({"type": kind, "object": object})
}

/// The event that ends a watch with a refusal.
pub fn failure(refusal: &Refusal) -> Value {
    json!({"type": "ERROR", "object": refusal.status()})
}
