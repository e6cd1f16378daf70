//! What may be written in an `eksmig_external_dns_shift`.

use eksmig_core::external_dns::Kind;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Schema};

use crate::blocks::moved::REPLACES;
use crate::blocks::{duration, kept, moved, policy, ramp, share, timeouts};

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    let text = |name: &'static str, what: &str| {
        Attribute::string(name).required().description(format!("{what} {REPLACES}")).check(checks::not_empty())
    };
    Schema::new(VERSION)
        .description(
            "Moves the traffic that two weighted records of one name share where ExternalDNS writes them: by the weights that \
             the objects in both clusters say, in their annotations or endpoints, in steps, gated, and back. It owns these \
             two weights and nothing else, and never writes to Route 53.",
        )
        .attribute(text("zone_id", "The hosted zone."))
        .attribute(text("name", "The records' name, with or without its last dot."))
        .attribute(side("blue", "The object in the cluster that serves today."))
        .attribute(side("green", "The object in the cluster that takes over."))
        .attribute(share::green_weight())
        .attribute(ramp::attribute())
        .attribute(kept::gate())
        .attribute(policy::on_failure_attribute())
        .attribute(policy::on_destroy_attribute())
        .attribute(Attribute::bool("force_conflicts").optional().description(
            "Whether the weight is taken from whoever else owns its field: who wrote the manifest, as a rule. Default `false`: \
             the conflict is an error that names the owner. Of a `DNSEndpoint`, the field is the whole list `spec.endpoints`.",
        ))
        .attribute(Attribute::string("id").computed().description("The name and the set identifiers."))
        .attribute(moved::weights("annotations", "has none").description(
            "The weights that the two objects say, by the name that they are for. In the plan of an update, the weights \
             that they will say.",
        ))
        .attribute(moved::weights("records", "has no record").description(
            "The weights in Route 53, by type: every type that the set identifiers have under the name. In the plan of an \
             update, the weights that the records will have.",
        ))
        .attribute(
            Attribute::number("observed_green_weight")
                .computed()
                .description("Green's percent in Route 53; null where the types disagree."),
        )
        .attribute(kept::ttl_seconds())
        .attribute(kept::effective_at())
        .attribute(moved::schedule("objects"))
        .attribute(Attribute::string("minimum_duration").computed().description(
            "The least time that the schedule takes: for every step, the TTL and the interval. What ExternalDNS takes \
             comes to that. Known after apply for a create, since the TTL is read then.",
        ))
        .attribute(
            moved::weights("baseline", "had none")
                .description("The weights that the objects said before the resource first touched them."),
        )
        .attribute(moved::status(false))
        .block(timeouts::block())
}

fn side(name: &str, what: &str) -> Attribute {
    let text = |name: &'static str, what: &str| {
        Attribute::string(name).required().description(format!("{what} {REPLACES}")).check(checks::not_empty())
    };
    let kinds = Kind::ALL.map(Kind::as_str);
    Attribute::object(
        name,
        vec![
            text("cluster", "Key of the cluster in the provider's `kubernetes.clusters`."),
            Attribute::string("kind")
                .required()
                .description(format!("`{}`. {REPLACES}", kinds.join("`, `")))
                .check(checks::one_of(&kinds)),
            text("namespace", "The object's namespace."),
            text("name", "The object's name."),
            text("set_identifier", "What its annotation `set-identifier` says; of a `DNSEndpoint`, the `setIdentifier` of its endpoints of the name."),
            external_dns(),
        ],
    )
    .required()
    .description(format!("{what} It must exist, with a set identifier and a weight, and is adopted as it is."))
}

fn external_dns() -> Attribute {
    Attribute::object(
        "external_dns",
        vec![
            Attribute::string("annotation_prefix")
                .optional()
                .description(
                    "What its annotations begin with: `external-dns.alpha.kubernetes.io/` until version 0.21, \
                     `external-dns.kubernetes.io/` from then on. Required but for a `DNSEndpoint`.",
                )
                .check(checks::not_empty()),
            Attribute::string("txt_owner_id")
                .required()
                .description("Its `--txt-owner-id`.")
                .check(checks::not_empty()),
            Attribute::string("policy")
                .required()
                .description("Its `--policy`: `sync`, `upsert-only` or `create-only`, which is refused.")
                .check(checks::one_of(&["sync", "upsert-only", "create-only"])),
            duration::attribute("interval", std::time::Duration::from_secs(1))
                .optional()
                .description("Its `--interval`. Default `\"1m\"`."),
            duration::attribute("txt_cache_interval", std::time::Duration::ZERO)
                .optional()
                .description("Its `--txt-cache-interval`. Default `\"0s\"`."),
        ],
    )
    .optional()
    .description(
        "How the cluster's ExternalDNS works, where its Deployment must not be read or does not tell. Default: its \
         Deployment's arguments and image tag.",
    )
}
