//! `ramp` of a cut-over: how a side leaves inside one apply.

use std::time::Duration;

use eksmig_core::elb::cutover::Batches;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader};

use crate::blocks::{duration, known};

/// The schema of `ramp`, where targets move and no share.
pub fn attribute() -> Attribute {
    Attribute::object(
        "ramp",
        vec![
            Attribute::number("batch_percent")
                .optional()
                .description(
                    "Percent of the instances of the side that leaves in each batch, 1 to 100, at least one instance. An \
                     instance leaves with all its ports. Default 100: all at once.",
                )
                .check(checks::whole())
                .check(checks::between(1_i64, 100_i64)),
            duration::attribute("interval", Duration::ZERO).optional().description(
                "How long each step bakes, the last one too, with the gates watching all through it. Default `\"0s\"`.",
            ),
            Attribute::bool("both_ways").optional().description(
                "Take batches and intervals towards blue as well. Default `false`: moving back is one batch without an \
                 interval, for a way back must not wait.",
            ),
        ],
    )
    .optional()
    .description("How a side leaves inside one apply. Without it, at once.")
}

/// Reads `ramp`. Null is one batch.
pub fn read(reader: &Reader<'_>) -> Result<Field<Batches>, Diagnostic> {
    let percent = known!(reader.attr("batch_percent").integer()?).unwrap_or(100);
    Ok(Field::Known(Batches {
        percent: u8::try_from(percent).unwrap_or(100),
        interval: known!(duration::read(&reader.attr("interval"))?).unwrap_or_default(),
        both_ways: known!(reader.attr("both_ways").bool()?).unwrap_or(false),
    }))
}
