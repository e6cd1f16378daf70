//! The record sets under one name and type: who is in it, with which weight, and for how long answers are kept. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_route53::types::ResourceRecordSet;

use crate::share::{SplitError, Weights};

/// The greatest weight of a record (Route 53 API, `ResourceRecordSet`).
pub const WEIGHT_LIMIT: u32 = 255;
/// How many weighted record sets one name and type takes (Route 53 API, `ResourceRecordSet`).
pub const RECORDS_PER_GROUP: usize = 100;
/// How long answers of an alias to a load balancer are kept; AWS sets it, and recommends it for the records beside one
/// (Route 53 API, `ResourceRecordSet`, TTL).
pub const ALIAS_TTL: Duration = Duration::from_secs(60);

/// The set identifiers of the two records that share traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The record that serves before the migration.
    pub blue: String,
    /// The record that takes over.
    pub green: String,
}

/// Records cannot be read as a weighted pair, or not be moved as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// There is no record of this type.
    #[error("there is no record of this type")]
    Missing,
    /// There is one simple record.
    #[error("it is a simple record, without a weight")]
    Simple,
    /// The records have another routing policy.
    #[error("its records are routed by {0}, not by weight")]
    OtherPolicy(&'static str),
    /// Neither blue nor green is among the records.
    #[error("its records have the set identifiers {0}, and neither is blue's or green's")]
    NeitherSide(String),
    /// Blue has no record, and nothing describes one.
    #[error("blue's record does not exist")]
    NoBlue,
    /// Green has no record, and nothing describes one.
    #[error("green's record does not exist, and `green` does not describe it")]
    NoGreen,
    /// A record has a weight that is none.
    #[error("record {set_identifier} has weight {weight}, which is not one")]
    BadWeight {
        /// The record's set identifier.
        set_identifier: String,
        /// Its weight as AWS gave it.
        weight: i64,
    },
    /// There is no room for another record.
    #[error("it has {0} weighted records already, and a name and type takes {RECORDS_PER_GROUP}")]
    Full(usize),
    /// The share cannot be had.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// The weights of a group. A simple record, where it may be adopted, is blue's, and green is missing.
///
/// # Errors
///
/// [`GroupError`], where the group is no weighted pair.
pub fn weights(group: &[ResourceRecordSet], pair: &Pair, adopt_simple: bool) -> Result<Weights, GroupError> {
    match group {
        [] => return Err(GroupError::Missing),
        [simple] if simple.set_identifier().is_none() => {
            let adopted = Weights { blue: Some(1), green: None, strangers: Vec::new() };
            return if adopt_simple { Ok(adopted) } else { Err(GroupError::Simple) };
        }
        _ => {}
    }
    let mut weights = Weights::default();
    for record in group {
        let set_identifier = record.set_identifier().unwrap_or_default();
        let given = record.weight().ok_or_else(|| GroupError::OtherPolicy(policy(record)))?;
        let weight = u32::try_from(given)
            .map_err(|_| GroupError::BadWeight { set_identifier: set_identifier.to_owned(), weight: given })?;
        if set_identifier == pair.blue {
            weights.blue = Some(weight);
        } else if set_identifier == pair.green {
            weights.green = Some(weight);
        } else {
            weights.strangers.push(weight);
        }
    }
    if weights.blue.is_none() && weights.green.is_none() {
        let names: Vec<&str> = group.iter().filter_map(ResourceRecordSet::set_identifier).collect();
        return Err(GroupError::NeitherSide(names.join(", ")));
    }
    Ok(weights)
}

/// How long resolvers keep the answers of a record.
fn kept(record: &ResourceRecordSet) -> Duration {
    record.ttl().map_or(ALIAS_TTL, |seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The TTLs of a group from short to long, where it has several. Then a resolver that hears the longer one stays with
/// it, and the shares that clients meet are not those of the weights (Route 53 API, `ResourceRecordSet`, TTL).
pub fn uneven_ttls(group: &[ResourceRecordSet]) -> Vec<Duration> {
    let ttls: BTreeSet<Duration> = group.iter().map(kept).collect();
    if ttls.len() > 1 { ttls.into_iter().collect() } else { Vec::new() }
}

/// How long resolvers keep what they were told of a group's pair: the longest of the two.
pub fn ttl(group: &[ResourceRecordSet], pair: &Pair) -> Duration {
    let of_the_pair = group.iter().filter(|record| {
        record.set_identifier().is_none_or(|set_identifier| set_identifier == pair.blue || set_identifier == pair.green)
    });
    of_the_pair.map(kept).max().unwrap_or(Duration::ZERO)
}

/// What a record that has no weight is routed by.
fn policy(record: &ResourceRecordSet) -> &'static str {
    if record.region().is_some() {
        "latency"
    } else if record.geo_location().is_some() || record.geo_proximity_location().is_some() {
        "location"
    } else if record.failover().is_some() {
        "failover"
    } else if record.cidr_routing_config().is_some() {
        "address range"
    } else if record.multi_value_answer().is_some() {
        "multiple values"
    } else {
        "something else"
    }
}
