//! The changes that give a group its weights, and change nothing else. Pure.

use std::time::Duration;

use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ResourceRecord, ResourceRecordSet};
use aws_smithy_types::error::operation::BuildError;

use crate::engine::gate::Side;
use crate::route53::group::{self, ALIAS_TTL, GroupError, Known, Pair, RECORDS_PER_GROUP, alias_answer};
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
    pub(crate) fn ttl(&self) -> Duration {
        match &self.target {
            Target::Alias { .. } => ALIAS_TTL,
            Target::Plain { ttl, .. } => Duration::from_secs(u64::from(*ttl)),
        }
    }

    /// What it answers with, in words.
    pub(crate) fn answer(&self) -> String {
        match &self.target {
            Target::Alias { name, .. } => alias_answer(name),
            Target::Plain { values, .. } => values.join(", "),
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

/// The records under one name and type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group<'a> {
    /// The name.
    pub name: &'a RecordName,
    /// The type.
    pub kind: RecordType,
    /// The records as they were read.
    pub records: &'a [ResourceRecordSet],
    /// The set identifiers of the two that share traffic.
    pub pair: &'a Pair,
    /// What tells whose a simple record is.
    pub known: &'a Known,
    /// What green's record is made like where there is none.
    pub green: Option<&'a Described>,
}

/// The changes that give the group these weights: none where it has them.
///
/// A record is sent as it was read but for its weight. A simple record becomes weighted in the same batch, and the last
/// of two weighted ones a simple one, for Route 53 has no other way from one to the other and answers in between with
/// nothing. Green, where it is missing, is sent as `UPSERT`, so that a batch whose answer was lost may be sent again.
///
/// # Errors
///
/// [`GroupError`], where a side is missing that cannot be made.
pub(crate) fn changes(group: Group<'_>, wanted: &Weights) -> Result<Vec<Change>, GroupError> {
    let Group { records, pair, .. } = group;
    let sides: Vec<Option<Side>> = records.iter().map(|record| group::side(record, pair, group.known)).collect();
    let has = |side: Side| sides.contains(&Some(side));
    if wanted.blue.is_some() && !has(Side::Blue) {
        return Err(GroupError::NoBlue);
    }
    let drops = (wanted.blue.is_none() && has(Side::Blue)) || (wanted.green.is_none() && has(Side::Green));
    let becomes_simple = drops && wanted.strangers.is_empty();

    let (mut deleted, mut put) = (Vec::new(), Vec::new());
    let mut strangers = wanted.strangers.iter();
    for (record, side) in records.iter().zip(&sides) {
        let (weight, set_identifier) = match side {
            Some(Side::Blue) => (wanted.blue, Some(&pair.blue)),
            Some(Side::Green) => (wanted.green, Some(&pair.green)),
            None => (strangers.next().copied(), None),
        };
        let is_simple = record.set_identifier().is_none();
        match weight {
            None => deleted.extend(change(ChangeAction::Delete, record.clone())),
            Some(_) if becomes_simple => {
                deleted.extend(change(ChangeAction::Delete, record.clone()));
                put.extend(change(ChangeAction::Create, simple(record)));
            }
            Some(weight) if is_simple && wanted.green.is_some() && wanted.blue.is_some() => {
                deleted.extend(change(ChangeAction::Delete, record.clone()));
                let mut weighted = weigh(record, weight);
                weighted.set_identifier = set_identifier.cloned();
                put.extend(change(ChangeAction::Create, weighted));
            }
            Some(weight) if !is_simple && record.weight() != Some(i64::from(weight)) => {
                put.extend(change(ChangeAction::Upsert, weigh(record, weight)));
            }
            Some(_) => {}
        }
    }
    if let Some(weight) = wanted.green.filter(|_| !has(Side::Green)) {
        if records.len() >= RECORDS_PER_GROUP {
            return Err(GroupError::Full(records.len()));
        }
        let made = group.green.and_then(|green| make(group.name, group.kind, &pair.green, weight, green).ok());
        put.extend(change(ChangeAction::Upsert, made.ok_or(GroupError::NoGreen)?));
    }
    deleted.append(&mut put);
    Ok(deleted)
}

fn change(action: ChangeAction, record: ResourceRecordSet) -> Option<Change> {
    Change::builder().action(action).resource_record_set(record).build().ok()
}

/// The record without what only weighted ones have. Its health check goes too: nothing else could be answered.
fn simple(record: &ResourceRecordSet) -> ResourceRecordSet {
    let mut simple = record.clone();
    (simple.set_identifier, simple.weight, simple.health_check_id) = (None, None, None);
    simple
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
    use crate::engine::shift::Idle;
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
        let said = sent(records, percent, Idle::Keep, green);
        assert_eq!(said, expect);
    }

    /// The same, and what becomes of the idle side.
    #[track_caller]
    fn sent(records: &[ResourceRecordSet], percent: u16, idle: Idle, green: Option<&Described>) -> Vec<String> {
        let known = Known { adopt: true, described: green.map(Described::answer), ..Known::default() };
        let weights = group::weights(records, &pair(), &known).unwrap();
        let wanted = group::wanted(&weights, Share::from_tenths(percent * 10).unwrap(), idle).unwrap();
        let name = RecordName::parse(NAME).unwrap();
        let (kind, pair) = (RecordType::parse("A").unwrap(), pair());
        let batch = changes(Group { name: &name, kind, records, pair: &pair, known: &known, green }, &wanted).unwrap();
        for change in batch.iter().filter(|change| *change.action() == ChangeAction::Upsert) {
            let mut sent = change.resource_record_set().unwrap().clone();
            let known = records.iter().find(|record| record.set_identifier() == sent.set_identifier());
            if let Some(known) = known {
                sent.weight = known.weight;
                assert_eq!(sent, *known, "only the weight differs");
            }
        }
        batch
            .iter()
            .map(|change| {
                let record = change.resource_record_set().unwrap();
                let weight = record.weight().map_or("-".to_owned(), |weight| weight.to_string());
                format!("{} {} {weight}", change.action(), record.set_identifier().unwrap_or("-"))
            })
            .collect()
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
    fn the_last_of_two_becomes_a_simple_record() {
        let pair = [record(Some("blue"), Some(0)), record(Some("green"), Some(100))];
        assert_eq!(sent(&pair, 100, Idle::Drop, None), ["DELETE blue 0", "DELETE green 100", "CREATE - -"]);
        let back = [record(Some("blue"), Some(1)), record(Some("green"), Some(0))];
        assert_eq!(sent(&back, 0, Idle::Drop, None), ["DELETE blue 1", "DELETE green 0", "CREATE - -"]);
        let beside = [pair.as_slice(), &[record(Some("other"), Some(10))]].concat();
        assert_eq!(sent(&beside, 100, Idle::Drop, None), ["DELETE blue 0"]);
    }

    #[test]
    fn whose_a_simple_record_is_shows_in_what_it_answers() {
        let simple = [record(None, None)];
        let whose = |blue: Option<&str>, green: Option<&str>, adopt| {
            let seen = group::Answers { blue: blue.map(str::to_owned), green: green.map(str::to_owned) };
            group::weights(&simple, &pair(), &Known { seen, adopt, described: None })
        };
        let green = Weights { green: Some(1), ..Weights::default() };
        let blue = Weights { blue: Some(1), ..Weights::default() };
        assert_eq!(whose(Some("192.0.2.7"), Some("192.0.2.1"), true), Ok(green));
        assert_eq!(whose(Some("192.0.2.1"), None, false), Ok(blue.clone()));
        assert_eq!(whose(Some("192.0.2.7"), Some("192.0.2.8"), true), Ok(blue));
        assert_eq!(whose(Some("192.0.2.7"), Some("192.0.2.8"), false), Err(GroupError::Simple));
        assert_eq!(whose(None, None, false), Err(GroupError::Simple));
    }

    #[test]
    fn a_share_above_zero_never_becomes_a_weight_of_zero() {
        let group = [record(Some("blue"), Some(1)), record(Some("green"), Some(0))];
        let weights = group::weights(&group, &pair(), &Known::default()).unwrap();
        let wanted = weights.wanted(Share::from_tenths(1).unwrap(), group::WEIGHT_LIMIT).unwrap();
        assert_eq!((wanted.blue, wanted.green), (Some(255), Some(1)));
    }

    #[test]
    fn what_is_no_weighted_pair_is_refused() {
        let weights = |records: &[ResourceRecordSet], adopt| {
            group::weights(records, &pair(), &Known { adopt, ..Known::default() })
        };
        assert_eq!(weights(&[], true), Err(GroupError::Missing));
        assert_eq!(weights(&[record(None, None)], false), Err(GroupError::Simple));
        let other = [record(Some("other"), Some(1))];
        assert_eq!(weights(&other, true), Err(GroupError::NeitherSide("other".to_owned())));
        let failover = [record(Some("blue"), None), record(Some("green"), None)];
        assert!(matches!(weights(&failover, true), Err(GroupError::OtherPolicy(_))));
    }

    #[test]
    fn the_longest_ttl_of_the_pair_counts() {
        let seconds = |group: &[ResourceRecordSet]| group::ttl(group, &pair(), &Known::default()).as_secs();
        let blue = record(Some("blue"), Some(1));
        let mut alias = record(Some("green"), Some(0));
        alias.ttl = None;
        assert_eq!(seconds(&[blue.clone(), alias]), 60);
        let mut stranger = record(Some("other"), Some(1));
        stranger.ttl = Some(3600);
        assert_eq!(seconds(&[blue, stranger]), 30);
    }
}
