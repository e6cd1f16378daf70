//! A hosted zone as its name servers know it: without changes that are PENDING.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A zone's records, and which health checks are healthy.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Zone {
    /// Its name, which ends in a dot.
    pub name: String,
    /// Its record sets.
    pub record_sets: Vec<RecordSet>,
    /// Whether a health check is healthy, by its id.
    pub health_checks: BTreeMap<String, bool>,
}

/// A record set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RecordSet {
    /// Its name: lower case, ending in a dot.
    pub name: String,
    /// Its type.
    pub r#type: String,
    /// What tells it from others of its name and type; none in a simple one.
    pub set_identifier: Option<String>,
    /// Its weight; none in one that is not weighted.
    pub weight: Option<u32>,
    /// For how many seconds its values may be kept; none in an alias.
    #[serde(rename = "TTL")]
    pub ttl: Option<u32>,
    /// Its values.
    pub resource_records: Vec<String>,
    /// What it is an alias of.
    pub alias_target: Option<AliasTarget>,
    /// The health check that has a say in it.
    pub health_check_id: Option<String>,
}

/// What an alias stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AliasTarget {
    /// The name of a load balancer, or of another record of the zone; it ends in a dot.
    #[serde(rename = "DNSName")]
    pub dns_name: String,
    /// Whether the target's health is the alias's.
    pub evaluate_target_health: bool,
}

impl Zone {
    /// Whether a name lies in it.
    pub fn contains(&self, name: &str) -> bool {
        format!(".{name}").ends_with(&format!(".{}", self.name))
    }

    /// The record sets of a name and a type.
    pub fn sets(&self, name: &str, kind: &str) -> Vec<&RecordSet> {
        self.record_sets.iter().filter(|set| set.name == name && set.r#type == kind).collect()
    }

    /// Whether there is anything at a name or below it.
    pub fn has(&self, name: &str) -> bool {
        self.record_sets.iter().any(|set| format!(".{}", set.name).ends_with(&format!(".{name}")))
    }

    /// For how many seconds it may be kept that something is not there. RFC 2308: the lesser of the SOA record's TTL and
    /// of its last field.
    pub fn negative_ttl(&self) -> Option<u32> {
        let start = self.record_sets.iter().find(|set| set.name == self.name && set.r#type == "SOA")?;
        let minimum = start.resource_records.first()?.split_whitespace().last()?.parse().ok()?;
        Some(start.ttl?.min(minimum))
    }

    /// The weights of each weighted group: by name and type, in the order of the set identifiers.
    pub fn weights(&self) -> BTreeMap<String, BTreeMap<String, u32>> {
        let mut groups: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for set in &self.record_sets {
            if let (Some(identifier), Some(weight)) = (&set.set_identifier, set.weight) {
                let group = groups.entry(format!("{} {}", set.name, set.r#type)).or_default();
                group.insert(identifier.clone(), weight);
            }
        }
        groups
    }
}
