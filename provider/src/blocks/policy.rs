//! `on_failure` and `on_destroy`: what to do when things do not go on.

use eksmig_core::engine::transition::OnFailure;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader};

/// What a destroy does to the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDestroy {
    /// Nothing.
    #[default]
    Keep,
    /// Sends all of it to blue first.
    Blue,
    /// Sends all of it to green first.
    Green,
}

/// The schema of `on_failure`.
pub fn on_failure_attribute() -> Attribute {
    Attribute::string("on_failure")
        .optional()
        .description(
            "What to do when a gate fails while the share is moving: `\"rollback\"` (the default) returns to the share \
             seen when the apply began, `\"hold\"` stays where it is.",
        )
        .check(checks::one_of(&["rollback", "hold"]))
}

/// The schema of `on_destroy`.
pub fn on_destroy_attribute() -> Attribute {
    Attribute::string("on_destroy")
        .optional()
        .description(
            "What a destroy does to the traffic: `\"keep\"` (the default) leaves it as it is, `\"blue\"` sends all of it \
             back first, `\"green\"` finishes first. After a create that did not finish, a destroy never moves traffic.",
        )
        .check(checks::one_of(&["keep", "blue", "green"]))
}

/// Reads `on_failure`.
pub fn read_on_failure(reader: &Reader<'_>) -> Result<Field<OnFailure>, Diagnostic> {
    Ok(reader.string()?.map(|text| if text == "hold" { OnFailure::Hold } else { OnFailure::RollBack }))
}

/// Reads `on_destroy`.
pub fn read_on_destroy(reader: &Reader<'_>) -> Result<Field<OnDestroy>, Diagnostic> {
    Ok(reader.string()?.map(|text| match text.as_str() {
        "blue" => OnDestroy::Blue,
        "green" => OnDestroy::Green,
        _ => OnDestroy::Keep,
    }))
}
