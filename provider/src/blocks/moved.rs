//! What every shift computes: weights, the steps, how the last apply ended.

use tfplugin::{Attribute, Nesting};

/// What the change of an attribute does that says what is moved.
pub const REPLACES: &str = "Changing it replaces the resource, which by itself moves no traffic.";

/// An attribute that holds the two weights of each of what moves, by its name. `where_missing` completes "null where it".
pub fn weights(name: &str, where_missing: &str) -> Attribute {
    let weight = |name: &str, of: &str| {
        Attribute::number(name).computed().description(format!("{of} weight; null where it {where_missing}."))
    };
    Attribute::nested(
        name,
        Nesting::Map,
        vec![
            weight("blue_weight", "Blue's"),
            weight("green_weight", "Green's"),
            Attribute::number("share")
                .computed()
                .description("Green's percent of what the two have; null where neither has a weight above 0."),
        ],
    )
    .computed()
}

/// `schedule`. `objects` is what moves, in the plural.
pub fn schedule(objects: &str) -> Attribute {
    Attribute::nested(
        "schedule",
        Nesting::List,
        vec![
            Attribute::number("green_weight").computed().description("Green's percent in this step."),
            Attribute::string("interval").computed().description("How long the step bakes."),
        ],
    )
    .computed()
    .description(format!(
        "The steps of the change that is planned, or was made last. The plan of a create shows all steps from 0; those \
         that the {objects} are past already are left out when it is applied."
    ))
}

/// `status`, of what can be waited for until it is drained or not.
pub fn status(drains: bool) -> Attribute {
    let stays = "How the last apply ended: `settled`, `held` (it stopped on the way)";
    let description = if drains {
        format!(
            "{stays}, `rolled_back`, or `undrained` (it is where it was asked to be, and the idle side was not seen \
             drained)."
        )
    } else {
        format!("{stays} or `rolled_back`.")
    };
    Attribute::string("status").computed().description(description)
}
