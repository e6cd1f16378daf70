//! Whether the records can be shifted, and what follows a load balancer's health.

use std::time::Duration;

use crate::elb::TargetHealth;
use crate::engine::gate::Side;
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::{Alias, Picture, Records};
use crate::route53::record_shift::{Seen, Sight};
use crate::route53::{RECORDS_PER_GROUP, RecordType};

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Records",
    checks: &[
        RECORD_NOT_SHIFTABLE,
        GREEN_WITHOUT_RECORD,
        NO_ROOM_FOR_RECORD,
        RECORDS_ALL_ZERO,
        UNEVEN_TTLS,
        OWNED_BY_EXTERNAL_DNS,
        EVALUATE_TARGET_HEALTH,
        ALIAS_ELSEWHERE,
    ],
};

/// The weighted pairs.
fn seen(picture: &Picture) -> impl Iterator<Item = (&Records, &RecordType, &Seen)> {
    let sights = picture.records.iter().flat_map(|records| records.sights.iter().map(move |sight| (records, sight)));
    sights.filter_map(|(records, (kind, sight))| match sight {
        Sight::Seen(seen) => Some((records, kind, seen)),
        Sight::Foreign(_) => None,
    })
}

fn object(records: &Records, kind: &RecordType) -> String {
    format!("{} {kind}", records.dns_name)
}

const RECORD_NOT_SHIFTABLE: Check = Check {
    code: "record_not_shiftable",
    severity: Severity::Error,
    about: "The records of a name and type are no weighted pair: there are none, there is a simple one, they have another \
            routing policy, or neither set identifier is blue's or green's.",
    remedy: "See that the name, the types and the set identifiers are right. A simple record can become blue's \
             (`adopt_simple_record` of `eksmig_route53_shift`).",
    find: |picture| {
        let sights =
            picture.records.iter().flat_map(|records| records.sights.iter().map(move |sight| (records, sight)));
        let foreign = sights.filter_map(|(records, (kind, sight))| match sight {
            Sight::Foreign(why) => Some(Found::new(object(records, kind), format!("It cannot be shifted: {why}."))),
            Sight::Seen(_) => None,
        });
        foreign.collect()
    },
};

const GREEN_WITHOUT_RECORD: Check = Check {
    code: "green_without_record",
    severity: Severity::Info,
    about: "Green has no record yet. A shift makes it at weight 0 where `green` describes it.",
    remedy: "Describe green's record in `green` of `eksmig_route53_shift`, or make it at weight 0 where records are managed.",
    find: |picture| {
        let missing = seen(picture).filter(|(_, _, seen)| seen.weights.green.is_none());
        missing.map(|(records, kind, _)| Found::new(object(records, kind), "Green has no record yet.")).collect()
    },
};

const NO_ROOM_FOR_RECORD: Check = Check {
    code: "no_room_for_record",
    severity: Severity::Error,
    about: "A name and type has 100 weighted records already, which is the most that Route 53 takes, and green's is not among \
            them.",
    remedy: "Delete weighted records of that name that nobody needs.",
    find: |picture| {
        let full = seen(picture).filter_map(|(records, kind, seen)| {
            let count = seen.weights.strangers.len() + usize::from(seen.weights.blue.is_some());
            let text = format!("It has {count} weighted records, and green's is not among them.");
            (seen.weights.green.is_none() && count >= RECORDS_PER_GROUP)
                .then(|| Found::new(object(records, kind), text))
        });
        full.collect()
    },
};

const RECORDS_ALL_ZERO: Check = Check {
    code: "records_all_zero",
    severity: Severity::Error,
    about: "All weighted records of a name and type have weight 0. Route 53 then answers with each of them alike, so that \
            green may have a share that no one gave it.",
    remedy: "Give blue's record a weight above 0.",
    find: |picture| {
        let zero = seen(picture).filter(|(_, _, seen)| {
            let weights = &seen.weights;
            weights.blue.iter().chain(&weights.green).chain(&weights.strangers).all(|weight| *weight == 0)
        });
        let text = "All its records have weight 0, and Route 53 answers with each alike.";
        zero.map(|(records, kind, _)| Found::new(object(records, kind), text)).collect()
    },
};

const UNEVEN_TTLS: Check = Check {
    code: "uneven_ttls",
    severity: Severity::Warning,
    about: "The records of a name have different TTLs. A resolver that hears the longer one stays with it, and clients do not \
            meet the shares that the weights say. An alias of a load balancer counts as 60 seconds.",
    remedy: "Give all records of the name one TTL, 60 where one of them is an alias of a load balancer.",
    find: |picture| {
        let uneven = seen(picture).filter(|(_, _, seen)| !seen.uneven_ttls.is_empty());
        let seconds = |ttls: &[Duration]| {
            let texts: Vec<String> = ttls.iter().map(|ttl| format!("{}s", ttl.as_secs())).collect();
            texts.join(", ")
        };
        uneven
            .map(|(records, kind, seen)| {
                Found::new(object(records, kind), format!("Its records have the TTLs {}.", seconds(&seen.uneven_ttls)))
            })
            .collect()
    },
};

const OWNED_BY_EXTERNAL_DNS: Check = Check {
    code: "owned_by_external_dns",
    severity: Severity::Error,
    about: "A TXT record says that ExternalDNS owns the records. It would write its own weights back; `eksmig_route53_shift` \
            refuses such records.",
    remedy: "Set the weight by the annotation of the Ingress or Service that the record was made for, or have ExternalDNS \
             let go of the name, or shift with external_dns = \"override\" while it is stopped.",
    find: |picture| {
        let owned = picture.records.iter().filter_map(|records| Some((records, records.owner.as_ref()?)));
        owned.map(|(records, owner)| Found::new(&records.dns_name, format!("Its records belong to {owner}."))).collect()
    },
};

const EVALUATE_TARGET_HEALTH: Check = Check {
    code: "evaluate_target_health",
    severity: Severity::Error,
    about: "A record is an alias of a load balancer with `evaluate_target_health`. Route 53 counts such a record as healthy \
            only if every target group behind the load balancer has a healthy target, and one without targets as unhealthy. \
            An empty green target group on a load balancer that serves can so turn DNS away from blue.",
    remedy: "Have a healthy target in every target group behind the load balancer, take empty ones out of its routes, or turn \
             `evaluate_target_health` off for the time of the migration.",
    find: |picture| {
        let aliases =
            picture.records.iter().flat_map(|records| records.aliases.iter().map(move |alias| (records, alias)));
        aliases
            .flat_map(|(records, alias)| [already(records, alias), soon(picture, records, alias)])
            .flatten()
            .collect()
    },
};

const ALIAS_ELSEWHERE: Check = Check {
    code: "alias_elsewhere",
    severity: Severity::Warning,
    about: "A record with `evaluate_target_health` is an alias of a load balancer that is not in the account and region of the \
            provider. The targets behind it cannot be seen from here, so whether Route 53 counts the record as healthy was \
            not checked.",
    remedy: "Look at that load balancer's target groups with a provider configuration (an alias) for its account and region.",
    find: |picture| {
        let aliases = picture.records.iter();
        let aliases = aliases.flat_map(|records| records.elsewhere.iter().map(move |name| (records, name)));
        aliases
            .map(|(records, name)| {
                let text = format!("It is an alias of {name}, which is in another account or region.");
                Found::new(&records.dns_name, text)
            })
            .collect()
    },
};

fn in_words(health: &TargetHealth) -> String {
    if health.registered() == 0 { "no targets".to_owned() } else { health.summary() }
}

/// The load balancer counts as unhealthy now.
fn already(records: &Records, alias: &Alias) -> Option<Found> {
    let (group, health) = alias.behind.as_ref()?.iter().find(|(_, health)| health.healthy() == 0)?;
    let text = format!(
        "{}'s record counts as unhealthy: behind load balancer {}, target group {} has {}.",
        capital(alias),
        alias.balancer.name(),
        group.name(),
        in_words(health)
    );
    Some(Found::new(object(records, &alias.kind), text))
}

/// It will, once a green that has no healthy target joins its routes.
fn soon(picture: &Picture, records: &Records, alias: &Alias) -> Option<Found> {
    let behind = alias.behind.as_ref()?;
    let pair = picture.pairs.iter().find(|pair| {
        let joins = picture.balancers_of(pair).contains_key(&alias.balancer) && !behind.contains_key(&pair.green.arn);
        joins && pair.green.health.as_ref().is_some_and(|health| health.registered() == 0)
    })?;
    let text = format!(
        "{}'s record will count as unhealthy once green of {} joins the routes of load balancer {}, for it has no targets.",
        capital(alias),
        pair.name,
        alias.balancer.name()
    );
    Some(Found::new(object(records, &alias.kind), text))
}

fn capital(alias: &Alias) -> &'static str {
    match alias.side {
        Side::Blue => "Blue",
        Side::Green => "Green",
    }
}
