//! Terraform's types, and their JSON form.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value as Json, json};

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Unicode text.
    String,
    /// A decimal of any length.
    Number,
    /// True or false.
    Bool,
    /// Any type; a value of it brings its own along.
    Dynamic,
    /// In order, from 0, all of one type.
    List(Box<Type>),
    /// Without order or duplicates, all of one type.
    Set(Box<Type>),
    /// By text key, all of one type.
    Map(Box<Type>),
    /// A fixed count, each of its own type.
    Tuple(Vec<Type>),
    /// Fixed names, each of its own type; and which of them a caller may leave out.
    Object(BTreeMap<String, Type>, BTreeSet<String>),
}

/// A JSON text that is no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read a type: {0}")]
pub struct TypeError(String);

impl Type {
    /// A list of `element`.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Type) -> Type {
        Type::Set(Box::new(element))
    }

    /// A map to `element`.
    pub fn map(element: Type) -> Type {
        Type::Map(Box::new(element))
    }

    /// An object all of whose attributes must be there.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Type)>) -> Type {
        let attributes = attributes.into_iter().map(|(name, ty)| (name.into(), ty));
        Type::Object(attributes.collect(), BTreeSet::new())
    }

    /// The form in which the protocol carries a type: `"string"`, `["list","string"]`, `["object",{...}]`.
    pub fn to_json(&self) -> Json {
        match self {
            Type::String => json!("string"),
            Type::Number => json!("number"),
            Type::Bool => json!("bool"),
            Type::Dynamic => json!("dynamic"),
            Type::List(element) => json!(["list", element.to_json()]),
            Type::Set(element) => json!(["set", element.to_json()]),
            Type::Map(element) => json!(["map", element.to_json()]),
            Type::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Type::to_json).collect::<Vec<_>>()])
            }
            Type::Object(attributes, optional) => {
                let attributes: serde_json::Map<String, Json> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                if optional.is_empty() {
                    json!(["object", attributes])
                } else {
                    json!(["object", attributes, optional])
                }
            }
        }
    }

    /// The same as bytes.
    pub fn to_json_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads [`Type::to_json`]'s form.
    ///
    /// # Errors
    ///
    /// Where it names no type there is.
    pub fn from_json(json: &Json) -> Result<Type, TypeError> {
        let wrong = || TypeError(format!("{json} is none"));
        match json {
            Json::String(name) => match name.as_str() {
                "string" => Ok(Type::String),
                "number" => Ok(Type::Number),
                "bool" => Ok(Type::Bool),
                "dynamic" => Ok(Type::Dynamic),
                _ => Err(wrong()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                    let elements = elements.iter().map(Type::from_json);
                    Ok(Type::Tuple(elements.collect::<Result<_, _>>()?))
                }
                [Json::String(kind), Json::Object(attributes), rest @ ..] if kind == "object" => {
                    Type::object_from_json(attributes, rest).ok_or_else(wrong)?
                }
                [Json::String(kind), element] => match kind.as_str() {
                    "list" => Ok(Type::list(Type::from_json(element)?)),
                    "set" => Ok(Type::set(Type::from_json(element)?)),
                    "map" => Ok(Type::map(Type::from_json(element)?)),
                    _ => Err(wrong()),
                },
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }

    /// `None` where the list of optional names is not one.
    fn object_from_json(attributes: &serde_json::Map<String, Json>, rest: &[Json]) -> Option<Result<Type, TypeError>> {
        let optional: BTreeSet<String> = match rest {
            [] => BTreeSet::new(),
            [Json::Array(names)] => names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            _ => return None,
        };
        if !optional.iter().all(|name| attributes.contains_key(name)) {
            return None;
        }
        let attributes: Result<BTreeMap<String, Type>, TypeError> =
            attributes.iter().map(|(name, ty)| Ok((name.clone(), Type::from_json(ty)?))).collect();
        Some(attributes.map(|attributes| Type::Object(attributes, optional)))
    }

    /// Reads [`Type::to_json_bytes`]'s form.
    ///
    /// # Errors
    ///
    /// Where it is not JSON, is nested more than about a hundred deep, or names no type there is.
    pub fn from_json_bytes(bytes: &[u8]) -> Result<Type, TypeError> {
        let json = serde_json::from_slice(bytes).map_err(|error| TypeError(error.to_string()))?;
        Type::from_json(&json)
    }

    /// Whether a value of this type may carry its own type along, at any depth.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::String | Type::Number | Type::Bool => false,
            Type::Dynamic => true,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
            Type::Object(attributes, _) => attributes.values().any(Type::has_dynamic),
        }
    }
}

impl fmt::Display for Type {
    /// As one would write it in HCL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::String => f.write_str("string"),
            Type::Number => f.write_str("number"),
            Type::Bool => f.write_str("bool"),
            Type::Dynamic => f.write_str("any"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Tuple(elements) => {
                let elements: Vec<String> = elements.iter().map(Type::to_string).collect();
                write!(f, "tuple([{}])", elements.join(", "))
            }
            Type::Object(attributes, optional) => {
                let attributes: Vec<String> = attributes
                    .iter()
                    .map(|(name, ty)| match optional.contains(name) {
                        true => format!("{name} = optional({ty})"),
                        false => format!("{name} = {ty}"),
                    })
                    .collect();
                write!(f, "object({{ {} }})", attributes.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_every_type() {
        let optional = Type::Object(
            BTreeMap::from([("a".to_owned(), Type::Bool), ("b".to_owned(), Type::Dynamic)]),
            BTreeSet::from(["b".to_owned()]),
        );
        for (ty, json, hcl) in [
            (Type::String, r#""string""#, "string"),
            (Type::Number, r#""number""#, "number"),
            (Type::Bool, r#""bool""#, "bool"),
            (Type::Dynamic, r#""dynamic""#, "any"),
            (Type::list(Type::String), r#"["list","string"]"#, "list(string)"),
            (Type::set(Type::Number), r#"["set","number"]"#, "set(number)"),
            (Type::map(Type::list(Type::Bool)), r#"["map",["list","bool"]]"#, "map(list(bool))"),
            (Type::Tuple(vec![]), r#"["tuple",[]]"#, "tuple([])"),
            (Type::Tuple(vec![Type::Bool, Type::String]), r#"["tuple",["bool","string"]]"#, "tuple([bool, string])"),
            (Type::object([("a", Type::Bool)]), r#"["object",{"a":"bool"}]"#, "object({ a = bool })"),
            (optional, r#"["object",{"a":"bool","b":"dynamic"},["b"]]"#, "object({ a = bool, b = optional(any) })"),
        ] {
            assert_eq!(String::from_utf8(ty.to_json_bytes()).unwrap(), json);
            assert_eq!(Type::from_json_bytes(json.as_bytes()).unwrap(), ty);
            assert_eq!(ty.to_string(), hcl);
        }
    }

    #[test]
    fn refuses_what_is_no_type() {
        let deep = format!("{}\"string\"{}", "[\"list\",".repeat(5000), "]".repeat(5000));
        for json in [
            "",
            "null",
            "7",
            r#""text""#,
            "[]",
            r#"["list"]"#,
            r#"["tuple","string"]"#,
            r#"["object",[]]"#,
            r#"["object",{"a":"bool"},["b"]]"#,
            r#"["object",{},[1]]"#,
            r#"["object",{},[],[]]"#,
            r#"["bag","string"]"#,
            &deep,
        ] {
            assert!(Type::from_json_bytes(json.as_bytes()).is_err(), "{json}");
        }
    }
}
