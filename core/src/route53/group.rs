//! The record sets under one name and type: who is in it, with which weight, and for how long answers are kept. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_route53::types::ResourceRecordSet;

use crate::engine::gate::Side;
use crate::engine::shift::Idle;
use crate::share::{Share, SplitError, Weights};

/// The greatest weight of a record (Route 53 API, `ResourceRecordSet`).
pub(crate) const WEIGHT_LIMIT: u32 = 255;
/// How many weighted record sets one name and type takes (Route 53 API, `ResourceRecordSet`).
pub(crate) const RECORDS_PER_GROUP: usize = 100;
/// How long answers of an alias to a load balancer are kept; AWS sets it, and recommends it for the records beside one
/// (Route 53 API, `ResourceRecordSet`, TTL).
pub(crate) const ALIAS_TTL: Duration = Duration::from_secs(60);

/// The set identifiers of the two records that share traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The record that serves before the migration.
    pub blue: String,
    /// The record that takes over.
    pub green: String,
}

/// What the two sides answer with, in words; none for a side that has no record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Blue's.
    pub blue: Option<String>,
    /// Green's.
    pub green: Option<String>,
}

/// What is known of the sides before their records are read: it tells whose a simple record is, which has no set
/// identifier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Known {
    /// What the sides answered with when they were seen last.
    pub seen: Answers,
    /// What green is described to answer with.
    pub described: Option<String>,
    /// Whether a simple record may become blue's.
    pub adopt: bool,
}

impl Known {
    /// Whose a simple record is that answers with this.
    fn owner(&self, answer: &str) -> Option<Side> {
        let is = |side: &Option<String>| side.as_deref() == Some(answer);
        if !is(&self.seen.blue) && (is(&self.seen.green) || is(&self.described)) {
            return Some(Side::Green);
        }
        let blue_is_left = is(&self.seen.blue) && self.seen.green.is_none();
        (self.adopt || blue_is_left).then_some(Side::Blue)
    }
}

/// Records cannot be read as a weighted pair, or not be moved as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// There is no record of this type.
    #[error("there is no record of this type")]
    Missing,
    /// A CNAME under the zone's own name, which has other records always.
    #[error("the zone's own name takes no CNAME, for it has other records (RFC 1034)")]
    Apex,
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

/// Which side a record is, if either.
pub(crate) fn side(record: &ResourceRecordSet, pair: &Pair, known: &Known) -> Option<Side> {
    match record.set_identifier() {
        None => known.owner(&answer(record)),
        Some(set_identifier) if set_identifier == pair.blue => Some(Side::Blue),
        Some(set_identifier) if set_identifier == pair.green => Some(Side::Green),
        Some(_) => None,
    }
}

/// The weights of a group. A simple record has all of the traffic.
///
/// # Errors
///
/// [`GroupError`], where the group is no weighted pair.
pub(crate) fn weights(group: &[ResourceRecordSet], pair: &Pair, known: &Known) -> Result<Weights, GroupError> {
    match group {
        [] => return Err(GroupError::Missing),
        [simple] if simple.set_identifier().is_none() => {
            return match side(simple, pair, known) {
                Some(Side::Blue) => Ok(Weights { blue: Some(1), ..Weights::default() }),
                Some(Side::Green) => Ok(Weights { green: Some(1), ..Weights::default() }),
                None => Err(GroupError::Simple),
            };
        }
        _ => {}
    }
    let mut weights = Weights::default();
    for record in group {
        let set_identifier = record.set_identifier().unwrap_or_default();
        let given = record.weight().ok_or_else(|| GroupError::OtherPolicy(policy(record)))?;
        let weight = u32::try_from(given)
            .map_err(|_| GroupError::BadWeight { set_identifier: set_identifier.to_owned(), weight: given })?;
        match side(record, pair, known) {
            Some(Side::Blue) => weights.blue = Some(weight),
            Some(Side::Green) => weights.green = Some(weight),
            None => weights.strangers.push(weight),
        }
    }
    if weights.blue.is_none() && weights.green.is_none() {
        let names: Vec<&str> = group.iter().filter_map(ResourceRecordSet::set_identifier).collect();
        return Err(GroupError::NeitherSide(names.join(", ")));
    }
    Ok(weights)
}

/// The weights that a group gets for a share. Blue's record is never made, so where it is gone only green can serve; and
/// the one record that is left of two becomes a simple one.
///
/// # Errors
///
/// [`GroupError`], where the share cannot be had.
pub(crate) fn wanted(weights: &Weights, share: Share, idle: Idle) -> Result<Weights, GroupError> {
    let all_greens = share == Share::GREEN && weights.green.is_some();
    if weights.blue.is_none() {
        return if all_greens { Ok(weights.clone()) } else { Err(GroupError::NoBlue) };
    }
    let mut wanted = weights.wanted(share, WEIGHT_LIMIT)?;
    if idle == Idle::Keep || share.is_split() {
        return Ok(wanted);
    }
    let (kept, dropped) =
        if all_greens { (&mut wanted.green, &mut wanted.blue) } else { (&mut wanted.blue, &mut wanted.green) };
    *dropped = None;
    if wanted.strangers.is_empty() {
        *kept = Some(1);
    }
    Ok(wanted)
}

/// What the sides of a group answer with.
pub(crate) fn answers(group: &[ResourceRecordSet], pair: &Pair, known: &Known) -> Answers {
    let of = |wanted: Side| group.iter().find(|record| side(record, pair, known) == Some(wanted)).map(answer);
    Answers { blue: of(Side::Blue), green: of(Side::Green) }
}

/// What a record answers with, in words.
pub(crate) fn answer(record: &ResourceRecordSet) -> String {
    match record.alias_target() {
        Some(alias) => alias_answer(alias.dns_name()),
        None => {
            let values: Vec<&str> = record.resource_records().iter().map(|value| value.value()).collect();
            values.join(", ")
        }
    }
}

/// What an alias of this name answers with, in words. Route 53 may put `dualstack.` before the name of a load balancer,
/// and a dot after it.
pub(crate) fn alias_answer(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    format!("alias {}", name.strip_prefix("dualstack.").unwrap_or(&name))
}

/// How long resolvers keep the answers of a record.
fn kept(record: &ResourceRecordSet) -> Duration {
    record.ttl().map_or(ALIAS_TTL, |seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The TTLs of a group from short to long, where it has several. Then a resolver that hears the longer one stays with
/// it, and the shares that clients meet are not those of the weights (Route 53 API, `ResourceRecordSet`, TTL).
pub(crate) fn uneven_ttls(group: &[ResourceRecordSet]) -> Vec<Duration> {
    let ttls: BTreeSet<Duration> = group.iter().map(kept).collect();
    if ttls.len() > 1 { ttls.into_iter().collect() } else { Vec::new() }
}

/// How long resolvers keep what they were told of a group's pair: the longest of the two.
pub(crate) fn ttl(group: &[ResourceRecordSet], pair: &Pair, known: &Known) -> Duration {
    let of_the_pair = group.iter().filter(|record| side(record, pair, known).is_some());
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
