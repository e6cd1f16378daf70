//! What may be written in an `eksmig_nlb_port_swap`.

use eksmig_core::elb::ListenerArn;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Field, Nesting, Schema, Type};

use crate::blocks::moved::REPLACES;
use crate::blocks::{drain, gate, moved, policy, ramp, share, timeouts};
use crate::notices;

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    Schema::new(VERSION)
        .description(
            "Moves an API of API Gateway between two ports of one network load balancer: in steps through the stage's \
             canary, gated, and back. It owns which port the integrations lead to and nothing else. Paths, timeouts, \
             caches, mappings and every other setting stay as they are.",
        )
        .attribute(Attribute::string("rest_api_id").optional().description(format!(
            "The REST API. Either this or `http_api_id`. {REPLACES}"
        )))
        .attribute(Attribute::string("http_api_id").optional().description(format!(
            "The HTTP API. HTTP APIs have no canary: `green_weight` is 0 or 100. {REPLACES}"
        )))
        .attribute(
            Attribute::new("stage_names", Type::set(Type::String))
                .required()
                .description(format!("The stages. All of them move together. {REPLACES}"))
                .check(checks::not_empty()),
        )
        .attribute(listener("blue_listener_arn", "The listener whose port the API is served from today."))
        .attribute(listener("green_listener_arn", "The listener whose port takes over: on the same load balancer."))
        .attribute(Attribute::new("routes", Type::set(Type::String)).optional().description(format!(
            "The routes to move, written `METHOD PATH`: `ANY /orders/{{proxy+}}`. Default: every integration on either \
             listener. {REPLACES}"
        )))
        .attribute(
            share::attribute("green_weight")
                .required()
                .description("Green's percent of the requests, 0 to 100, one decimal allowed; 0 or 100 for HTTP APIs."),
        )
        .attribute(
            Attribute::string("undeployed_changes")
                .optional()
                .description(
                    "A deployment ships the whole API. What to do with edits of others that are not deployed yet: \
                     `\"refuse\"` (the default) names them and deploys nothing, `\"deploy\"` ships them.",
                )
                .check(checks::one_of(&["refuse", "deploy"])),
        )
        .attribute(ramp::attribute())
        .attribute(gate::attribute().description(
            "What must be true before a step begins and all through its interval. `min_healthy_targets` and \
             `min_healthy_percent` are asked of each target group that the side's listener forwards to. `error_rate` is \
             refused here: a network load balancer counts no HTTP answers.",
        ))
        .attribute(policy::on_failure_attribute())
        .attribute(policy::on_destroy_attribute())
        .attribute(drain::attribute(None))
        .attribute(Attribute::string("id").computed().description("The API and the two listeners' ports."))
        .attribute(
            Attribute::nested(
                "stages",
                Nesting::Map,
                vec![
                    Attribute::number("share")
                        .computed()
                        .description("Green's percent of the stage's requests; null where the swap has no place on it."),
                    Attribute::string("leftover").computed().description(
                        "What an earlier run left over, a canary or an edit that is not deployed, or why the swap has \
                         no place on the stage; null where there is nothing.",
                    ),
                ],
            )
            .computed()
            .description("Where the stages stand. In the plan of an update, where they will stand."),
        )
        .attribute(
            Attribute::number("observed_green_weight")
                .computed()
                .description("Green's percent as it is; null where the stages disagree."),
        )
        .attribute(moved::schedule("stages"))
        .attribute(Attribute::string("minimum_duration").computed().description(
            "The least time that the schedule takes: the sum of the intervals, and what `wait_for_drain` takes at least. Deployments come on top, of which AWS \
             allows one every 5 seconds in an account.",
        ))
        .attribute(
            Attribute::nested(
                "baseline",
                Nesting::Map,
                vec![Attribute::number("share").computed().description("Green's percent.")],
            )
            .computed()
            .description("The shares as they were before the resource first touched the stages."),
        )
        .attribute(drain::computed())
        .attribute(moved::status(true))
        .block(timeouts::block())
}

fn listener(name: &str, description: &str) -> Attribute {
    Attribute::string(name).required().description(format!("{description} {REPLACES}")).check(|reader| {
        match reader.string()? {
            Field::Known(text) => ListenerArn::parse(&text)
                .map(drop)
                .map_err(|error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path()))),
            Field::Null | Field::Unknown => Ok(()),
        }
    })
}
