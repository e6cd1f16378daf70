//! The changes that give a group its weights, and change nothing else. Pure.

use std::time::Duration;

use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ResourceRecord, ResourceRecordSet};
use aws_smithy_types::error::operation::BuildError;

use crate::route53::group::{ALIAS_TTL, GroupError, Pair, RECORDS_PER_GROUP};
use crate::route53::name::RecordName;
use crate::route53::record_type::RecordType;
use crate::share::Weights;

/// What a record that does not exist yet is to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Where it points.
    pub target: Target,
}

impl Described {
    /// How long resolvers keep its answers.
    pub fn ttl(&self) -> Duration {
        match &self.target {
            Target::Alias { .. } => ALIAS_TTL,
            Target::Plain { ttl, .. } => Duration::from_secs(u64::from(*ttl)),
        }
    }
}

/// Where a record points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An alias to a resource of AWS.
    Alias {
        /// The resource's DNS name.
        name: String,
        /// The hosted zone of the resource, which is not the zone of the record.
        zone_id: String,
        /// Whether the record counts as unhealthy when the resource does.
        evaluate_target_health: bool,
    },
    /// Values of its own.
    Plain {
        /// How long answers are kept, in seconds, 0 to 2147483647.
        ttl: u32,
        /// The values.
        values: Vec<String>,
    },
}

/// The changes that give the group these weights: none where it has them.
///
/// A record is sent as it was read but for its weight. A simple record becomes blue's in the same batch, for Route 53
/// has no other way from a simple record to weighted ones. Green, where it is missing, is sent as `UPSERT`, so that a
/// batch whose answer was lost may be sent again.
///
/// # Errors
///
/// [`GroupError`], where a side is missing that cannot be made.
pub fn changes(
    group: &[ResourceRecordSet],
    name: &RecordName,
    kind: RecordType,
    pair: &Pair,
    wanted: &Weights,
    green: Option<&Described>,
) -> Result<Vec<Change>, GroupError> {
    let mut changes = Vec::new();
    let mut strangers = wanted.strangers.iter();
    let (mut has_blue, mut has_green) = (false, false);
    for record in group {
        let Some(set_identifier) = record.set_identifier() else {
            has_blue = true;
            changes.extend(change(ChangeAction::Delete, record.clone()));
            let mut weighted = weigh(record, wanted.blue.unwrap_or(0));
            weighted.set_identifier = Some(pair.blue.clone());
            changes.extend(change(ChangeAction::Create, weighted));
            continue;
        };
        let weight = if set_identifier == pair.blue {
            has_blue = true;
            wanted.blue
        } else if set_identifier == pair.green {
            has_green = true;
            wanted.green
        } else {
            strangers.next().copied()
        };
        if let Some(weight) = weight.filter(|weight| record.weight() != Some(i64::from(*weight))) {
            changes.extend(change(ChangeAction::Upsert, weigh(record, weight)));
        }
    }
    if wanted.blue.is_some() && !has_blue {
        return Err(GroupError::NoBlue);
    }
    if let Some(weight) = wanted.green.filter(|_| !has_green) {
        if group.len() >= RECORDS_PER_GROUP {
            return Err(GroupError::Full(group.len()));
        }
        let made = green.and_then(|green| make(name, kind, &pair.green, weight, green).ok());
        changes.extend(change(ChangeAction::Upsert, made.ok_or(GroupError::NoGreen)?));
    }
    Ok(changes)
}

fn change(action: ChangeAction, record: ResourceRecordSet) -> Option<Change> {
    Change::builder().action(action).resource_record_set(record).build().ok()
}

fn weigh(record: &ResourceRecordSet, weight: u32) -> ResourceRecordSet {
    let mut weighed = record.clone();
    weighed.weight = Some(i64::from(weight));
    weighed
}

fn make(
    name: &RecordName,
    kind: RecordType,
    set_identifier: &str,
    weight: u32,
    described: &Described,
) -> Result<ResourceRecordSet, BuildError> {
    let record = ResourceRecordSet::builder()
        .name(name.as_str())
        .r#type(kind.sdk())
        .set_identifier(set_identifier)
        .weight(i64::from(weight));
    match &described.target {
        Target::Alias { name, zone_id, evaluate_target_health } => {
            let alias = AliasTarget::builder()
                .dns_name(name)
                .hosted_zone_id(zone_id)
                .evaluate_target_health(*evaluate_target_health)
                .build()?;
            record.alias_target(alias).build()
        }
        Target::Plain { ttl, values } => {
            let values = values.iter().map(|value| ResourceRecord::builder().value(value).build());
            let values = values.collect::<Result<Vec<_>, _>>()?;
            record.ttl(i64::from(*ttl)).set_resource_records(Some(values)).build()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route53::group;
    use crate::share::Share;
    use aws_sdk_route53::types::RrType;

    const NAME: &str = "orders.example.com.";

    fn record(set_identifier: Option<&str>, weight: Option<i64>) -> ResourceRecordSet {
        let value = ResourceRecord::builder().value("192.0.2.1").build().unwrap();
        ResourceRecordSet::builder()
            .name(NAME)
            .r#type(RrType::A)
            .set_set_identifier(set_identifier.map(str::to_owned))
            .set_weight(weight)
            .ttl(30)
            .health_check_id("check")
            .resource_records(value)
            .build()
            .unwrap()
    }

    fn pair() -> Pair {
        Pair { blue: "blue".to_owned(), green: "green".to_owned() }
    }

    fn described() -> Described {
        Described { target: Target::Plain { ttl: 30, values: vec!["192.0.2.2".to_owned()] } }
    }

    /// The batch that takes a group to a share, as `ACTION identifier weight`.
    #[track_caller]
    fn check(records: &[ResourceRecordSet], percent: u16, green: Option<&Described>, expect: &[&str]) {
        let weights = group::weights(records, &pair(), true).unwrap();
        let wanted = weights.wanted(Share::from_tenths(percent * 10).unwrap(), group::WEIGHT_LIMIT).unwrap();
        let name = RecordName::parse(NAME).unwrap();
        let batch = changes(records, &name, RecordType::parse("A").unwrap(), &pair(), &wanted, green).unwrap();
        let said: Vec<String> = batch
            .iter()
            .map(|change| {
                let record = change.resource_record_set().unwrap();
                let weight = record.weight().map_or("-".to_owned(), |weight| weight.to_string());
                format!("{} {} {weight}", change.action(), record.set_identifier().unwrap_or("-"))
            })
            .collect();
        assert_eq!(said, expect);
        for change in &batch {
            let mut sent = change.resource_record_set().unwrap().clone();
            let known = records.iter().find(|record| record.set_identifier() == sent.set_identifier());
            if let Some(known) = known {
                sent.weight = known.weight;
                assert_eq!(sent, *known, "only the weight differs");
            }
        }
    }

    #[test]
    fn only_what_changes_is_sent() {
        let group = [record(Some("blue"), Some(100)), record(Some("green"), Some(0))];
        check(&group, 30, None, &["UPSERT blue 70", "UPSERT green 30"]);
        check(&group, 0, None, &[]);
        let beside = [record(Some("blue"), Some(90)), record(Some("green"), Some(0)), record(Some("other"), Some(10))];
        check(&beside, 30, None, &["UPSERT blue 63", "UPSERT green 27"]);
        let tight = [record(Some("blue"), Some(1)), record(Some("green"), Some(0)), record(Some("other"), Some(1))];
        check(&tight, 30, None, &["UPSERT blue 7", "UPSERT green 3", "UPSERT other 10"]);
    }

    #[test]
    fn a_missing_green_is_made_as_described() {
        check(&[record(Some("blue"), Some(5))], 0, Some(&described()), &["UPSERT green 0"]);
    }

    #[test]
    fn a_simple_record_becomes_blues_in_the_same_batch() {
        let simple = [record(None, None)];
        check(&simple, 0, Some(&described()), &["DELETE - -", "CREATE blue 1", "UPSERT green 0"]);
    }

    #[test]
    fn a_share_above_zero_never_becomes_a_weight_of_zero() {
        let group = [record(Some("blue"), Some(1)), record(Some("green"), Some(0))];
        let weights = group::weights(&group, &pair(), false).unwrap();
        let wanted = weights.wanted(Share::from_tenths(1).unwrap(), group::WEIGHT_LIMIT).unwrap();
        assert_eq!((wanted.blue, wanted.green), (Some(255), Some(1)));
    }

    #[test]
    fn what_is_no_weighted_pair_is_refused() {
        let weights = |records: &[ResourceRecordSet], adopt| group::weights(records, &pair(), adopt);
        assert_eq!(weights(&[], true), Err(GroupError::Missing));
        assert_eq!(weights(&[record(None, None)], false), Err(GroupError::Simple));
        let other = [record(Some("other"), Some(1))];
        assert_eq!(weights(&other, true), Err(GroupError::NeitherSide("other".to_owned())));
        let failover = [record(Some("blue"), None), record(Some("green"), None)];
        assert!(matches!(weights(&failover, true), Err(GroupError::OtherPolicy(_))));
    }

    #[test]
    fn the_longest_ttl_of_the_pair_counts() {
        let seconds = |group: &[ResourceRecordSet]| group::ttl(group, &pair()).as_secs();
        let blue = record(Some("blue"), Some(1));
        let mut alias = record(Some("green"), Some(0));
        alias.ttl = None;
        assert_eq!(seconds(&[blue.clone(), alias]), 60);
        let mut stranger = record(Some("other"), Some(1));
        stranger.ttl = Some(3600);
        assert_eq!(seconds(&[blue, stranger]), 30);
    }
}
