//! What a question is answered with (pure, but for the lot).

use std::net::{Ipv4Addr, Ipv6Addr};

use fastrand::Rng;

use super::balancers::Balancers;
use super::lot::{Ticket, draw};
use super::zone::{RecordSet, Zone};

/// AWS: the answer of an alias to a load balancer may be kept for 60 seconds.
pub const BALANCER_TTL: u32 = 60;
/// How many aliases and CNAMEs may lead to one another.
const CHAIN: u32 = 8;

/// The types that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Another name.
    Cname,
}

/// A record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose it is.
    pub name: String,
    /// For how many seconds it may be kept.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// Another name.
    Cname(String),
}

/// Why there are no records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    /// The name is there, and has no record of this type (NODATA).
    NoData,
    /// The name is not there (NXDOMAIN).
    NoName,
    /// The name is in no zone that is served here (REFUSED).
    NotOurs,
    /// It cannot be told (SERVFAIL), and why.
    Unknown(String),
}

/// What answers are made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The zone.
    pub zone: &'a Zone,
    /// What records lead to.
    pub balancers: &'a Balancers,
}

impl Kind {
    /// Its name in Route 53.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
        }
    }
}

impl Sources<'_> {
    /// The records for a name, which is lower case and ends in a dot; a CNAME is followed as far as it leads here.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub fn answer(&self, name: &str, kind: Kind, rng: &mut Rng) -> Result<Vec<Record>, Nothing> {
        self.within(CHAIN, name, kind, rng)
    }

    fn within(&self, chain: u32, name: &str, kind: Kind, rng: &mut Rng) -> Result<Vec<Record>, Nothing> {
        let Some(chain) = chain.checked_sub(1) else {
            return Err(Nothing::Unknown(format!("{name} ends a chain that is too long")));
        };
        if let Some(arn) = self.balancers.named(name) {
            let record = |data| vec![Record { name: name.to_owned(), ttl: BALANCER_TTL, data }];
            return match (kind, self.balancers.addresses(&arn)) {
                (Kind::A, Some((v4, _))) => Ok(record(Data::A(v4))),
                (Kind::Aaaa, Some((_, v6))) => Ok(record(Data::Aaaa(v6))),
                _ => Err(Nothing::NoData),
            };
        }
        if !self.zone.contains(name) {
            return Err(Nothing::NotOurs);
        }
        let mut sets = self.zone.sets(name, kind.name());
        if sets.is_empty() {
            sets = self.zone.sets(name, Kind::Cname.name());
        }
        let set = match self.drawn(&sets, rng)? {
            Some(set) => set,
            None if self.zone.has(name) => return Err(Nothing::NoData),
            None => return Err(Nothing::NoName),
        };
        if let Some(alias) = &set.alias_target {
            let found = self.within(chain, &alias.dns_name, kind, rng).map_err(|why| match why {
                Nothing::NotOurs | Nothing::NoName => {
                    Nothing::Unknown(format!("{name} is an alias of {}, which is not here", alias.dns_name))
                }
                why => why,
            })?;
            // AWS: an alias answers as if its target's records were its own.
            return Ok(found.into_iter().map(|record| Record { name: name.to_owned(), ..record }).collect());
        }
        let mut records = values(set)?;
        rng.shuffle(&mut records);
        if let (Some(Record { data: Data::Cname(to), .. }), true) = (records.first(), kind != Kind::Cname) {
            match self.within(chain, &to.clone(), kind, rng) {
                Ok(more) => records.extend(more),
                Err(Nothing::Unknown(why)) => return Err(Nothing::Unknown(why)),
                // What there is of it is answered.
                Err(Nothing::NoData | Nothing::NoName | Nothing::NotOurs) => {}
            }
        }
        Ok(records)
    }

    /// The record set of a name and a type that is answered with.
    fn drawn<'s>(&self, sets: &[&'s RecordSet], rng: &mut Rng) -> Result<Option<&'s RecordSet>, Nothing> {
        let mut tickets = Vec::new();
        for set in sets {
            let weight = match (set.weight, &set.set_identifier) {
                (Some(weight), _) => weight,
                (None, None) => 1,
                (None, Some(_)) => {
                    return Err(Nothing::Unknown(format!("{} has a policy that is not played here", set.name)));
                }
            };
            tickets.push(Ticket { weight, healthy: self.healthy(CHAIN, set)? });
        }
        Ok(draw(&tickets, rng).map(|place| sets[place]))
    }

    /// AWS: a record's health check has to be healthy, and the target of an alias that evaluates it.
    fn healthy(&self, chain: u32, set: &RecordSet) -> Result<bool, Nothing> {
        if let Some(id) = &set.health_check_id {
            match self.zone.health_checks.get(id) {
                None => return Err(Nothing::Unknown(format!("{} has the health check {id}, which is gone", set.name))),
                Some(false) => return Ok(false),
                Some(true) => {}
            }
        }
        match &set.alias_target {
            Some(alias) if alias.evaluate_target_health => self.target_is_healthy(chain, &alias.dns_name, &set.r#type),
            _ => Ok(true),
        }
    }

    fn target_is_healthy(&self, chain: u32, target: &str, kind: &str) -> Result<bool, Nothing> {
        if let Some(arn) = self.balancers.named(target) {
            return Ok(self.balancers.is_fit(&arn));
        }
        let sets = self.zone.sets(target, kind);
        let (Some(chain), false) = (chain.checked_sub(1), sets.is_empty()) else {
            return Err(Nothing::Unknown(format!("the health of the alias target {target} cannot be told")));
        };
        let mut any = false;
        for set in sets {
            any |= self.healthy(chain, set)?;
        }
        Ok(any)
    }
}

fn values(set: &RecordSet) -> Result<Vec<Record>, Nothing> {
    let ttl = set.ttl.unwrap_or_default();
    let record = |value: &String| {
        let bad = || Nothing::Unknown(format!("{} {} has the value {value:?}", set.name, set.r#type));
        let data = match set.r#type.as_str() {
            "A" => Data::A(value.parse().map_err(|_| bad())?),
            "AAAA" => Data::Aaaa(value.parse().map_err(|_| bad())?),
            _ => Data::Cname(format!("{}.", value.trim_end_matches('.').to_lowercase())),
        };
        Ok(Record { name: set.name.clone(), ttl, data })
    };
    set.resource_records.iter().map(record).collect()
}
