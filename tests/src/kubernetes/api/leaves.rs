//! An object as its leaves: the paths down to what has an owner of its own, and the values there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schema::Shape;

/// A step on the way down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A field of an object.
    Field(String),
    /// The item of a list that has these keys, as JSON.
    Key(String),
    /// This value of a set, as JSON.
    Item(String),
}

/// The way from the top.
pub type Path = Vec<Step>;

/// What in `metadata` has owners; the rest is the server's.
const OWNED_METADATA: [&str; 4] = ["labels", "annotations", "finalizers", "ownerReferences"];

/// The leaves of an object.
pub fn leaves(shape: &Shape, object: &Value) -> BTreeMap<Path, Value> {
    let mut found = BTreeMap::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        if name == "apiVersion" || name == "kind" {
            continue;
        }
        let of = shape.field(name).unwrap_or(Shape::Whole);
        if name == "metadata" {
            for (inner, value) in value.as_object().into_iter().flatten() {
                if OWNED_METADATA.contains(&inner.as_str()) {
                    let path = vec![Step::Field(name.clone()), Step::Field(inner.clone())];
                    collect(&of.field(inner).unwrap_or(Shape::Whole), value, path, &mut found);
                }
            }
        } else {
            collect(&of, value, vec![Step::Field(name.clone())], &mut found);
        }
    }
    found
}

fn collect(shape: &Shape, value: &Value, path: Path, found: &mut BTreeMap<Path, Value>) {
    let below = |step: Step| [path.clone(), vec![step]].concat();
    match (shape, value) {
        (Shape::Whole | Shape::Type { whole: true, .. }, _) => drop(found.insert(path, value.clone())),
        (_, Value::Object(fields)) if !fields.is_empty() => {
            for (name, value) in fields {
                let of = shape.field(name).unwrap_or(Shape::Whole);
                collect(&of, value, below(Step::Field(name.clone())), found);
            }
        }
        (Shape::Keyed { keys, .. }, Value::Array(items)) if !items.is_empty() => {
            for item in items {
                collect(&shape.item(), item, below(Step::Key(key_of(keys, item))), found);
            }
        }
        (Shape::Set, Value::Array(items)) if !items.is_empty() => {
            for item in items {
                found.insert(below(Step::Item(item.to_string())), item.clone());
            }
        }
        _ => drop(found.insert(path, value.clone())),
    }
}

fn key_of(keys: &[&str], item: &Value) -> String {
    // Kubernetes: a port without a protocol is one of TCP.
    let value = |key: &str| match (key, item.get(key)) {
        ("protocol", None) => json!("TCP"),
        (_, value) => value.cloned().unwrap_or(Value::Null),
    };
    Value::Object(keys.iter().map(|key| ((*key).to_owned(), value(key))).collect()).to_string()
}

/// Puts a value where the path leads, and makes what is missing on the way.
pub fn set(object: &mut Value, path: &[Step], value: &Value) {
    let Some((step, rest)) = path.split_first() else {
        *object = value.clone();
        return;
    };
    match step {
        Step::Field(name) => {
            if !object.is_object() {
                *object = Value::Object(Map::new());
            }
            set(&mut object[name.as_str()], rest, value);
        }
        Step::Key(_) | Step::Item(_) => {
            if !object.is_array() {
                *object = json!([]);
            }
            let items = object.as_array_mut().unwrap();
            let index = position(items, step).unwrap_or_else(|| {
                items.push(match step {
                    Step::Key(_) => json!({}),
                    _ => value.clone(),
                });
                items.len() - 1
            });
            set(&mut items[index], rest, value);
        }
    }
}

/// Takes away what is where the path leads, and whatever is left empty by that.
pub fn unset(object: &mut Value, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else { return };
    match (step, object) {
        (Step::Field(name), Value::Object(fields)) => {
            if let Some(below) = fields.get_mut(name) {
                unset(below, rest);
                if rest.is_empty() || is_empty(below) {
                    fields.remove(name);
                }
            }
        }
        (_, Value::Array(items)) => {
            if let Some(index) = position(items, step) {
                unset(&mut items[index], rest);
                if rest.is_empty() || is_empty(&items[index]) {
                    items.remove(index);
                }
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

fn position(items: &[Value], step: &Step) -> Option<usize> {
    match step {
        Step::Key(text) => {
            let keys: Map<String, Value> = serde_json::from_str(text).unwrap();
            let names: Vec<&str> = keys.keys().map(String::as_str).collect();
            // What is half taken away has lost some keys already.
            let same = |item: &Value| key_of(&names, item) == *text;
            let part = |item: &Value| keys.iter().all(|(key, value)| item.get(key).is_none_or(|there| there == value));
            items.iter().position(same).or_else(|| items.iter().position(part))
        }
        Step::Item(text) => {
            let value: Value = serde_json::from_str(text).unwrap();
            items.iter().position(|item| *item == value)
        }
        Step::Field(_) => None,
    }
}

/// A path as messages have it: `.spec.containers[name="web"].image`.
pub fn dotted(path: &[Step]) -> String {
    let parts = path.iter().map(|step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Key(text) => {
            let keys: Map<String, Value> = serde_json::from_str(text).unwrap();
            let pairs: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("[{}]", pairs.join(","))
        }
        Step::Item(text) => format!("[={text}]"),
    });
    parts.collect()
}
