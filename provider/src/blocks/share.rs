//! Percentages of traffic, with one decimal.

use eksmig_core::share::Share;
use tfplugin::{Attribute, Diagnostic, Field, Number, Reader, Value};

use crate::notices;

/// An attribute that holds a percentage, 0 to 100, one decimal allowed.
pub fn attribute(name: &str) -> Attribute {
    Attribute::number(name).check(|reader| read(reader).map(drop))
}

/// `green_weight`.
pub fn green_weight() -> Attribute {
    attribute("green_weight")
        .required()
        .description("Green's percent of the traffic that blue and green share, 0 to 100, one decimal allowed.")
}

/// Reads a percentage.
pub fn read(reader: &Reader<'_>) -> Result<Field<Share>, Diagnostic> {
    reader.number()?.try_map(|number| {
        number
            .to_string()
            .parse()
            .map_err(|error| reader.error(notices::INVALID_PERCENTAGE, format!("{}: {error}.", reader.path())))
    })
}

/// The number that stands for a share in state and plans.
pub fn value(share: Share) -> Value {
    let tenths = Number::from(u64::from(share.tenths()));
    share.to_string().parse::<Number>().unwrap_or(tenths).into()
}
