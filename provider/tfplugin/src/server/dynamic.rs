//! Values in requests and responses.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::mismatch::Mismatch;
use crate::proto::tfplugin6::{DynamicValue, RawState};
use crate::ty::Type;
use crate::value::Value;
use crate::{json, msgpack};

/// Reads `what` of a request. What is not there is null.
pub(super) fn read(value: Option<&DynamicValue>, ty: &Type, what: &str) -> Result<Value, Diagnostics> {
    let malformed = |error: Mismatch| {
        Diagnostic::error(
            "Malformed request",
            format!("The {what} could not be read: {error}. Is the provider's version the one that was planned with?"),
        )
        .at(error.path)
    };
    match value {
        Some(value) if !value.msgpack.is_empty() => Ok(msgpack::decode(&value.msgpack, ty).map_err(malformed)?),
        Some(value) if !value.json.is_empty() => {
            let parsed = serde_json::from_slice(&value.json).map_err(|error| not_json(what, &error))?;
            Ok(json::decode(&parsed, ty).map_err(malformed)?)
        }
        _ => Ok(Value::Null),
    }
}

/// The same, where null means that there is no object.
pub(super) fn read_object(value: Option<&DynamicValue>, ty: &Type, what: &str) -> Result<Option<Value>, Diagnostics> {
    Ok(Some(read(value, ty, what)?).filter(|value| !value.is_null()))
}

/// The JSON of a stored state.
pub(super) fn read_raw(state: Option<&RawState>) -> Result<serde_json::Value, Diagnostics> {
    match state {
        Some(state) if !state.json.is_empty() => {
            serde_json::from_slice(&state.json).map_err(|error| not_json("stored state", &error).into())
        }
        Some(state) if !state.flatmap.is_empty() => Err(Diagnostic::error(
            "State is too old",
            "It was written by Terraform before 0.12. Refresh it with Terraform 0.12 or 0.13 first.",
        )
        .into()),
        _ => Ok(serde_json::Value::Null),
    }
}

/// Writes `what` of a response.
pub(super) fn write(value: &Value, ty: &Type, what: &str) -> Result<DynamicValue, Diagnostics> {
    match msgpack::encode(value, ty) {
        Ok(msgpack) => Ok(DynamicValue { msgpack, json: Vec::new() }),
        Err(error) => Err(Diagnostic::error(
            "Internal error in the provider",
            format!(
                "Its {what} does not fit its own schema: {error}. This is a bug in the provider, please report it."
            ),
        )
        .at(error.path)
        .into()),
    }
}

fn not_json(what: &str, error: &serde_json::Error) -> Diagnostic {
    Diagnostic::error("Malformed request", format!("The {what} could not be read: it is not JSON: {error}."))
}
