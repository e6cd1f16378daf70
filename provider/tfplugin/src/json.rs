//! Values in JSON, as Terraform has them in a state file.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::mismatch::Mismatch;
use crate::number::NumberError;
use crate::trail::Trail;
use crate::ty::Type;
use crate::value::Value;

/// Reads a value of that type. A missing attribute of an object is null; attributes that the type does not know are
/// left out.
///
/// # Errors
///
/// Where the JSON holds something else.
pub fn decode(json: &Json, ty: &Type) -> Result<Value, Mismatch> {
    take(json, ty, &Trail::ROOT)
}

/// Writes a value of that type. A missing attribute of an object is written as null.
///
/// # Errors
///
/// Where the value is of another type, unknown or infinite: JSON has no form for these.
pub fn encode(value: &Value, ty: &Type) -> Result<Json, Mismatch> {
    put(value, ty, &Trail::ROOT)
}

fn take(json: &Json, ty: &Type, trail: &Trail<'_>) -> Result<Value, Mismatch> {
    trail.check_depth()?;
    let array = |elements: &[Json], element: &Type, indexed: bool| {
        elements
            .iter()
            .enumerate()
            .map(|(index, json)| {
                let here = if indexed { trail.index(index) } else { trail.inside() };
                take(json, element, &here)
            })
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match (ty, json) {
        (_, Json::Null) => Value::Null,
        (Type::Bool, Json::Bool(truth)) => Value::Bool(*truth),
        (Type::String, Json::String(text)) => Value::String(text.clone()),
        (Type::Number, Json::Number(number)) => number_from(number.as_str(), trail)?,
        (Type::Number, Json::String(text)) => number_from(text, trail)?,
        (Type::List(element), Json::Array(elements)) => Value::List(array(elements, element, true)?),
        (Type::Set(element), Json::Array(elements)) => Value::Set(array(elements, element, false)?),
        (Type::Tuple(types), Json::Array(elements)) => {
            if types.len() != elements.len() {
                return Err(trail.mismatch(format!("must have {} elements, not {}", types.len(), elements.len())));
            }
            Value::Tuple(
                types
                    .iter()
                    .zip(elements)
                    .enumerate()
                    .map(|(index, (ty, json))| take(json, ty, &trail.index(index)))
                    .collect::<Result<_, _>>()?,
            )
        }
        (Type::Map(element), Json::Object(elements)) => Value::Map(
            elements
                .iter()
                .map(|(key, json)| Ok((key.clone(), take(json, element, &trail.key(key))?)))
                .collect::<Result<_, _>>()?,
        ),
        (Type::Object(types, _), Json::Object(attributes)) => Value::Object(
            types
                .iter()
                .map(|(name, ty)| {
                    let json = attributes.get(name).unwrap_or(&Json::Null);
                    Ok((name.clone(), take(json, ty, &trail.attr(name))?))
                })
                .collect::<Result<_, _>>()?,
        ),
        (Type::Dynamic, Json::Object(parts)) => match (parts.get("type"), parts.get("value")) {
            (Some(ty), Some(value)) => {
                let ty = Type::from_json(ty).map_err(|error| trail.mismatch(error.to_string()))?;
                let value = take(value, &ty, &trail.inside())?;
                match ty {
                    Type::Dynamic => value,
                    ty => Value::Dynamic(Box::new((ty, value))),
                }
            }
            _ => return Err(trail.mismatch("must have a type and a value")),
        },
        (_, other) => return Err(trail.mismatch(format!("must be {ty}, not {}", kind(other)))),
    })
}

fn number_from(text: &str, trail: &Trail<'_>) -> Result<Value, Mismatch> {
    text.parse().map(Value::Number).map_err(|error: NumberError| trail.mismatch(error.to_string()))
}

fn put(value: &Value, ty: &Type, trail: &Trail<'_>) -> Result<Json, Mismatch> {
    trail.check_depth()?;
    let array = |elements: &[Value], element: &Type, indexed: bool| {
        elements
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let here = if indexed { trail.index(index) } else { trail.inside() };
                put(value, element, &here)
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Json::Array)
    };
    match (ty, value) {
        (_, Value::Null) => Ok(Json::Null),
        (_, Value::Unknown(_)) => Err(trail.mismatch("is not known yet, which JSON cannot say")),
        (Type::Bool, Value::Bool(truth)) => Ok(Json::Bool(*truth)),
        (Type::String, Value::String(text)) => Ok(Json::String(text.clone())),
        (Type::Number, Value::Number(number)) if number.is_finite() => number
            .to_string()
            .parse()
            .map(Json::Number)
            .map_err(|error: serde_json::Error| trail.mismatch(error.to_string())),
        (Type::Number, Value::Number(_)) => Err(trail.mismatch("is infinite, which JSON cannot say")),
        (Type::List(element), Value::List(elements)) => array(elements, element, true),
        (Type::Set(element), Value::Set(elements)) => array(elements, element, false),
        (Type::Tuple(types), Value::Tuple(elements)) => {
            if types.len() != elements.len() {
                return Err(trail.mismatch(format!("must have {} elements, not {}", types.len(), elements.len())));
            }
            types
                .iter()
                .zip(elements)
                .enumerate()
                .map(|(index, (ty, value))| put(value, ty, &trail.index(index)))
                .collect()
        }
        (Type::Map(element), Value::Map(elements)) => elements
            .iter()
            .map(|(key, value)| Ok((key.clone(), put(value, element, &trail.key(key))?)))
            .collect::<Result<serde_json::Map<_, _>, _>>()
            .map(Json::Object),
        (Type::Object(types, _), Value::Object(attributes)) => object(attributes, types, trail),
        (Type::Dynamic, Value::Dynamic(tagged)) => {
            let (ty, value) = tagged.as_ref();
            Ok(serde_json::json!({ "type": ty.to_json(), "value": put(value, ty, &trail.inside())? }))
        }
        (Type::Dynamic, other) => Err(trail.mismatch(format!("must be a dynamic value, not {}", other.kind()))),
        (_, other) => Err(trail.mismatch(format!("must be {ty}, not {}", other.kind()))),
    }
}

fn object(
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
    trail: &Trail<'_>,
) -> Result<Json, Mismatch> {
    if let Some(name) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(trail.attr(name).mismatch("is no attribute of this object"));
    }
    types
        .iter()
        .map(|(name, ty)| {
            let value = attributes.get(name).unwrap_or(&Value::Null);
            Ok((name.clone(), put(value, ty, &trail.attr(name))?))
        })
        .collect::<Result<serde_json::Map<_, _>, _>>()
        .map(Json::Object)
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a bool",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::Number;
    use crate::sample;

    fn parse(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_forms_that_terraform_stores() {
        let object = Type::object([("a", Type::Number), ("b", Type::list(Type::String))]);
        let read = decode(&parse(r#"{"a":3.14159265358979323846,"gone":1}"#), &object).unwrap();
        let pi = Value::Number("3.14159265358979323846".parse().unwrap());
        assert_eq!(read, Value::object([("a", pi), ("b", Value::Null)]));
        let written = encode(&read, &object).unwrap().to_string();
        assert_eq!(written, r#"{"a":3.14159265358979323846,"b":null}"#);

        let tagged = decode(&parse(r#"{"value":["x"],"type":["list","string"]}"#), &Type::Dynamic).unwrap();
        assert_eq!(tagged, Value::Dynamic(Box::new((Type::list(Type::String), Value::list(["x"])))));
        assert_eq!(decode(&parse(r#""12""#), &Type::Number).unwrap(), Value::from(12_i64));
    }

    #[test]
    fn refusals_name_the_path() {
        let object = Type::object([("a", Type::list(Type::map(Type::Bool)))]);
        for (json, ty, said) in [
            ("1", &Type::Bool, "must be bool, not a number"),
            (r#"{"a":[{"k":"x"}]}"#, &object, "a[0][\"k\"]: must be bool, not a string"),
            ("[1]", &Type::Tuple(vec![]), "must have 0 elements, not 1"),
            (r#""x""#, &Type::Number, "read a number: not a decimal"),
            ("{}", &Type::Dynamic, "must have a type and a value"),
        ] {
            assert_eq!(decode(&parse(json), ty).unwrap_err().to_string(), said);
        }
        for (value, said) in [
            (Value::unknown(), "x: is not known yet, which JSON cannot say"),
            (Value::Number(Number::INFINITY), "x: is infinite, which JSON cannot say"),
            (Value::from("a"), "x: must be number, not a string"),
        ] {
            let error = encode(&Value::object([("x", value)]), &Type::object([("x", Type::Number)])).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    proptest! {
        #[test]
        fn any_known_value_survives((ty, value) in sample::typed_value(false)) {
            let text = encode(&value, &ty).unwrap().to_string();
            prop_assert_eq!(decode(&parse(&text), &ty).unwrap(), value);
        }
    }
}
