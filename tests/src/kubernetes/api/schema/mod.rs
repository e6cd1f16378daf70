//! The fields of the kinds, and how their lists and maps merge: what Kubernetes calls list types and patch merge keys.
//!
//! The texts beside this file have a type a paragraph, and for a field: nothing for a value or a list replaced as a
//! whole; `=Type`; `=@Type` for a type that has one owner as a whole; `=[]Type` for a list replaced as a whole;
//! `=[key,...]Type` for one merged by keys, the first of which is also the strategic patch's; `=()` for a set; `={}` for
//! a map of which each entry is on its own; `=*` for whatever is in it, as a whole.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::kind::Kind;

const TEXTS: [&str; 4] =
    [include_str!("core.txt"), include_str!("pod.txt"), include_str!("workloads.txt"), include_str!("network.txt")];

type Fields = HashMap<&'static str, Shape>;

/// What may be at a place in an object, and how it merges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A value, or something that is one as a whole, with any fields in it.
    Whole,
    /// An object with these fields; `whole` if it has one owner as a whole.
    Type {
        /// Its name in the texts.
        name: &'static str,
        /// Whether it is replaced and owned as a whole by an apply.
        whole: bool,
    },
    /// A list that is replaced as a whole.
    List(&'static str),
    /// A list whose items are told apart by the values of these fields.
    Keyed {
        /// The keys; a strategic patch goes by the first alone.
        keys: Vec<&'static str>,
        /// The items' type.
        item: &'static str,
    },
    /// A list of values, each at most once.
    Set,
    /// A map of which each entry is on its own.
    Map,
    /// Anything: of a kind without a schema here. Objects merge field by field, lists are replaced as a whole.
    Free,
    /// An object of such a kind.
    Custom,
    /// The object itself: its type's fields, and those that all objects have.
    Object(&'static str),
}

impl Shape {
    /// The shape of a kind's objects.
    pub fn of(kind: &Kind) -> Self {
        if kind.custom { Self::Custom } else { Self::Object(kind.kind) }
    }

    /// The shape of a field, if it exists.
    pub fn field(&self, name: &str) -> Option<Shape> {
        match self {
            Self::Type { name: of, .. } => types().get(of)?.get(name).cloned(),
            Self::Object(of) => match name {
                "apiVersion" | "kind" => Some(Self::Whole),
                "metadata" => Some(Self::Type { name: "ObjectMeta", whole: false }),
                _ => types().get(of)?.get(name).cloned(),
            },
            Self::Custom if name == "metadata" => Some(Self::Type { name: "ObjectMeta", whole: false }),
            Self::Custom | Self::Free => Some(Self::Free),
            Self::Map | Self::Whole => Some(Self::Whole),
            Self::List(_) | Self::Keyed { .. } | Self::Set => None,
        }
    }

    /// The shape of a list's items.
    pub fn item(&self) -> Shape {
        match self {
            Self::List(item) | Self::Keyed { item, .. } => Self::Type { name: item, whole: false },
            _ => Self::Whole,
        }
    }

    /// Takes out what the kind has no such field for, and says where it was.
    pub fn prune(&self, value: &mut Value) -> Vec<String> {
        let mut unknown = Vec::new();
        self.prune_at("", value, &mut unknown);
        unknown
    }

    fn prune_at(&self, path: &str, value: &mut Value, unknown: &mut Vec<String>) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match (self, value) {
            (Self::Type { .. } | Self::Object(_) | Self::Custom, Value::Object(fields)) => {
                fields.retain(|name, value| {
                    let shape = self.field(name);
                    match &shape {
                        Some(shape) => shape.prune_at(&below(name), value, unknown),
                        None => unknown.push(below(name)),
                    }
                    shape.is_some()
                });
            }
            (Self::List(_) | Self::Keyed { .. }, Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.item().prune_at(&format!("{path}[{index}]"), item, unknown);
                }
            }
            _ => {}
        }
    }
}

fn types() -> &'static HashMap<&'static str, Fields> {
    static TYPES: OnceLock<HashMap<&'static str, Fields>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut types: HashMap<&'static str, Fields> = HashMap::new();
        let mut current = "";
        for word in TEXTS.iter().flat_map(|text| text.split_whitespace()) {
            match word.strip_suffix(':') {
                Some(name) => current = name,
                None => drop(types.entry(current).or_default().insert(name_of(word), shape_of(word))),
            }
        }
        types
    })
}

fn name_of(word: &'static str) -> &'static str {
    word.split('=').next().unwrap()
}

fn shape_of(word: &'static str) -> Shape {
    let Some((_, what)) = word.split_once('=') else { return Shape::Whole };
    match what {
        "*" => Shape::Whole,
        "()" => Shape::Set,
        "{}" => Shape::Map,
        _ => match what.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some(("", item)) => Shape::List(item),
            Some((keys, item)) => Shape::Keyed { keys: keys.split(',').collect(), item },
            None => match what.strip_prefix('@') {
                Some(name) => Shape::Type { name, whole: true },
                None => Shape::Type { name: what, whole: false },
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind::{BUILT_IN, POD};
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        for (of, fields) in types() {
            for (field, shape) in fields {
                let named = match shape {
                    Shape::Type { name, .. } => name,
                    Shape::List(item) | Shape::Keyed { item, .. } => item,
                    _ => continue,
                };
                assert!(types().contains_key(named), "{of}.{field}: {named}");
            }
        }
        for kind in BUILT_IN {
            assert!(types().contains_key(kind.kind), "{}", kind.kind);
        }
    }

    #[test]
    fn unknown_fields_are_taken_out_and_named() {
        let mut pod = json!({"kind": "Pod", "metadata": {"labels": {"a": "b"}, "colour": 1}, "spec": {
            "containers": [{"name": "web", "imgae": "x"}], "nodeSelector": {"zone": "a"}, "delete_options": {}}});
        let unknown = Shape::of(&POD).prune(&mut pod);
        assert_eq!(unknown, ["metadata.colour", "spec.containers[0].imgae", "spec.delete_options"]);
        assert_eq!(pod["spec"], json!({"containers": [{"name": "web"}], "nodeSelector": {"zone": "a"}}));
    }
}
