//! ARNs of load balancers and their parts, as attributes hold them.

use std::collections::BTreeSet;

use eksmig_core::elb::ArnError;
use tfplugin::{Diagnostic, Field, Reader};

use crate::blocks::known;
use crate::notices;

/// Reads an ARN of one kind, such as `RouteArn::parse` does.
pub type Parse<T> = fn(&str) -> Result<T, ArnError>;

/// The ARN in an attribute.
///
/// # Errors
///
/// It is none of that kind, at the attribute.
pub fn read<T>(reader: &Reader<'_>, parse: Parse<T>) -> Result<Field<T>, Diagnostic> {
    reader.string()?.try_map(|text| {
        parse(&text).map_err(|error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path())))
    })
}

/// The ARNs in a set.
///
/// # Errors
///
/// One is none of that kind, at the attribute.
pub fn read_set<T: Ord>(reader: &Reader<'_>, parse: Parse<T>) -> Result<Field<BTreeSet<T>>, Diagnostic> {
    let mut arns = BTreeSet::new();
    let Some(elements) = known!(reader.elements()?) else { return Ok(Field::Null) };
    for element in elements {
        arns.extend(known!(read(&element, parse)?));
    }
    Ok(Field::Known(arns))
}

/// A rule for a schema: what is known is an ARN of that kind.
///
/// # Errors
///
/// It is none, at the attribute.
pub fn check<T>(reader: &Reader<'_>, parse: Parse<T>) -> Result<(), Diagnostic> {
    read(reader, parse).map(drop)
}
