//! Values to MessagePack. Writing to memory cannot fail, which the patterns `let Ok(_)` show.

use std::collections::BTreeMap;

use rmp::encode::{
    ByteBuf, write_array_len, write_bin, write_bool, write_ext_meta, write_f64, write_map_len, write_nil, write_sint,
    write_str, write_uint,
};

use super::{REFINED, refinement};
use crate::mismatch::Mismatch;
use crate::number::Number;
use crate::refinement::Refinement;
use crate::trail::Trail;
use crate::ty::Type;
use crate::value::Value;

/// Writes a value of that type. A missing attribute of an object is written as null.
///
/// # Errors
///
/// Where the value is of another type.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, Mismatch> {
    let mut out = ByteBuf::new();
    put(&mut out, value, ty, &Trail::ROOT)?;
    Ok(out.into_vec())
}

fn put(out: &mut ByteBuf, value: &Value, ty: &Type, trail: &Trail<'_>) -> Result<(), Mismatch> {
    trail.check_depth()?;
    match (ty, value) {
        (_, Value::Null) => {
            let Ok(()) = write_nil(out);
        }
        (_, Value::Unknown(refinement)) => unknown(out, refinement),
        (Type::Bool, Value::Bool(truth)) => {
            let Ok(()) = write_bool(out, *truth);
        }
        (Type::String, Value::String(text)) => {
            length(text.len(), trail)?;
            let Ok(()) = write_str(out, text);
        }
        (Type::Number, Value::Number(whole)) => number(out, whole),
        (Type::List(element), Value::List(elements)) => {
            let Ok(_) = write_array_len(out, length(elements.len(), trail)?);
            for (index, value) in elements.iter().enumerate() {
                put(out, value, element, &trail.index(index))?;
            }
        }
        (Type::Set(element), Value::Set(elements)) => {
            let Ok(_) = write_array_len(out, length(elements.len(), trail)?);
            for value in elements {
                put(out, value, element, &trail.inside())?;
            }
        }
        (Type::Tuple(types), Value::Tuple(elements)) => {
            if types.len() != elements.len() {
                return Err(trail.mismatch(format!("must have {} elements, not {}", types.len(), elements.len())));
            }
            let Ok(_) = write_array_len(out, length(elements.len(), trail)?);
            for (index, (value, ty)) in elements.iter().zip(types).enumerate() {
                put(out, value, ty, &trail.index(index))?;
            }
        }
        (Type::Map(element), Value::Map(elements)) => {
            let Ok(_) = write_map_len(out, length(elements.len(), trail)?);
            for (key, value) in elements {
                let Ok(()) = write_str(out, key);
                put(out, value, element, &trail.key(key))?;
            }
        }
        (Type::Object(types, _), Value::Object(attributes)) => object(out, attributes, types, trail)?,
        (Type::Dynamic, Value::Dynamic(tagged)) => {
            let (ty, value) = tagged.as_ref();
            let Ok(_) = write_array_len(out, 2);
            let Ok(()) = write_bin(out, &ty.to_json_bytes());
            put(out, value, ty, &trail.inside())?;
        }
        (Type::Dynamic, other) => {
            return Err(trail.mismatch(format!("must be a dynamic value, not {}", other.kind())));
        }
        (_, other) => return Err(trail.mismatch(format!("must be {ty}, not {}", other.kind()))),
    }
    Ok(())
}

fn object(
    out: &mut ByteBuf,
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
    trail: &Trail<'_>,
) -> Result<(), Mismatch> {
    if let Some(name) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(trail.attr(name).mismatch("is no attribute of this object"));
    }
    let Ok(_) = write_map_len(out, length(types.len(), trail)?);
    for (name, ty) in types {
        let Ok(()) = write_str(out, name);
        put(out, attributes.get(name).unwrap_or(&Value::Null), ty, &trail.attr(name))?;
    }
    Ok(())
}

fn unknown(out: &mut ByteBuf, refinement: &Refinement) {
    match refinement::write(refinement) {
        // Its payload is one byte that means nothing.
        None => {
            let Ok(_) = write_ext_meta(out, 1, 0);
            out.as_mut_vec().push(0);
        }
        Some(payload) => {
            let payload = payload.as_slice();
            // The payload's limit is far below.
            let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            let Ok(_) = write_ext_meta(out, length, REFINED);
            out.as_mut_vec().extend_from_slice(payload);
        }
    }
}

/// Whole numbers of 64 bits as such; all others as decimal text, which loses nothing.
pub(super) fn number(out: &mut ByteBuf, number: &Number) {
    if let Some(whole) = number.to_i64() {
        let Ok(_) = write_sint(out, whole);
    } else if let Some(whole) = number.to_u64() {
        let Ok(_) = write_uint(out, whole);
    } else if number.is_finite() {
        let Ok(()) = write_str(out, &number.to_string());
    } else {
        let Ok(()) = write_f64(out, number.to_f64());
    }
}

fn length(length: usize, trail: &Trail<'_>) -> Result<u32, Mismatch> {
    u32::try_from(length).map_err(|_| trail.mismatch("is too long to send"))
}
