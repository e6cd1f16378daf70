//! What the schemas and states of twins share.

use std::collections::BTreeMap;

use eksmig_core::elb::twin::names_an_owner;
use tfplugin::{Diagnostic, Field, Reader, Value};

use crate::blocks::known;
use crate::notices;

/// A twin does not say that it belongs to a controller, to AWS or to another twin.
pub fn no_owners_tag(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    let tags = reader.entries()?.known().unwrap_or_default();
    let Some((key, _)) = tags.into_iter().find(|(key, _)| names_an_owner(key)) else { return Ok(()) };
    let detail = format!(
        "{} sets {key:?}, a tag by which AWS, a controller or eksmig knows what it owns. A twin gets none of them from \
         its source or from here.",
        reader.path()
    );
    Err(reader.error(notices::TAG_OF_AN_OWNER, detail))
}

/// Reads a map of texts.
///
/// # Errors
///
/// It is none.
pub fn texts(reader: &Reader<'_>) -> Result<Field<BTreeMap<String, String>>, Diagnostic> {
    let mut texts = BTreeMap::new();
    for (key, entry) in known!(reader.entries()?).unwrap_or_default() {
        texts.extend(known!(entry.string()?).map(|text| (key, text)));
    }
    Ok(Field::Known(texts))
}

/// A whole number that AWS takes as 32 bits.
///
/// # Errors
///
/// It is none.
pub fn number(reader: &Reader<'_>) -> Result<Field<i32>, Diagnostic> {
    let read = |number: i64| i32::try_from(number);
    let too_large = |_| reader.error(notices::INVALID_VALUE, format!("{} is too large.", reader.path()));
    reader.integer()?.try_map(|number| read(number).map_err(too_large))
}

/// The value of a map of texts.
pub fn map(texts: &BTreeMap<String, String>) -> Value {
    Value::map(texts.iter().map(|(key, value)| (key, Value::from(value.as_str()))))
}

/// The value of a text that may be missing.
pub fn text(text: &Option<String>) -> Value {
    text.as_deref().map_or(Value::Null, Value::from)
}
