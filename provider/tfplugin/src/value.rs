//! Terraform's values.

use std::collections::BTreeMap;

use crate::number::Number;
use crate::refinement::Refinement;
use crate::ty::Type;

static NULL: Value = Value::Null;

/// A value of any type: known, null, or not known yet.
#[derive(Debug, Clone)]
pub enum Value {
    /// Absent.
    Null,
    /// Not known until something is applied; and what is promised of it.
    Unknown(Refinement),
    /// True or false.
    Bool(bool),
    /// A decimal of any length.
    Number(Number),
    /// Text.
    String(String),
    /// In order.
    List(Vec<Value>),
    /// Without order: two sets are equal if each has all that the other has.
    Set(Vec<Value>),
    /// In order, each of its own type.
    Tuple(Vec<Value>),
    /// By key.
    Map(BTreeMap<String, Value>),
    /// By attribute name. A missing attribute is null.
    Object(BTreeMap<String, Value>),
    /// In a place of type [`Type::Dynamic`]: a value with its type, which is not dynamic itself. A null or
    /// unknown whose type is not known either is plain [`Value::Null`] or [`Value::Unknown`].
    Dynamic(Box<(Type, Value)>),
}

impl Value {
    /// Not known yet, and nothing is promised of it.
    pub const fn unknown() -> Value {
        Value::Unknown(Refinement::NONE)
    }

    /// An object of these attributes.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Value {
        Value::Object(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A map of these elements.
    pub fn map<N: Into<String>>(elements: impl IntoIterator<Item = (N, Value)>) -> Value {
        Value::Map(elements.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// A list of these elements.
    pub fn list<V: Into<Value>>(elements: impl IntoIterator<Item = V>) -> Value {
        Value::List(elements.into_iter().map(Into::into).collect())
    }

    /// A set of these elements.
    pub fn set<V: Into<Value>>(elements: impl IntoIterator<Item = V>) -> Value {
        Value::Set(elements.into_iter().map(Into::into).collect())
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.untagged(), Value::Null)
    }

    /// Whether it is unknown itself, as opposed to holding something that is.
    pub fn is_unknown(&self) -> bool {
        matches!(self.untagged(), Value::Unknown(_))
    }

    /// Whether nothing in it is unknown, at any depth.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Value::Unknown(_) => false,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                elements.iter().all(Value::is_wholly_known)
            }
            Value::Map(elements) | Value::Object(elements) => elements.values().all(Value::is_wholly_known),
            Value::Dynamic(tagged) => tagged.1.is_wholly_known(),
        }
    }

    /// The attribute of that name, or the map's element of that key; null where there is none.
    pub fn attr(&self, name: &str) -> &Value {
        match self.untagged() {
            Value::Object(attributes) | Value::Map(attributes) => attributes.get(name).unwrap_or(&NULL),
            _ => &NULL,
        }
    }

    /// Sets an attribute of an object or a map, and does nothing to any other value.
    pub fn set_attr(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        if let Value::Object(attributes) | Value::Map(attributes) = self {
            attributes.insert(name.into(), value.into());
        }
    }

    /// The text, if it is known text.
    pub fn as_str(&self) -> Option<&str> {
        match self.untagged() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same with null for whatever is unknown, at any depth. A set may come out with fewer elements.
    #[must_use]
    pub fn unknowns_as_null(self) -> Value {
        let all = |elements: Vec<Value>| elements.into_iter().map(Value::unknowns_as_null).collect::<Vec<_>>();
        let each = |elements: BTreeMap<String, Value>| {
            elements.into_iter().map(|(name, value)| (name, value.unknowns_as_null())).collect()
        };
        match self {
            Value::Unknown(_) => Value::Null,
            Value::List(elements) => Value::List(all(elements)),
            Value::Tuple(elements) => Value::Tuple(all(elements)),
            Value::Set(elements) => {
                let mut distinct: Vec<Value> = Vec::new();
                for element in all(elements) {
                    if !distinct.contains(&element) {
                        distinct.push(element);
                    }
                }
                Value::Set(distinct)
            }
            Value::Map(elements) => Value::Map(each(elements)),
            Value::Object(attributes) => Value::Object(each(attributes)),
            Value::Dynamic(tagged) => {
                let (ty, value) = *tagged;
                Value::Dynamic(Box::new((ty, value.unknowns_as_null())))
            }
            known => known,
        }
    }

    /// The value itself, without the type that it may bring along.
    pub fn untagged(&self) -> &Value {
        match self {
            Value::Dynamic(tagged) => tagged.1.untagged(),
            plain => plain,
        }
    }

    /// What kind of value it is, for messages: `"a list"`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Unknown(_) => "an unknown value",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Set(_) => "a set",
            Value::Tuple(_) => "a tuple",
            Value::Map(_) => "a map",
            Value::Object(_) => "an object",
            Value::Dynamic(_) => "a dynamic value",
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Unknown(mine), Value::Unknown(theirs)) => mine == theirs,
            (Value::Bool(mine), Value::Bool(theirs)) => mine == theirs,
            (Value::Number(mine), Value::Number(theirs)) => mine == theirs,
            (Value::String(mine), Value::String(theirs)) => mine == theirs,
            (Value::List(mine), Value::List(theirs)) | (Value::Tuple(mine), Value::Tuple(theirs)) => mine == theirs,
            (Value::Set(mine), Value::Set(theirs)) => same_set(mine, theirs),
            (Value::Map(mine), Value::Map(theirs)) => mine == theirs,
            (Value::Object(mine), Value::Object(theirs)) => same_object(mine, theirs),
            (Value::Dynamic(mine), Value::Dynamic(theirs)) => mine == theirs,
            _ => false,
        }
    }
}

impl Eq for Value {}

/// The usual case is the same order, which costs one pass.
fn same_set(mine: &[Value], theirs: &[Value]) -> bool {
    mine == theirs
        || (mine.iter().all(|value| theirs.contains(value)) && theirs.iter().all(|value| mine.contains(value)))
}

/// A missing attribute is null.
fn same_object(mine: &BTreeMap<String, Value>, theirs: &BTreeMap<String, Value>) -> bool {
    let has_all = |one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>| {
        one.iter().all(|(name, value)| value == other.get(name).unwrap_or(&NULL))
    };
    has_all(mine, theirs) && has_all(theirs, mine)
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(whole: i64) -> Self {
        Value::Number(whole.into())
    }
}

impl From<u64> for Value {
    fn from(whole: u64) -> Self {
        Value::Number(whole.into())
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Value::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

/// `None` is null.
impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_no_order() {
        assert_eq!(Value::set(["a", "b"]), Value::set(["b", "a"]));
        assert_eq!(Value::set(["a", "a", "b"]), Value::set(["b", "a"]));
        assert_ne!(Value::set(["a", "b"]), Value::set(["a", "c"]));
        assert_ne!(Value::set(["a"]), Value::set(["a", "b"]));
        assert_ne!(Value::list(["a", "b"]), Value::list(["b", "a"]));
    }

    #[test]
    fn a_missing_attribute_is_null() {
        assert_eq!(Value::object([("a", Value::Null)]), Value::object::<&str>([]));
        assert_ne!(Value::object([("a", Value::Null)]), Value::object([("a", Value::from(true))]));
        assert_ne!(Value::map([("a", Value::Null)]), Value::map::<&str>([]));
        assert_eq!(Value::from("text").attr("any"), &Value::Null);
    }

    #[test]
    fn unknown_is_found_at_any_depth() {
        let deep = Value::object([("a", Value::list([Value::map([("k", Value::unknown())])]))]);
        assert!(!deep.is_unknown());
        assert!(!deep.is_wholly_known());
        let filled = deep.unknowns_as_null();
        assert_eq!(filled, Value::object([("a", Value::list([Value::map([("k", Value::Null)])]))]));
        let set = Value::set([Value::unknown(), Value::Null, Value::Unknown(Refinement::NOT_NULL)]);
        assert!(matches!(set.unknowns_as_null(), Value::Set(elements) if elements.len() == 1));
    }

    #[test]
    fn a_tag_is_looked_through() {
        let tagged = Value::Dynamic(Box::new((Type::String, Value::Null)));
        assert!(tagged.is_null());
        let tagged = Value::Dynamic(Box::new((Type::Dynamic, Value::unknown())));
        assert!(tagged.is_unknown());
    }
}
