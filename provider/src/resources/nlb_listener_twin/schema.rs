//! What may be written in an `eksmig_nlb_listener_twin`.

use eksmig_core::elb::{ArnError, ListenerArn, LoadBalancerKind, TargetGroupArn};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Schema, Type};

use crate::blocks::twin;
use crate::notices;

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    let schema = Schema::new(VERSION)
        .description(
            "Makes a listener of a network load balancer after another, on another port of the same load balancer: with \
             its protocol, certificates, security policy, ALPN policy, attributes and tags, forwarding to green's target \
             group. No traffic moves by it. The load balancer's security groups are not touched.",
        )
        .attribute(
            Attribute::string("source_arn")
                .required()
                .description("The listener whose twin it is. Another one replaces the twin.")
                .check(of_network),
        )
        .attribute(
            Attribute::string("target_group_arn")
                .required()
                .description("Green's target group, to which the twin forwards.")
                .check(|reader| arn(reader, TargetGroupArn::parse).map(drop)),
        )
        .attribute(
            port(Attribute::number("port").optional().computed())
                .description("The twin's port. Exactly one of `port` and `port_range` is set."),
        )
        .attribute(
            Attribute::object(
                "port_range",
                vec![
                    port(Attribute::number("from").required()).description("The first port."),
                    port(Attribute::number("to").required()).description("The last port."),
                ],
            )
            .optional()
            .description("The twin takes the lowest port of these that is free when it is made, and keeps it."),
        )
        .attribute(
            Attribute::new("tags", Type::map(Type::String))
                .optional()
                .description("Tags over the source's.")
                .check(twin::no_owners_tag),
        )
        .attribute(Attribute::string("arn").computed().description("The twin's ARN."));
    let schema = settings().into_iter().fold(schema, Schema::attribute);
    schema
        .attribute(
            Attribute::new("tags_all", Type::map(Type::String))
                .computed()
                .description("All of the twin's tags, but for those that say who owns it."),
        )
        .attribute(Attribute::object("source", source()).computed().description(
            "The source as it was last seen. It stays so when the source is deleted, and the twin stays as well.",
        ))
}

/// What a listener and its twin have in common.
fn settings() -> Vec<Attribute> {
    let text = |name: &str| Attribute::string(name).computed();
    vec![
        text("protocol").description("`TCP`, `UDP`, `TCP_UDP`, `TLS`, `QUIC` or `TCP_QUIC`."),
        text("ssl_policy").description("The security policy of TLS."),
        text("alpn_policy").description("The ALPN policy of TLS; null where nothing is negotiated."),
        text("certificate_arn").description("The default certificate of TLS."),
        Attribute::new("more_certificate_arns", Type::set(Type::String))
            .computed()
            .description("The certificates that are chosen by the server name that a client asks for."),
        Attribute::new("attributes", Type::map(Type::String)).computed().description("The attributes, by AWS's names."),
    ]
}

fn source() -> Vec<Attribute> {
    let mut attributes = settings();
    attributes.push(Attribute::number("port").computed().description("Its port."));
    attributes.push(
        Attribute::new("tags", Type::map(Type::String))
            .computed()
            .description("Its tags, but for those that say who owns it."),
    );
    attributes
}

fn port(attribute: Attribute) -> Attribute {
    attribute.check(checks::whole()).check(checks::between(1_i64, 65_535_i64))
}

fn arn<T>(reader: &Reader<'_>, parse: fn(&str) -> Result<T, ArnError>) -> Result<Option<T>, Diagnostic> {
    let Field::Known(text) = reader.string()? else { return Ok(None) };
    let read = parse(&text);
    read.map(Some).map_err(|error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path())))
}

fn of_network(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    let other = |arn: &ListenerArn| arn.load_balancer_arn().kind() != LoadBalancerKind::Network;
    let Some(arn) = arn(reader, ListenerArn::parse)?.filter(other) else { return Ok(()) };
    let detail = format!(
        "{arn} is a listener of {}, and only those of a network load balancer can have a twin. On an application load \
         balancer, shift a rule or the listener's default action with eksmig_weighted_shift.",
        arn.load_balancer_arn()
    );
    Err(reader.error(notices::SOURCE_IS_NO_LISTENER_OF_A_NETWORK_LOAD_BALANCER, detail))
}
