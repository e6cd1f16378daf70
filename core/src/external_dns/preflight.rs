//! What stands in the way of a shift by annotations. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_route53::types::ResourceRecordSet;

use super::deployed::{Policy, Settings};
use super::field::Field;
use super::source::Source;
use crate::engine::both::Both;
use crate::engine::gate::Side;
use crate::route53::external_dns::{self, Owner};
use crate::route53::record_shift::{Records, Sight};
use crate::route53::{Pair, RecordName, RecordType};

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Both would take the other's records for their own.
    #[error(
        "both clusters' ExternalDNS have --txt-owner-id {0:?}: each takes the other's records for its own, and with --policy=sync deletes them"
    )]
    OneOwner(String),
    /// The policy is one that changes no weight.
    #[error("{side}'s {said_by} has --policy=create-only, which never changes a weight")]
    CreateOnly {
        /// Whose.
        side: Side,
        /// Where this is from.
        said_by: String,
    },
    /// The object has another set identifier, or none.
    #[error("{side}'s object has {} in annotation {key}, not {asked:?}", quoted(.annotated))]
    OtherSetIdentifier {
        /// Whose.
        side: Side,
        /// The annotation.
        key: String,
        /// What it says.
        annotated: Option<String>,
        /// What it should say.
        asked: String,
    },
    /// A `DNSEndpoint` has no endpoint of the record.
    #[error("{side}'s DNSEndpoint has no endpoint with dnsName {name} and setIdentifier {set_identifier:?}")]
    NoEndpoint {
        /// Whose.
        side: Side,
        /// The name.
        name: RecordName,
        /// The side's set identifier.
        set_identifier: String,
    },
    /// The object has no weight.
    #[error("{side}'s object has {} in {field}, which is not one weight from 0 to 255", quoted(.said))]
    NoWeight {
        /// Whose.
        side: Side,
        /// Where it should stand.
        field: Field,
        /// What it says.
        said: Option<String>,
    },
    /// There is no record of the side.
    #[error("there is no {kind} record {set_identifier:?} of {name}, and the other side has one")]
    NoRecord {
        /// Whose.
        side: Side,
        /// The type.
        kind: RecordType,
        /// The name.
        name: RecordName,
        /// The side's set identifier.
        set_identifier: String,
    },
    /// There is no record of either side.
    #[error("there is no record of {0} with blue's or green's set identifier")]
    NoRecords(RecordName),
    /// The records are no weighted pair.
    #[error("the {kind} record cannot be shifted: {why}")]
    NotAPair {
        /// The type.
        kind: RecordType,
        /// Why.
        why: String,
    },
    /// There is a third weighted record.
    #[error("the {kind} records have weights besides blue's and green's, whose share would change")]
    Stranger {
        /// The type.
        kind: RecordType,
    },
    /// The two do not answer in the same way.
    #[error("blue's {kind} record {blue} and green's {green}: clients would not meet the shares that the weights say")]
    Uneven {
        /// The type.
        kind: RecordType,
        /// What blue's is.
        blue: String,
        /// What green's is.
        green: String,
    },
    /// No ownership record.
    #[error("no TXT record says that ExternalDNS owns {side}'s record {set_identifier:?} of {name}")]
    NotOwned {
        /// Whose.
        side: Side,
        /// The name.
        name: RecordName,
        /// The side's set identifier.
        set_identifier: String,
    },
    /// Owned by another ExternalDNS.
    #[error("{side}'s record belongs to {owner}, and the cluster's ExternalDNS has owner id {ours:?}")]
    OwnedByOther {
        /// Whose.
        side: Side,
        /// The owner.
        owner: Owner,
        /// The id that the cluster's ExternalDNS has.
        ours: String,
    },
}

fn quoted(said: &Option<String>) -> String {
    said.as_ref().map_or("nothing".to_owned(), |text| format!("{text:?}"))
}

impl Unfit {
    /// The side that it is about, if it is about one.
    pub fn side(&self) -> Option<Side> {
        match self {
            Unfit::CreateOnly { side, .. }
            | Unfit::OtherSetIdentifier { side, .. }
            | Unfit::NoEndpoint { side, .. }
            | Unfit::NoWeight { side, .. }
            | Unfit::NoRecord { side, .. }
            | Unfit::NotOwned { side, .. }
            | Unfit::OwnedByOther { side, .. } => Some(*side),
            _ => None,
        }
    }
}

/// The types of records, other than TXT, that the sides have under a name.
pub(super) fn types(named: &[ResourceRecordSet], pair: &Pair) -> BTreeSet<RecordType> {
    let ours = |record: &&ResourceRecordSet| {
        record.set_identifier().is_some_and(|identifier| identifier == pair.blue || identifier == pair.green)
    };
    let parsed = named.iter().filter(ours).filter_map(|record| RecordType::parse(record.r#type().as_str()).ok());
    parsed.filter(|kind| kind.as_str() != "TXT").collect()
}

/// What stands in the way in the clusters.
pub(super) fn of_objects(
    objects: &Both<Source>,
    settings: &Both<Settings>,
    fields: &Both<Field>,
    pair: &Pair,
) -> Vec<Unfit> {
    let mut found = Vec::new();
    if settings.blue.owner_id == settings.green.owner_id {
        found.push(Unfit::OneOwner(settings.blue.owner_id.clone()));
    }
    for (side, settings) in settings.each() {
        if settings.policy == Policy::CreateOnly {
            found.push(Unfit::CreateOnly { side, said_by: settings.said_by.clone() });
        }
        let (object, field, asked) = (objects.of(side), fields.of(side), identifier(pair, side));
        match field {
            Field::Annotation(_) => {
                let key = settings.key("set-identifier");
                let annotated = object.annotations.get(&key).cloned();
                if annotated.as_deref() != Some(asked) {
                    found.push(Unfit::OtherSetIdentifier { side, key, annotated, asked: asked.to_owned() });
                }
            }
            Field::Endpoints { name, set_identifier } if object.endpoints(name, set_identifier).is_empty() => {
                let (name, set_identifier) = (name.clone(), set_identifier.clone());
                found.push(Unfit::NoEndpoint { side, name, set_identifier });
                continue;
            }
            Field::Endpoints { .. } => {}
        }
        if object.weight(field).is_none() {
            found.push(Unfit::NoWeight { side, field: field.clone(), said: object.said(field) });
        }
    }
    found
}

/// What stands in the way in the zone.
pub(super) fn of_records(zone: &[ResourceRecordSet], records: &Records, settings: &Both<Settings>) -> Vec<Unfit> {
    let (name, pair) = (&records.name, &records.pair);
    let named: Vec<ResourceRecordSet> =
        zone.iter().filter(|record| RecordName::parse(record.name()).as_ref() == Ok(name)).cloned().collect();
    if records.types.is_empty() {
        return vec![Unfit::NoRecords(name.clone())];
    }
    let mut found = Vec::new();
    for (kind, sight) in records.sights(&named) {
        let seen = match sight {
            Sight::Foreign(why) => {
                found.push(Unfit::NotAPair { kind, why: why.to_string() });
                continue;
            }
            Sight::Seen(seen) => seen,
        };
        let of = |identifier: &str| {
            let is = |record: &&ResourceRecordSet| {
                record.r#type().as_str() == kind.as_str() && record.set_identifier() == Some(identifier)
            };
            named.iter().find(is).map(answering)
        };
        match (of(&pair.blue), of(&pair.green)) {
            (Some(blue), Some(green)) if blue != green => found.push(Unfit::Uneven { kind, blue, green }),
            (Some(_), Some(_)) => {}
            (blue, _) => {
                let side = if blue.is_none() { Side::Blue } else { Side::Green };
                let set_identifier = identifier(pair, side).to_owned();
                found.push(Unfit::NoRecord { side, kind, name: name.clone(), set_identifier });
            }
        }
        if seen.weights.strangers.iter().any(|weight| *weight > 0) {
            found.push(Unfit::Stranger { kind });
        }
    }
    for (side, settings) in settings.each() {
        let identifier = identifier(pair, side).to_owned();
        let alone = Pair { blue: identifier.clone(), green: identifier.clone() };
        match external_dns::owner(zone, name, &alone) {
            None => found.push(Unfit::NotOwned { side, name: name.clone(), set_identifier: identifier }),
            Some(owner) if owner.id.as_ref().is_some_and(|id| *id != settings.owner_id) => {
                found.push(Unfit::OwnedByOther { side, owner, ours: settings.owner_id.clone() });
            }
            Some(_) => {}
        }
    }
    found
}

/// A side's set identifier.
pub(super) fn identifier(pair: &Pair, side: Side) -> &str {
    if side == Side::Blue { &pair.blue } else { &pair.green }
}

/// How a record answers, in words that are the same for two that answer alike.
fn answering(record: &ResourceRecordSet) -> String {
    match (record.alias_target(), record.ttl()) {
        (Some(_), _) => "is an alias".to_owned(),
        (None, ttl) => {
            let seconds = ttl.and_then(|ttl| u64::try_from(ttl).ok()).unwrap_or_default();
            format!("has a TTL of {} s", Duration::from_secs(seconds).as_secs())
        }
    }
}
