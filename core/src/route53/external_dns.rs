//! Who ExternalDNS says owns a record: the TXT records that it keeps beside those it made. Pure.
//!
//! The name of such a record is the owned name with things around it, all of them configurable: the type in front of
//! the first label (`a-orders`), a prefix, and a suffix of the first label. Its set identifier is the owned record's.
//! (ExternalDNS, TXT registry.)

use std::fmt;

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use crate::route53::group::Pair;
use crate::route53::name::RecordName;

/// How the value of an ownership record begins.
const HERITAGE: &str = "heritage=external-dns";
/// The shortest text that can be an encrypted value: nonce and tag of AES-GCM alone are 28 bytes, 40 letters of base64.
const SHORTEST_CIPHER: usize = 40;

/// Whom ExternalDNS names as the owner of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The owner's id, `--txt-owner-id` of its ExternalDNS; none where it is encrypted.
    pub id: Option<String>,
    /// The object of Kubernetes that the record was made for, `ingress/shop/orders` for example.
    pub resource: Option<String>,
    /// The name of the TXT record that says so.
    pub said_by: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "ExternalDNS with owner id {id:?}")?,
            None => f.write_str("an ExternalDNS whose owner id is not known, for it is encrypted")?,
        }
        if let Some(resource) = &self.resource {
            write!(f, ", made for {resource}")?;
        }
        write!(f, " (TXT record {})", self.said_by.trim_end_matches('.'))
    }
}

/// The owner of the pair's records of this name, if a TXT record of the zone names one.
pub(crate) fn owner(zone: &[ResourceRecordSet], name: &RecordName, pair: &Pair) -> Option<Owner> {
    let ours = |record: &ResourceRecordSet| {
        record.set_identifier().is_none_or(|set_identifier| set_identifier == pair.blue || set_identifier == pair.green)
    };
    let names: Vec<&str> =
        zone.iter().filter(|record| *record.r#type() != RrType::Txt).map(ResourceRecordSet::name).collect();
    zone.iter().filter(|record| *record.r#type() == RrType::Txt && ours(record)).find_map(|record| {
        let values = record.resource_records().iter();
        values.filter_map(|value| said(record.name(), value.value(), name.as_str(), &names)).next()
    })
}

/// What one value of a TXT record says of a name.
fn said(txt: &str, value: &str, name: &str, names: &[&str]) -> Option<Owner> {
    let value = value.trim_matches('"');
    if value.starts_with(HERITAGE) {
        // A name may be part of another, as orders is of my-orders: the record is about the longest that it can be.
        let length = reaches(txt, name)?;
        if names.iter().any(|other| reaches(txt, other).is_some_and(|other| other > length)) {
            return None;
        }
        let field = |key: &str| value.split(',').find_map(|part| part.trim().strip_prefix(key).map(str::to_owned));
        return Some(Owner {
            id: field("external-dns/owner="),
            resource: field("external-dns/resource="),
            said_by: txt.to_owned(),
        });
    }
    let encrypted = value.len() >= SHORTEST_CIPHER
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'));
    let plainly_about = typed(txt).is_some_and(|rest| rest == name);
    (encrypted && plainly_about).then(|| Owner { id: None, resource: None, said_by: txt.to_owned() })
}

/// The name behind the type that ExternalDNS puts in front of it.
fn typed(txt: &str) -> Option<&str> {
    let types = ["a-", "aaaa-", "cname-", "txt-", "srv-", "ns-", "mx-", "naptr-", "ptr-"];
    types.iter().find_map(|kind| txt.strip_prefix(kind))
}

/// How much of an ownership record's name is the owned name: none where it cannot be about it.
fn reaches(txt: &str, name: &str) -> Option<usize> {
    let (label, parent) = name.split_once('.')?;
    // A wildcard is written out in the name of the record, as the star's own escape or as whatever the user chose.
    let head = txt.strip_suffix(parent)?.strip_suffix('.')?;
    // A prefix may end in labels of its own; behind a dot, a suffix would be another name.
    let edge = |letter: Option<char>, edges: &[char]| letter.is_none_or(|letter| edges.contains(&letter));
    let bounded = head.match_indices(label).any(|(at, _)| {
        let (before, after) = (head.get(..at).unwrap_or_default(), head.get(at + label.len()..).unwrap_or_default());
        edge(before.chars().next_back(), &['-', '_', '.']) && edge(after.chars().next(), &['-', '_'])
    });
    bounded.then_some(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_route53::types::ResourceRecord;

    fn record(name: &str, kind: RrType, set_identifier: &str, value: &str) -> ResourceRecordSet {
        let value = ResourceRecord::builder().value(value).build().unwrap();
        ResourceRecordSet::builder()
            .name(name)
            .r#type(kind)
            .set_identifier(set_identifier)
            .weight(1)
            .ttl(60)
            .resource_records(value)
            .build()
            .unwrap()
    }

    /// Who is named as the owner of orders.example.com, with this TXT record in the zone.
    fn asked(txt: &str, set_identifier: &str, value: &str) -> Option<Owner> {
        let zone = [
            record("orders.example.com.", RrType::A, "blue", "192.0.2.1"),
            record("my-orders.example.com.", RrType::A, "blue", "192.0.2.1"),
            record(txt, RrType::Txt, set_identifier, value),
        ];
        let pair = Pair { blue: "blue".to_owned(), green: "green".to_owned() };
        owner(&zone, &RecordName::parse("orders.example.com").unwrap(), &pair)
    }

    const PLAIN: &str = "\"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/shop/orders\"";

    #[test]
    fn every_form_of_the_name_is_known() {
        let forms =
            ["orders", "a-orders", "cname-orders", "aaaa-orders", "edns.orders", "edns-a-orders", "edns-a.orders"];
        for form in forms.into_iter().chain(["orders-edns", "a-orders-edns", "edns.a-orders"]) {
            let owner = asked(&format!("{form}.example.com."), "blue", PLAIN);
            let owner = owner.unwrap_or_else(|| panic!("{form} is not known"));
            assert_eq!((owner.id.as_deref(), owner.resource.as_deref()), (Some("prod"), Some("ingress/shop/orders")));
        }
    }

    #[test]
    fn what_is_about_others_is_left_alone() {
        for other in ["my-orders", "a-my-orders", "borders", "a-ordersx", "orders.sub"] {
            assert_eq!(asked(&format!("{other}.example.com."), "blue", PLAIN), None, "{other}");
        }
        assert_eq!(asked("orders.example.com.", "stranger", PLAIN), None);
        assert_eq!(asked("orders.example.com.", "blue", "\"v=spf1 -all\""), None);
    }

    #[test]
    fn an_encrypted_owner_is_unknown_but_one() {
        let cipher = format!("\"{}==\"", "Zm9v".repeat(16));
        let owner = asked("a-orders.example.com.", "green", &cipher).unwrap();
        assert_eq!(owner.id, None);
        assert!(owner.to_string().contains("not known"));
        assert_eq!(asked("orders.example.com.", "green", "\"short\""), None);
    }
}
