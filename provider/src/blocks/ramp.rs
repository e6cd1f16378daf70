//! `ramp`: how the share moves inside one apply.

use std::time::Duration;

use eksmig_core::schedule::{Ramp, RampError, Waypoints};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Type};

use crate::blocks::{duration, known, share};
use crate::notices;

/// The schema of `ramp`.
pub fn attribute() -> Attribute {
    Attribute::object(
        "ramp",
        vec![
            Attribute::new("steps", Type::list(Type::Number))
                .optional()
                .description(
                    "Green's percentages to stop at on the way, rising, for example `[1, 10, 50]`. The last step is \
                     always `green_weight` itself. Not together with `step`.",
                )
                .check(checks::each(|reader| share::read(reader).map(drop))),
            share::attribute("step")
                .optional()
                .description("Stop at every multiple of this percentage on the way. Not together with `steps`."),
            duration::attribute("interval", Duration::ZERO).optional().description(
                "How long each step bakes, the last one too, with the gates watching all through it. Default `\"0s\"`.",
            ),
            Attribute::bool("both_ways").optional().description(
                "Take the steps towards blue as well. Default `false`: moving back is one step without an interval, \
                 for a way back must not wait.",
            ),
        ],
    )
    .optional()
    .description("How the share moves inside one apply. Without it, in one step.")
    .check(|reader| read(reader).map(drop))
}

/// Reads `ramp`. Null is a single step.
pub fn read(reader: &Reader<'_>) -> Result<Field<Ramp>, Diagnostic> {
    let steps = known!(steps(&reader.attr("steps"))?);
    let step = known!(share::read(&reader.attr("step"))?);
    let interval = known!(duration::read(&reader.attr("interval"))?).unwrap_or_default();
    let both_ways = known!(reader.attr("both_ways").bool()?).unwrap_or(false);
    let waypoints = match (steps, step) {
        (Some(_), Some(_)) => {
            return Err(reader.attr("step").error(
                notices::TWO_WAYS_TO_RAMP,
                "ramp.steps lists the steps and ramp.step spaces them evenly. Keep one of the two.",
            ));
        }
        (Some(steps), None) => Waypoints::Listed(steps),
        (None, Some(step)) => Waypoints::Every(step),
        (None, None) => Waypoints::Direct,
    };
    Ramp::new(waypoints, interval, both_ways).map(Field::Known).map_err(|error| {
        let steps = reader.attr("steps");
        let path = match &error {
            RampError::Empty => steps.path().clone(),
            RampError::Nothing { index } | RampError::OutOfOrder { index, .. } => steps.path().index(*index),
            RampError::Still => reader.attr("step").path().clone(),
        };
        notices::INVALID_RAMP.says(format!("{}: {error}.", reader.path())).at(path)
    })
}

fn steps(reader: &Reader<'_>) -> Result<Field<Vec<eksmig_core::share::Share>>, Diagnostic> {
    let Some(elements) = known!(reader.elements()?) else { return Ok(Field::Null) };
    let mut steps = Vec::with_capacity(elements.len());
    for element in elements {
        match share::read(&element)? {
            Field::Known(share) => steps.push(share),
            Field::Unknown => return Ok(Field::Unknown),
            Field::Null => return Err(element.error(notices::MISSING_STEP, format!("{} is null.", element.path()))),
        }
    }
    Ok(Field::Known(steps))
}
