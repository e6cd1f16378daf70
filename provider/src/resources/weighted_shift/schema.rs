//! What may be written in an `eksmig_weighted_shift`.

use eksmig_core::elb::{RouteArn, TargetGroupArn};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Schema, Type};

use crate::blocks::{arn, drain, gate, moved, policy, ramp, share, timeouts};

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    Schema::new(VERSION)
        .description(
            "Moves the traffic that two target groups share, on listeners and listener rules of application and network \
             load balancers: in steps, gated, and back. It owns the two weights and nothing else. Conditions, \
             authentication, stickiness, other target groups and their exact share stay as they are.",
        )
        .attribute(
            Attribute::new("route_arns", Type::set(Type::String))
                .required()
                .description(
                    "Where the share is set: ARNs of listeners (their default action) and of listener rules, in any \
                     mix. All of them move together: each is verified before any is written, and a failure on one \
                     undoes the step on all.",
                )
                .check(checks::not_empty())
                .check(checks::each(|reader| arn::check(reader, RouteArn::parse))),
        )
        .attribute(target_group("blue_target_group_arn", "The target group that serves today."))
        .attribute(target_group("green_target_group_arn", "The target group that takes over."))
        .attribute(share::green_weight())
        .attribute(ramp::attribute())
        .attribute(gate::attribute())
        .attribute(policy::on_failure_attribute())
        .attribute(policy::on_destroy_attribute())
        .attribute(Attribute::bool("drop_idle_target_group").optional().description(
            "Once settled at 0 or 100, take the side at weight 0 out of the routes, so that its target group can be \
             deleted. Default `false`.",
        ))
        .attribute(drain::attribute(Some("drop_idle_target_group")))
        .attribute(Attribute::string("id").computed().description("The names of the two target groups, `blue->green`."))
        .attribute(moved::weights("routes", "is not in the route").description(
            "The weights by route ARN. In the plan of an update, the weights that the routes will have.",
        ))
        .attribute(
            Attribute::number("observed_green_weight")
                .computed()
                .description("Green's percent as it is; null where the routes disagree."),
        )
        .attribute(moved::schedule("routes"))
        .attribute(
            Attribute::string("minimum_duration")
                .computed()
                .description("The least time that the schedule takes: its intervals, and what `wait_for_drain` takes at least."),
        )
        .attribute(drain::computed())
        .attribute(moved::weights("baseline", "is not in the route").description("The weights as they were before the resource first touched them."))
        .attribute(moved::status(true))
        .block(timeouts::block())
}

fn target_group(name: &str, description: &str) -> Attribute {
    Attribute::string(name)
        .required()
        .description(format!("{description} Changing it replaces the resource, which by itself moves no traffic."))
        .check(|reader| arn::check(reader, TargetGroupArn::parse))
}
