//! What may be written in an `eksmig_preflight`, and what it finds.

use eksmig_core::elb::{ListenerArn, RouteArn, TargetGroupArn};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Nesting, Schema, Type};

use crate::blocks::arn;

/// The attributes that say what to look at. At least one of them has something in it.
pub const SUBJECTS: [&str; 5] = ["target_group_pairs", "route_arns", "records", "port_swaps", "alarm_names"];

/// The schema.
pub fn schema() -> Schema {
    Schema::new(0)
        .description(
            "Looks before a migration for what would go wrong in it: over pairs of target groups, routes, records, swaps of \
             ports and alarms. It moves nothing, and what it finds never fails the read: `precondition`, `postcondition` and \
             `check` decide what becomes of it.",
        )
        .attribute(pairs())
        .attribute(
            set(
                "route_arns",
                "The ARNs of the listeners and rules that are to be shifted. Default: every route that forwards to a side \
                 of a pair.",
            )
            .check(checks::each(|reader| arn::check(reader, RouteArn::parse))),
        )
        .attribute(records())
        .attribute(swaps())
        .attribute(set("alarm_names", "CloudWatch alarms, metric or composite, that are to guard the move."))
        .attribute(
            Attribute::number("min_healthy_targets")
                .optional()
                .description("How many of green's targets have to be healthy, as in a gate. Default 1.")
                .check(checks::whole())
                .check(checks::between(1_i64, 1000_i64)),
        )
        .attribute(
            Attribute::number("min_healthy_percent")
                .optional()
                .description("What part of green's registered targets has to be healthy, in percent, as in a gate. Default 0.")
                .check(checks::whole())
                .check(checks::between(0_i64, 100_i64)),
        )
        .attribute(Attribute::bool("passed").computed().description(
            "Whether no finding is an error. That something could not be told is an error as well.",
        ))
        .attribute(findings())
        .attribute(Attribute::string("report").computed().description(
            "All findings as a Markdown table, for an error message or a pull request.",
        ))
}

fn set(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String)).optional().description(description)
}

fn text(name: &str, description: &str) -> Attribute {
    Attribute::string(name).required().description(description).check(checks::not_empty())
}

fn pairs() -> Attribute {
    let side = |name: &str, description: &str| {
        text(name, description).check(|reader| arn::check(reader, TargetGroupArn::parse))
    };
    let attributes = vec![
        side("blue_target_group_arn", "The target group that serves today."),
        side("green_target_group_arn", "The target group that takes over."),
    ];
    Attribute::nested("target_group_pairs", Nesting::Map, attributes)
        .optional()
        .description("Pairs of target groups, by a name of your own.")
}

fn records() -> Attribute {
    let attributes = vec![
        text("zone_id", "The hosted zone."),
        text("name", "The records' name."),
        Attribute::new("types", Type::set(Type::String))
            .required()
            .description("The types that move together: `A`, `AAAA`, `CNAME` for example.")
            .check(checks::not_empty()),
        text("blue_set_identifier", "The set identifier of the record that serves today."),
        text("green_set_identifier", "The set identifier of the record that takes over."),
    ];
    Attribute::nested("records", Nesting::Map, attributes)
        .optional()
        .description("Pairs of weighted Route 53 records, by a name of your own.")
}

fn swaps() -> Attribute {
    let listener =
        |name: &str, description: &str| text(name, description).check(|reader| arn::check(reader, ListenerArn::parse));
    let attributes = vec![
        Attribute::string("rest_api_id").optional().description("The REST API. Either this or `http_api_id`."),
        Attribute::string("http_api_id").optional().description("The HTTP API."),
        Attribute::new("stage_names", Type::set(Type::String))
            .required()
            .description("The stages.")
            .check(checks::not_empty()),
        listener("blue_listener_arn", "The listener whose port the API is served from today."),
        listener("green_listener_arn", "The listener whose port takes over."),
        set(
            "routes",
            "The routes to move, as in `eksmig_nlb_port_swap`. Default: every integration on either listener.",
        ),
    ];
    Attribute::nested("port_swaps", Nesting::Map, attributes)
        .optional()
        .description("Swaps of ports behind API Gateway, by a name of your own.")
}

fn findings() -> Attribute {
    let found = |name: &str, description: &str| Attribute::string(name).computed().description(description);
    let attributes = vec![
        found("severity", "`error`, `warning` or `info`."),
        found("code", "The check's code, one of [the checks below](#checks). A code keeps its meaning."),
        found("object", "The object: an ARN, an id or a name."),
        found("message", "What was found."),
        found("remedy", "What to do about it."),
        found("anchor", "Where it is explained in this documentation: `data-sources/preflight#could_not_tell`."),
    ];
    Attribute::nested("findings", Nesting::List, attributes).computed().description(
        "What was found, errors first, then warnings, then what is good to know; among these by code and object. Empty where \
         all is well.",
    )
}
