//! What may be written in an `eksmig_route53_shift`.

use eksmig_core::route53::{RecordName, RecordType};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Nesting, Reader, Schema, Type};

use crate::blocks::moved::REPLACES;
use crate::blocks::{drain, kept, moved, policy, ramp, share, timeouts};
use crate::notices::{self, Notice};

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    Schema::new(VERSION)
        .description(
            "Moves the traffic that two weighted Route 53 records of one name share: in steps, gated, and back. It owns \
             the two weights and nothing else. Values, aliases, TTLs, health checks, and other records and their exact \
             share stay as they are.",
        )
        .attribute(Attribute::string("zone_id").required().description(format!("The hosted zone. {REPLACES}")).check(zone))
        .attribute(
            Attribute::string("name")
                .required()
                .description(format!("The records' name, with or without its last dot. {REPLACES}"))
                .check(|reader| refuse(reader, notices::INVALID_NAME, |text| RecordName::parse(text).map(drop))),
        )
        .attribute(
            Attribute::new("types", Type::set(Type::String))
                .required()
                .description(format!(
                    "The records' types, for example `[\"A\", \"AAAA\"]`. All of them move in one change batch, which \
                     Route 53 carries out as a whole or not at all. {REPLACES}"
                ))
                .check(checks::not_empty())
                .check(checks::each(|reader| {
                    refuse(reader, notices::INVALID_TYPE, |text| RecordType::parse(text).map(drop))
                })),
        )
        .attribute(
            Attribute::object("blue", vec![set_identifier()])
                .required()
                .description("The record that serves today. It must exist, and is adopted as it is."),
        )
        .attribute(
            Attribute::object("green", vec![set_identifier(), alias(), ttl(), values()]).required().description(
                "The record that takes over. One that exists is adopted as it is. One that does not is made at weight \
                 0, as an `alias`, or with `ttl` and `records`.",
            ),
        )
        .attribute(share::green_weight())
        .attribute(ramp::attribute())
        .attribute(kept::gate())
        .attribute(policy::on_failure_attribute())
        .attribute(policy::on_destroy_attribute())
        .attribute(Attribute::bool("adopt_simple_record").optional().description(
            "Whether a simple record on this name becomes blue's weighted record, in the same change that adds \
             green's. Default `false`: it is refused.",
        ))
        .attribute(Attribute::bool("drop_idle_record").optional().description(
            "Whether the record that ends at weight 0 is deleted once all is settled; the last one of a name and type \
             becomes a simple record, in the same change. Default `false`: it stays, so that going back is fast.",
        ))
        .attribute(drain::attribute(Some("drop_idle_record")))
        .attribute(
            Attribute::string("external_dns")
                .optional()
                .description(
                    "What to do with records that ExternalDNS owns: `\"refuse\"` (the default) names the owner and plans \
                     nothing, `\"override\"` goes ahead.",
                )
                .check(checks::one_of(&["refuse", "override"])),
        )
        .attribute(Attribute::string("id").computed().description("The name and the set identifiers."))
        .attribute(moved::weights("records", "has no record").description(
            "The weights by type. In the plan of an update, the weights that the records will have.",
        ))
        .attribute(
            Attribute::number("observed_green_weight")
                .computed()
                .description("Green's percent as it is; null where the types disagree."),
        )
        .attribute(kept::ttl_seconds())
        .attribute(
            Attribute::nested(
                "answers",
                Nesting::Map,
                vec![
                    Attribute::string("blue").computed().description("Blue's; null where it has no record."),
                    Attribute::string("green").computed().description("Green's; null where it has no record."),
                ],
            )
            .computed()
            .description(
                "What the records answer with, by type: their values, or the name that they are an alias of. It tells \
                 whose a simple record is.",
            ),
        )
        .attribute(kept::effective_at())
        .attribute(moved::schedule("records"))
        .attribute(Attribute::string("minimum_duration").computed().description(
            "The least time that the schedule takes: for every step, the TTL and the interval, and what `wait_for_drain` \
             takes at least. Known after apply for a create, since the TTL is read then.",
        ))
        .attribute(drain::computed())
        .attribute(moved::weights("baseline", "has no record").description("The weights as they were before the resource first touched them."))
        .attribute(moved::status(true))
        .block(timeouts::block())
}

fn set_identifier() -> Attribute {
    Attribute::string("set_identifier")
        .required()
        .description(format!("The record's set identifier, 1 to 128 characters. {REPLACES}"))
        .check(|reader| {
            let fits = |text: &str| (1..=128).contains(&text.chars().count());
            refuse(reader, notices::INVALID_SET_IDENTIFIER, |text| {
                if fits(text) { Ok(()) } else { Err("it has 1 to 128 characters") }
            })
        })
}

fn alias() -> Attribute {
    Attribute::object(
        "alias",
        vec![
            Attribute::string("name").required().description("The DNS name of the load balancer, for example."),
            Attribute::string("zone_id").required().description("The load balancer's own hosted zone, not this one."),
            Attribute::bool("evaluate_target_health")
                .optional()
                .description("Whether the record counts as unhealthy when what it points to does. Default `true`."),
        ],
    )
    .optional()
    .description("What green's record points to, where it does not exist yet.")
}

fn ttl() -> Attribute {
    Attribute::number("ttl")
        .optional()
        .description(
            "How long answers are kept, in seconds, where green's record does not exist yet. Blue's own is best.",
        )
        .check(checks::whole())
        .check(checks::between(0_i64, 2_147_483_647_i64))
}

fn values() -> Attribute {
    Attribute::new("records", Type::list(Type::String))
        .optional()
        .description("The value of green's record, where it does not exist yet. For a single type.")
}

fn zone(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    // Route 53 API: 32 characters at most.
    let fits = |text: &str| (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    refuse(reader, notices::INVALID_HOSTED_ZONE, |text| {
        if fits(text) { Ok(()) } else { Err("an id has 1 to 32 letters and digits, like Z0123456789ABC") }
    })
}

fn refuse<E: std::fmt::Display>(
    reader: &Reader<'_>,
    notice: Notice,
    parse: impl Fn(&str) -> Result<(), E>,
) -> Result<(), Diagnostic> {
    match reader.string()? {
        Field::Known(text) => {
            parse(&text).map_err(|error| reader.error(notice, format!("{}: {error}.", reader.path())))
        }
        Field::Null | Field::Unknown => Ok(()),
    }
}
