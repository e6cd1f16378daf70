//! What may be written in an `eksmig_target_cutover`.

use tfplugin::schema::checks;
use tfplugin::{Attribute, Nesting, Schema, Type};

use crate::blocks::{batches, gate, moved, policy, target_groups, timeouts};

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    Schema::new(VERSION)
        .description(
            "Hands target groups over from blue's nodes to green's: green is registered and waited for until it is \
             healthy, then blue is deregistered in batches, each of which drains before the next. It owns the \
             registrations of blue's and green's targets and nothing else: whoever belongs to neither is never touched.",
        )
        .attribute(
            target_groups::attribute().required().description(
                "The target groups, of target type `instance` or `ip`, all of which move together: one for each port, as a \
                 rule. Changing them replaces the resource, which by itself moves no traffic.",
            ),
        )
        .attribute(side("blue", "The targets that serve today."))
        .attribute(side("green", "The targets that take over."))
        .attribute(
            Attribute::string("serving")
                .required()
                .description("Who is registered: `\"blue\"`, `\"both\"` or `\"green\"`.")
                .check(checks::one_of(&["blue", "both", "green"])),
        )
        .attribute(batches::attribute())
        .attribute(gate::attribute().description(
            "What must be true before a step begins and all through its interval. `min_healthy_targets` and \
             `min_healthy_percent` count a side's targets in every target group, and are waited for once the side is \
             registered, for up to `timeout`; `min_healthy_percent` is 100 by default here. `error_rate` is refused here.",
        ))
        .attribute(policy::on_failure_attribute().description(
            "What to do when a gate fails, or green does not become healthy: `\"rollback\"` (the default) registers and \
             deregisters as it was when the apply began, `\"hold\"` stays.",
        ))
        .attribute(policy::on_destroy_attribute().description(
            "What a destroy does to the registrations: `\"keep\"` (the default) leaves them as they are, `\"blue\"` hands \
             everything back first, `\"green\"` finishes first. After a create that did not finish, nothing is moved.",
        ))
        .attribute(Attribute::string("id").computed().description("The names of the target groups."))
        .attribute(seats("targets").description(
            "Who is registered, as `ID:PORT`, by target group ARN and side. The apply finds out which instances an Auto \
             Scaling group holds, so this is known after it.",
        ))
        .attribute(Attribute::string("observed_serving").computed().description(
            "Who serves as it is: `blue`, `both` or `green`; null in between.",
        ))
        .attribute(Attribute::new("attachments", Type::map(Type::map(Type::String))).computed().description(
            "By Auto Scaling group and target group ARN, the calls by which it is attached, or was before it left: \
             `traffic_sources` or `target_groups`. The same calls detach it and attach it again.",
        ))
        .attribute(
            Attribute::nested(
                "schedule",
                Nesting::List,
                vec![
                    Attribute::string("side").computed().description("The side that is registered or deregistered."),
                    Attribute::number("registered_percent")
                        .computed()
                        .description("Percent of the side that is registered once the step is done."),
                    Attribute::string("interval").computed().description("How long the step bakes."),
                ],
            )
            .computed()
            .description(
                "The steps of the change that is planned, or was made last, for sides of any size. What is done already is \
                 left out when it is applied.",
            ),
        )
        .attribute(Attribute::string("minimum_duration").computed().description(
            "The least time that the schedule takes: its intervals added up. Becoming healthy and draining come on top.",
        ))
        .attribute(seats("baseline").description("Who was registered before the resource first touched anything."))
        .attribute(moved::status(false))
        .block(timeouts::block())
}

fn side(name: &str, description: &str) -> Attribute {
    Attribute::object(
        name,
        vec![
            Attribute::new("autoscaling_group_names", Type::set(Type::String))
                .optional()
                .description(
                    "Auto Scaling groups, whose instances are registered on each target group's own port. They are attached \
                     when the side joins and detached when it leaves. Changing them replaces the resource.",
                )
                .check(checks::not_empty())
                .check(checks::each(checks::not_empty())),
            Attribute::nested(
                "targets",
                Nesting::Set,
                vec![
                    Attribute::string("id")
                        .required()
                        .description("An instance id or an IP address.")
                        .check(checks::not_empty()),
                    Attribute::number("port")
                        .optional()
                        .description("The port. Default: each target group's own.")
                        .check(checks::whole())
                        .check(checks::between(1_i64, 65535_i64)),
                    Attribute::string("zone")
                        .optional()
                        .description("`\"all\"` for an address outside the VPC of the target group.")
                        .check(checks::one_of(&["all"])),
                ],
            )
            .optional()
            .description("Targets by name. The same instance may be there on several ports.")
            .check(checks::not_empty()),
        ],
    )
    .required()
    .description(format!("{description} Either `autoscaling_group_names` or `targets`."))
}

/// An attribute that holds registrations by target group and side.
fn seats(name: &str) -> Attribute {
    let side = |name: &str, of: &str| {
        Attribute::new(name, Type::set(Type::String)).computed().description(format!("{of} registrations, `ID:PORT`."))
    };
    Attribute::nested(name, Nesting::Map, vec![side("blue", "Blue's"), side("green", "Green's")]).computed()
}
