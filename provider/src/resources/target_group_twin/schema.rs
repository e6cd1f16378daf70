//! What may be written in an `eksmig_target_group_twin`.

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::twin::name;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Schema, Type};

use crate::blocks::twin;
use crate::notices;

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    let fixed = "Another one replaces the twin.";
    Schema::new(VERSION)
        .description(
            "Makes a target group after another, for the green cluster: with its protocol, health check, attributes and \
             tags, but for what is set here. It has no targets at first, and no route refers to it. When the source \
             changes, the plan shows what changes in the twin.",
        )
        .attribute(
            Attribute::string("source_arn")
                .required()
                .description("The target group whose twin it is. Another one replaces the twin.")
                .check(arn),
        )
        .attribute(
            Attribute::string("name")
                .optional()
                .computed()
                .description(format!(
                    "The twin's name, at most 32 characters. Default: the source's with `name_suffix`; where that is too \
                     long, the source's name is cut, and six digits keep it apart from others that begin alike. {fixed}"
                ))
                .check(|reader| fit(reader, name::unfit)),
        )
        .attribute(
            Attribute::string("name_suffix")
                .optional()
                .description("What the derived name ends with, at most 16 characters. Default `\"-green\"`.")
                .check(|reader| fit(reader, name::unfit_suffix)),
        )
        .attribute(
            given(Attribute::string("target_type"), "`instance` or `ip`, where the source's is the other of the two")
                .check(checks::one_of(&["instance", "ip"])),
        )
        .attribute(
            given(Attribute::string("protocol"), "`HTTP`, `HTTPS`, `TCP`, `UDP`, `TCP_UDP`, `TLS`, `QUIC` or `TCP_QUIC`")
                .check(checks::one_of(&["HTTP", "HTTPS", "TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"])),
        )
        .attribute(
            given(Attribute::number("port"), "The port of targets that are registered without one")
                .check(checks::whole())
                .check(checks::between(1_i64, 65_535_i64)),
        )
        .attribute(given(Attribute::string("vpc_id"), "The VPC").check(checks::not_empty()))
        .attribute(
            Attribute::object("health_check", health_check(true)).optional().computed().description(
                "The health check. What is not set here is the source's.",
            ),
        )
        .attribute(
            Attribute::new("attributes", Type::map(Type::String))
                .optional()
                .description("Attributes in place of the source's, by AWS's names."),
        )
        .attribute(
            Attribute::new("tags", Type::map(Type::String))
                .optional()
                .description("Tags over the source's.")
                .check(twin::no_owners_tag),
        )
        .attribute(Attribute::string("arn").computed().description("The twin's ARN."))
        .attribute(Attribute::string("protocol_version").computed().description("`HTTP1`, `HTTP2` or `GRPC`."))
        .attribute(Attribute::string("ip_address_type").computed().description("`ipv4` or `ipv6`."))
        .attribute(
            Attribute::number("target_control_port").computed().description("The port of the target optimizer's agent."),
        )
        .attribute(Attribute::new("attributes_all", Type::map(Type::String)).computed().description(
            "All of the twin's attributes.",
        ))
        .attribute(Attribute::new("tags_all", Type::map(Type::String)).computed().description(
            "All of the twin's tags, but for those that say who owns it.",
        ))
        .attribute(Attribute::object("source", source()).computed().description(
            "The source as it was last seen. It stays so when the source is deleted, and the twin stays as well.",
        ))
}

/// An attribute that is the source's unless it is set.
fn given(attribute: Attribute, description: &str) -> Attribute {
    let text = format!("{description}. Default: the source's. Another one replaces the twin.");
    attribute.optional().computed().description(text)
}

fn source() -> Vec<Attribute> {
    let text = |name: &str| Attribute::string(name).computed();
    let map = |name: &str| Attribute::new(name, Type::map(Type::String)).computed();
    vec![
        text("target_type").description("The type of its targets."),
        text("protocol").description("Its protocol."),
        text("protocol_version").description("Its protocol's version."),
        Attribute::number("port").computed().description("Its port."),
        text("vpc_id").description("Its VPC."),
        text("ip_address_type").description("`ipv4` or `ipv6`."),
        Attribute::number("target_control_port").computed().description("The port of the target optimizer's agent."),
        Attribute::object("health_check", health_check(false)).computed().description("Its health check."),
        map("attributes").description("Its attributes."),
        map("tags").description("Its tags, but for those that say who owns it."),
    ]
}

/// The parts of a health check. The ranges are those of the Elastic Load Balancing API, CreateTargetGroup.
fn health_check(may_be_set: bool) -> Vec<Attribute> {
    let who = |attribute: Attribute| if may_be_set { attribute.optional().computed() } else { attribute.computed() };
    let text = |name: &str, description: &str| who(Attribute::string(name)).description(description);
    let number = |name: &str, description: &str, least: i64, most: i64| {
        who(Attribute::number(name)).description(description).check(checks::whole()).check(checks::between(least, most))
    };
    vec![
        who(Attribute::bool("enabled"))
            .description("Whether targets are checked. Only a Lambda function's need not be."),
        text("protocol", "`HTTP`, `HTTPS` or `TCP`.").check(checks::one_of(&["HTTP", "HTTPS", "TCP"])),
        text("port", "A port, or `traffic-port`."),
        text("path", "The path, or for gRPC the method."),
        text("matcher", "The codes of a healthy answer, `200-299` for example; for gRPC, gRPC's."),
        number("interval", "Seconds between two checks, 5 to 300.", 5, 300),
        number("timeout", "Seconds that an answer may take, 2 to 120.", 2, 120),
        number("healthy_threshold", "Successes in a row that make a target healthy, 2 to 10.", 2, 10),
        number("unhealthy_threshold", "Failures in a row that make a target unhealthy, 2 to 10.", 2, 10),
    ]
}

fn arn(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    let Field::Known(text) = reader.string()? else { return Ok(()) };
    let read = TargetGroupArn::parse(&text);
    read.map(drop).map_err(|error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path())))
}

fn fit(reader: &Reader<'_>, unfit: fn(&str) -> Option<&'static str>) -> Result<(), Diagnostic> {
    let Field::Known(text) = reader.string()? else { return Ok(()) };
    let why = unfit(&text);
    why.map_or(Ok(()), |why| {
        Err(reader.error(notices::INVALID_NAME, format!("{} is {text:?}, and {why}.", reader.path())))
    })
}
