//! What is seen of records that were read. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::Records;
use crate::engine::gate::Side;
use crate::route53::batch::{Described, Target};
use crate::route53::group::{self, Answers, GroupError};
use crate::route53::record_type::RecordType;
use crate::share::Weights;

/// What is seen of the records of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// They are no weighted pair.
    Foreign(GroupError),
    /// They are.
    Seen(Seen),
}

/// The records of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Their weights.
    pub weights: Weights,
    /// How long resolvers keep their answers.
    pub ttl: Duration,
    /// The TTLs of the group, where it has several.
    pub uneven_ttls: Vec<Duration>,
    /// What the sides answer with.
    pub answers: Answers,
}

/// What one record leads to, and what watches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The record's type.
    pub kind: RecordType,
    /// The name that it is an alias of.
    pub alias: Option<String>,
    /// Whether it counts as unhealthy when what it is an alias of does.
    pub evaluates: bool,
    /// The id of its health check.
    pub health_check: Option<String>,
}

impl Pointer {
    fn of(kind: RecordType, record: &ResourceRecordSet) -> Self {
        Self {
            kind,
            alias: record.alias_target().map(|alias| alias.dns_name().to_owned()),
            evaluates: record.alias_target().is_some_and(|alias| alias.evaluate_target_health()),
            health_check: record.health_check_id().map(str::to_owned),
        }
    }

    fn to(kind: RecordType, described: &Described) -> Self {
        match &described.target {
            Target::Alias { name, evaluate_target_health, .. } => {
                Self { kind, alias: Some(name.clone()), evaluates: *evaluate_target_health, health_check: None }
            }
            Target::Plain { .. } => Self { kind, alias: None, evaluates: false, health_check: None },
        }
    }
}

impl Records {
    /// What is seen of each type among the records of the name.
    pub(crate) fn sights(&self, read: &[ResourceRecordSet]) -> BTreeMap<RecordType, Sight> {
        // Only the zone's own name has a record of this type.
        let is_apex = read.iter().any(|record| *record.r#type() == RrType::Soa);
        let sight = |kind: RecordType| {
            if is_apex && kind.sdk() == RrType::Cname {
                return Sight::Foreign(GroupError::Apex);
            }
            let (group, known) = (self.group(read, kind), self.known(kind));
            match group::weights(&group, &self.pair, &known) {
                Err(error) => Sight::Foreign(error),
                Ok(weights) => Sight::Seen(Seen {
                    weights,
                    ttl: group::ttl(&group, &self.pair, &known),
                    uneven_ttls: group::uneven_ttls(&group),
                    answers: group::answers(&group, &self.pair, &known),
                }),
            }
        };
        self.types.iter().map(|kind| (*kind, sight(*kind))).collect()
    }

    /// What the records of a side lead to, among the records of the name; green's that are still to be made as they are
    /// described.
    pub(crate) fn pointers(&self, side: Side, read: &[ResourceRecordSet]) -> Vec<Pointer> {
        let mut pointers = Vec::new();
        for kind in &self.types {
            let (group, known) = (self.group(read, *kind), self.known(*kind));
            let of_the_side = group.iter().filter(|record| group::side(record, &self.pair, &known) == Some(side));
            let found: Vec<Pointer> = of_the_side.map(|record| Pointer::of(*kind, record)).collect();
            let made = self.green.as_ref().filter(|_| found.is_empty() && side == Side::Green);
            pointers.extend(made.map(|green| Pointer::to(*kind, green)));
            pointers.extend(found);
        }
        pointers
    }

    /// The records of one type.
    pub(super) fn group(&self, read: &[ResourceRecordSet], kind: RecordType) -> Vec<ResourceRecordSet> {
        read.iter().filter(|record| *record.r#type() == kind.sdk()).cloned().collect()
    }
}
