//! The objects, and every change to them since the last compaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Its kind's name, `deployments.apps`.
    pub resource: String,
    /// Its namespace; empty for objects of the whole cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A change of one object.
#[derive(Debug, Clone)]
pub struct Change {
    /// The version that it made.
    pub version: u64,
    /// Of which object.
    pub key: Key,
    /// What was there.
    pub before: Option<Arc<Value>>,
    /// What is there; for a deletion, nothing.
    pub after: Option<Arc<Value>>,
    /// The object as it was last seen, with this change's version.
    pub last: Arc<Value>,
}

/// Objects by key. One counter numbers the changes of all of them.
#[derive(Debug, Default)]
pub struct Store {
    version: u64,
    compacted: u64,
    made: u64,
    objects: BTreeMap<Key, Arc<Value>>,
    changes: Vec<Change>,
}

impl Store {
    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The version up to which changes are no longer known.
    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    /// A `uid` that no other object has.
    pub fn new_uid(&mut self) -> String {
        self.made += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.made)
    }

    /// An object.
    pub fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.objects.get(key)
    }

    /// Objects of a kind, of all namespaces or one, by namespace and name.
    pub fn list(&self, resource: &str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        Self::within(&self.objects, resource, namespace).map(|(_, object)| Arc::clone(object)).collect()
    }

    /// The same as it was at a version; nothing if that is too old to be known.
    pub fn list_at(&self, resource: &str, namespace: Option<&str>, version: u64) -> Option<Vec<(Key, Arc<Value>)>> {
        if version < self.compacted {
            return None;
        }
        let found = Self::within(&self.objects, resource, namespace);
        let mut then: BTreeMap<Key, Arc<Value>> =
            found.map(|(key, object)| (key.clone(), Arc::clone(object))).collect();
        for change in self.changes.iter().rev().take_while(|change| change.version > version) {
            if change.key.resource == resource && namespace.is_none_or(|wanted| wanted == change.key.namespace) {
                match &change.before {
                    Some(before) => drop(then.insert(change.key.clone(), Arc::clone(before))),
                    None => drop(then.remove(&change.key)),
                }
            }
        }
        Some(then.into_iter().collect())
    }

    fn within<'a>(
        objects: &'a BTreeMap<Key, Arc<Value>>,
        resource: &'a str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Value>)> {
        let from = Key {
            resource: resource.to_owned(),
            namespace: namespace.unwrap_or_default().to_owned(),
            name: String::new(),
        };
        let belongs = move |key: &Key| key.resource == resource && namespace.is_none_or(|one| one == key.namespace);
        objects.range(from..).take_while(move |(key, _)| belongs(key))
    }

    /// Puts an object in its place, with the next version.
    pub fn put(&mut self, key: Key, mut object: Value) -> Arc<Value> {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let object = Arc::new(object);
        let before = self.objects.insert(key.clone(), Arc::clone(&object));
        let (after, last) = (Some(Arc::clone(&object)), Arc::clone(&object));
        self.changes.push(Change { version: self.version, key, before, after, last });
        object
    }

    /// Takes an object away. What is told of it carries the version of its deletion.
    pub fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        let before = self.objects.remove(key)?;
        self.version += 1;
        let mut last = Value::clone(&before);
        last["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let last = Arc::new(last);
        let key = key.clone();
        self.changes.push(Change {
            version: self.version,
            key,
            before: Some(before),
            after: None,
            last: Arc::clone(&last),
        });
        Some(last)
    }

    /// The changes after a version; nothing if it is too old for that to be known.
    pub fn changes_after(&self, version: u64) -> Option<&[Change]> {
        if version < self.compacted {
            return None;
        }
        let from = self.changes.partition_point(|change| change.version <= version);
        Some(&self.changes[from..])
    }

    /// Forgets all changes so far, as etcd does every five minutes.
    pub fn compact(&mut self) {
        self.compacted = self.version;
        self.changes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(namespace: &str, name: &str) -> Key {
        Key { resource: "pods".to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
    }

    fn names(listed: &[(Key, Arc<Value>)]) -> Vec<&str> {
        listed.iter().map(|(key, _)| key.name.as_str()).collect()
    }

    #[test]
    fn a_list_of_an_earlier_version_is_what_was_there() {
        let mut store = Store::default();
        store.put(key("a", "one"), json!({"metadata": {}, "n": 1}));
        store.put(key("b", "two"), json!({"metadata": {}}));
        store.put(key("a", "one"), json!({"metadata": {}, "n": 2}));
        store.remove(&key("a", "one"));
        assert_eq!(names(&store.list_at("pods", None, 4).unwrap()), ["two"]);
        let then = store.list_at("pods", None, 2).unwrap();
        assert_eq!(names(&then), ["one", "two"]);
        assert_eq!(then[0].1["n"], 1);
        assert_eq!(names(&store.list_at("pods", Some("a"), 1).unwrap()), ["one"]);
        assert_eq!(store.changes_after(2).unwrap().len(), 2);
        store.compact();
        assert!(store.changes_after(3).is_none() && store.list_at("pods", None, 3).is_none());
        assert_eq!(store.changes_after(4).unwrap().len(), 0);
    }
}
