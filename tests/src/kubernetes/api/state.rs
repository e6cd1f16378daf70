//! Writing objects by Kubernetes's rules. What reads and answers is elsewhere.

use std::sync::Arc;

use serde_json::{Value, json};

use super::calendar::{VirtualClock, written as time};
use super::kind::{Kind, NAMESPACE, POD};
use super::owners::{self, Hand};
pub use super::parts::{Part, is_going, no_finalizers};
use super::parts::{keep_other_parts, wanted};
use super::refusal::{Answered, Refusal};
use super::schema::Shape;
use super::store::{Key, Store};
use super::{admission, defaults};

/// What becomes of fields that a kind has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Validation {
    /// They are dropped.
    Ignore,
    /// They are dropped, and the answer warns.
    #[default]
    Warn,
    /// The write is refused.
    Strict,
}

/// How somebody writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manner {
    /// The field manager.
    pub manager: String,
    /// Whether an apply takes fields from other managers.
    pub force: bool,
    /// Whether nothing is really written.
    pub dry_run: bool,
    /// What becomes of unknown fields.
    pub validation: Validation,
}

/// An object as a write left it.
#[derive(Debug, Clone)]
pub struct Written {
    /// The object.
    pub object: Arc<Value>,
    /// Whether the write made it.
    pub created: bool,
    /// What to warn of.
    pub warnings: Vec<String>,
}

/// The objects, and the time they live in.
#[derive(Debug)]
pub struct State {
    /// The objects.
    pub store: Store,
    /// The time.
    pub clock: VirtualClock,
}

/// Where an object of a kind is.
pub fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
    let namespace = if kind.namespaced { namespace } else { "" };
    Key { resource: kind.resource(), namespace: namespace.to_owned(), name: name.to_owned() }
}

impl State {
    /// Now, as Kubernetes writes it.
    pub fn now(&self) -> String {
        time(self.clock.now())
    }

    /// An object.
    ///
    /// # Errors
    /// 404.
    pub fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Answered<Arc<Value>> {
        let found = self.store.get(&key(kind, namespace, name)).cloned();
        found.ok_or_else(|| Refusal::not_found(kind, name))
    }

    /// Makes an object. `whole` keeps a status that is in it.
    ///
    /// # Errors
    /// As Kubernetes refuses: wrong kind, unknown namespace, a name that is taken, an object that is invalid.
    pub fn create(&mut self, kind: &Kind, namespace: &str, body: Value, part: Part, by: &Manner) -> Answered<Written> {
        self.create_as(kind, namespace, body, part, by, false)
    }

    /// The same, by an apply or not.
    fn create_as(
        &mut self,
        kind: &Kind,
        namespace: &str,
        mut object: Value,
        part: Part,
        by: &Manner,
        applies: bool,
    ) -> Answered<Written> {
        let warnings = admission::decoded(kind, namespace, &mut object, by.validation)?;
        let name = self.name(&mut object);
        if name.is_empty() {
            return Err(Refusal::invalid(
                kind,
                "",
                "metadata.name",
                "Required value: name or generateName is required",
            ));
        }
        if kind.namespaced {
            self.check_namespace(kind, namespace, &name)?;
            object["metadata"]["namespace"] = json!(namespace);
        }
        let key = key(kind, namespace, &name);
        if self.store.get(&key).is_some() {
            let message = format!("{} {name:?} already exists", kind.resource());
            return Err(Refusal::of(409, "AlreadyExists", kind, &name, message));
        }
        if kind.status && part == Part::Main {
            object.as_object_mut().unwrap().remove("status");
        }
        defaults::fill(kind, &mut object);
        admission::valid(kind, &name, &object, None)?;
        admission::within_quota(&self.store, kind, namespace, &object)?;
        let meta = object["metadata"].as_object_mut().unwrap();
        for fixed in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"]
        {
            meta.remove(fixed);
        }
        meta.insert("uid".to_owned(), json!(self.store.new_uid()));
        meta.insert("creationTimestamp".to_owned(), json!(time(self.clock.now())));
        meta.remove("generation");
        if kind.counts_generations() {
            meta.insert("generation".to_owned(), json!(1));
        }
        let hand = self.hand(by, part, applies);
        owners::written(kind, &json!({}), &mut object, &hand);
        let object = if by.dry_run { Arc::new(object) } else { self.store.put(key, object) };
        Ok(Written { object, created: true, warnings })
    }

    fn name(&mut self, object: &mut Value) -> String {
        let text = |object: &Value, field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        let (name, prefix) = (text(object, "name"), text(object, "generateName"));
        if !name.is_empty() || prefix.is_empty() {
            return name;
        }
        let suffix: String = self.store.new_uid().chars().rev().take(5).collect::<Vec<_>>().iter().rev().collect();
        let name = format!("{prefix}{suffix}");
        object["metadata"]["name"] = json!(name);
        name
    }

    /// Refuses what would be new in a namespace that is not there or going.
    ///
    /// # Errors
    /// 404, or 403 with the cause `NamespaceTerminating`.
    pub fn check_namespace(&self, kind: &Kind, namespace: &str, name: &str) -> Answered<()> {
        let found = self.get(&NAMESPACE, "", namespace)?;
        if found["metadata"].get("deletionTimestamp").is_none() {
            return Ok(());
        }
        let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
        let message = format!("{} {name:?} is forbidden: {why}", kind.resource());
        let cause = format!("namespace {namespace} is being terminated");
        Err(Refusal::of(403, "Forbidden", kind, name, message).because(
            "NamespaceTerminating",
            &cause,
            "metadata.namespace",
        ))
    }

    fn hand(&self, by: &Manner, part: Part, applies: bool) -> Hand {
        let subresource = part.subresource().to_owned();
        Hand { manager: by.manager.clone(), applies, subresource, time: self.now() }
    }

    /// Changes an object. What comes out as it went in is no write.
    ///
    /// # Errors
    /// As Kubernetes refuses: no such object, one of another version or uid, an object that would be invalid; and
    /// whatever `change` refuses.
    pub fn change(
        &mut self,
        kind: &Kind,
        [namespace, name]: [&str; 2],
        part: Part,
        by: &Manner,
        change: impl FnOnce(&mut Value) -> Answered<()>,
    ) -> Answered<Written> {
        let before = self.get(kind, namespace, name)?;
        let mut after = Value::clone(&before);
        change(&mut after)?;
        let warnings = admission::decoded(kind, namespace, &mut after, by.validation)?;
        admission::same_object(kind, name, &before, &after)?;
        let hand = self.hand(by, part, false);
        self.settle(kind, &before, after, part, by, warnings, |before, after| {
            owners::written(kind, before, after, &hand);
        })
    }

    /// Applies a configuration on the server's side. Makes the object where there is none.
    ///
    /// # Errors
    /// As `change`; and 409 for conflicts.
    pub fn apply(
        &mut self,
        kind: &Kind,
        [namespace, name]: [&str; 2],
        part: Part,
        by: &Manner,
        mut wanted: Value,
    ) -> Answered<Written> {
        let strict = Validation::Ignore;
        let unknown = Shape::of(kind).prune(&mut wanted.clone());
        if let Some(field) = unknown.first() {
            let of = format!("{namespace}/{name}; {}, Kind={}", kind.api_version(), kind.kind);
            let message = format!("failed to create typed patch object ({of}): .{field}: field not declared in schema");
            return Err(Refusal::new(500, "InternalError", message));
        }
        admission::decoded(kind, namespace, &mut wanted, strict)?;
        if wanted["metadata"].get("managedFields").is_some_and(|fields| !fields.is_null()) {
            return Err(Refusal::bad_request("metadata.managedFields must be nil"));
        }
        let Ok(before) = self.get(kind, namespace, name) else {
            if part != Part::Main {
                return Err(Refusal::not_found(kind, name));
            }
            wanted["metadata"]["name"] = json!(name);
            return self.create_as(kind, namespace, wanted, part, by, true);
        };
        admission::same_object(kind, name, &before, &wanted)?;
        let mut after = Value::clone(&before);
        owners::apply(kind, &mut after, &wanted, &self.hand(by, part, true), by.force)?;
        self.settle(kind, &before, after, part, by, Vec::new(), |_, _| {})
    }

    /// Ends a write: keeps what is not its part, counts generations, and writes if there is anything new.
    #[expect(clippy::too_many_arguments, reason = "the one end of all writes")]
    fn settle(
        &mut self,
        kind: &Kind,
        before: &Arc<Value>,
        mut after: Value,
        part: Part,
        by: &Manner,
        warnings: Vec<String>,
        own: impl FnOnce(&Value, &mut Value),
    ) -> Answered<Written> {
        keep_other_parts(kind, before, &mut after, part);
        defaults::fill(kind, &mut after);
        let name = before["metadata"]["name"].as_str().unwrap().to_owned();
        admission::valid(kind, &name, &after, Some(before))?;
        own(before, &mut after);
        if kind.counts_generations() && wanted(kind, before) != wanted(kind, &after) {
            after["metadata"]["generation"] = json!(before["metadata"]["generation"].as_i64().unwrap_or(0) + 1);
        }
        if after == **before {
            return Ok(Written { object: Arc::clone(before), created: false, warnings });
        }
        if by.dry_run {
            return Ok(Written { object: Arc::new(after), created: false, warnings });
        }
        let namespace = before["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        let key = key(kind, &namespace, &name);
        let released = is_going(&after) && no_finalizers(&after) && *kind != POD && *kind != NAMESPACE;
        let object = self.store.put(key.clone(), after);
        let object = if released { self.store.remove(&key).unwrap() } else { object };
        Ok(Written { object, created: false, warnings })
    }
}
