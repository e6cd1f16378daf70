//! What may be written in an `eksmig_target_health`, and what it finds.

use eksmig_core::elb::TargetGroupArn;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Nesting, Schema, Type};

use crate::blocks::arn;

/// The schema.
pub fn schema() -> Schema {
    let zones = Attribute::nested("zones", Nesting::Map, counts("in the zone")).computed().description(
        "The same by availability zone. `all` has the targets that take traffic from every zone, and `unknown` those whose \
         zone AWS does not say, as it does not for instances.",
    );
    let mut group = vec![
        Attribute::string("arn").computed().description("The target group's ARN."),
        Attribute::string("summary").computed().description(
            "In one line, for an error message: `3 of 4 healthy; 1 unhealthy (Target.Timeout: Request timed out)`.",
        ),
    ];
    group.extend(counts("of the target group"));
    group.push(zones);
    Schema::new(0)
        .description(
            "Counts the targets of target groups as their load balancers see them now: by state and by reason, for each \
             target group and for each availability zone in it. Made for `precondition`, `postcondition` and `check`.",
        )
        .attribute(
            Attribute::new("target_group_arns", Type::set(Type::String))
                .required()
                .description("The ARNs of the target groups. One that does not exist is an error.")
                .check(checks::not_empty())
                .check(checks::each(|reader| arn::check(reader, TargetGroupArn::parse))),
        )
        .attribute(
            Attribute::nested("target_groups", Nesting::Map, group)
                .computed()
                .description("What was found, by the target group's name."),
        )
}

fn counts(whose: &str) -> Vec<Attribute> {
    let number = |name: &str, description: String| Attribute::number(name).computed().description(description);
    let by = |name: &str, description: &str| {
        Attribute::new(name, Type::map(Type::Number)).computed().description(description)
    };
    vec![
        number(
            "registered",
            format!("How many targets {whose} are meant to take traffic: not those that are draining."),
        ),
        number("healthy", format!("How many targets {whose} are healthy.")),
        by(
            "states",
            "How many there are in each state: `healthy`, `initial`, `unhealthy`, `unhealthy.draining`, `unused`, \
             `draining`, `unavailable`. A state that no target is in has no element.",
        ),
        by("reasons", "For how many AWS gives each reason, for example `Target.Timeout`. Healthy targets have none."),
    ]
}
