//! Questions and replies in DNS's wire format.

use std::net::IpAddr;

use simple_dns::rdata::{A, AAAA, CNAME, OPT, RData, SOA};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, ResourceRecord, TYPE};

use super::answer::{Data, Kind, Nothing, Record};

/// A datagram's room, in bytes. What leaves here stays on the loopback interface, whose datagrams hold it whole.
pub const ROOM: u16 = 4096;

/// A question that has come in.
#[derive(Debug)]
pub struct Asked<'a> {
    packet: Packet<'a>,
    /// The name: lower case, ending in a dot.
    pub name: String,
    /// The type; none of those that are answered here if there is none.
    pub kind: Option<Kind>,
}

/// What a name server has replied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Whether it could answer.
    pub code: RCODE,
    /// The records, a CNAME before what it leads to.
    pub records: Vec<Record>,
    /// For how many seconds it may be kept that there is none.
    pub negative_ttl: Option<u32>,
}

impl Reply {
    /// The addresses in it.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let address = |record: &Record| match record.data {
            Data::A(address) => Some(address.into()),
            Data::Aaaa(address) => Some(address.into()),
            Data::Cname(_) => None,
        };
        self.records.iter().filter_map(address).collect()
    }

    /// For how many seconds it may be kept: as long as the shortest-lived of its records, or what there is none of. A
    /// server's failure is not to be kept.
    pub fn ttl(&self) -> u32 {
        self.records.iter().map(|record| record.ttl).chain(self.negative_ttl).min().unwrap_or_default()
    }
}

/// The datagram that asks for a name.
///
/// # Errors
///
/// That it is no name.
pub fn question(id: u16, name: &str, kind: Kind) -> Result<Vec<u8>, String> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name.trim_end_matches('.')).map_err(|error| format!("{name}: {error}"))?;
    let kind = match kind {
        Kind::A => TYPE::A,
        Kind::Aaaa => TYPE::AAAA,
        Kind::Cname => TYPE::CNAME,
    };
    packet.questions.push(simple_dns::Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    *packet.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: ROOM, version: 0 });
    packet.build_bytes_vec().map_err(|error| error.to_string())
}

/// The question of a datagram; none if it has not exactly one.
pub fn asked(datagram: &[u8]) -> Option<Asked<'_>> {
    let packet = Packet::parse(datagram).ok().filter(|packet| !packet.has_flags(PacketFlag::RESPONSE))?;
    let [question] = packet.questions.as_slice() else { return None };
    let name = format!("{}.", question.qname.to_string().to_lowercase());
    let kind = match question.qtype {
        QTYPE::TYPE(TYPE::A) => Some(Kind::A),
        QTYPE::TYPE(TYPE::AAAA) => Some(Kind::Aaaa),
        QTYPE::TYPE(TYPE::CNAME) => Some(Kind::Cname),
        _ => None,
    };
    Some(Asked { packet, name, kind })
}

/// The datagram that answers a question, with the zone's name and for how long its silence may be kept.
///
/// # Errors
///
/// That something in it is no name.
pub fn reply(
    asked: &Asked<'_>,
    answer: &Result<Vec<Record>, Nothing>,
    zone: &str,
    negative_ttl: Option<u32>,
) -> Result<Vec<u8>, simple_dns::SimpleDnsError> {
    let mut packet = Packet::new_reply(asked.packet.id());
    packet.questions.clone_from(&asked.packet.questions);
    packet.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
    if asked.packet.has_flags(PacketFlag::RECURSION_DESIRED) {
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    if asked.packet.opt().is_some() {
        *packet.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: ROOM, version: 0 });
    }
    *packet.rcode_mut() = match answer {
        _ if asked.kind.is_none() => RCODE::NotImplemented,
        Ok(_) | Err(Nothing::NoData) => RCODE::NoError,
        Err(Nothing::NoName) => RCODE::NameError,
        Err(Nothing::NotOurs) => RCODE::Refused,
        Err(Nothing::Unknown(_)) => RCODE::ServerFailure,
    };
    for record in answer.iter().flatten() {
        let data = match &record.data {
            Data::A(address) => RData::A(A { address: (*address).into() }),
            Data::Aaaa(address) => RData::AAAA(AAAA { address: (*address).into() }),
            Data::Cname(name) => RData::CNAME(CNAME(named(name)?)),
        };
        packet.answers.push(ResourceRecord::new(named(&record.name)?, CLASS::IN, record.ttl, data));
    }
    if let (Err(Nothing::NoData | Nothing::NoName), Some(_), Some(ttl)) = (answer, asked.kind, negative_ttl) {
        let (mname, rname) = (named(zone)?, named(zone)?);
        let data = SOA { mname, rname, serial: 1, refresh: 7200, retry: 900, expire: 1_209_600, minimum: ttl };
        packet.name_servers.push(ResourceRecord::new(named(zone)?, CLASS::IN, ttl, RData::SOA(data)));
    }
    packet.build_bytes_vec()
}

fn named(name: &str) -> Result<Name<'_>, simple_dns::SimpleDnsError> {
    Name::new(name.trim_end_matches('.'))
}

/// What a datagram replies to the question of this id; none if it is another's.
pub fn replied(id: u16, datagram: &[u8]) -> Option<Reply> {
    let packet = Packet::parse(datagram).ok()?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let record = |found: &ResourceRecord<'_>| {
        let data = match &found.rdata {
            RData::A(found) => Data::A(found.address.into()),
            RData::AAAA(found) => Data::Aaaa(found.address.into()),
            RData::CNAME(found) => Data::Cname(format!("{}.", found.0)),
            _ => return None,
        };
        Some(Record { name: format!("{}.", found.name), ttl: found.ttl, data })
    };
    let negative = |found: &ResourceRecord<'_>| match &found.rdata {
        RData::SOA(start) => Some(found.ttl.min(start.minimum)),
        _ => None,
    };
    Some(Reply {
        code: packet.rcode(),
        records: packet.answers.iter().filter_map(record).collect(),
        negative_ttl: packet.name_servers.iter().find_map(negative),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A question as RFC 1035 writes it, without EDNS: id 7, recursion desired, one question for `WWW.a`, class IN.
    fn plain(kind: u8) -> Vec<u8> {
        let mut bytes = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(b"\x03WWW\x01a\0\0");
        bytes.extend_from_slice(&[kind, 0, 1]);
        bytes
    }

    #[test]
    fn a_reply_is_what_the_standard_says() {
        let question = plain(1);
        let asked = asked(&question).unwrap();
        assert_eq!((asked.name.as_str(), asked.kind), ("www.a.", Some(Kind::A)));
        let record = Record { name: "www.a.".to_owned(), ttl: 60, data: Data::A([192, 0, 2, 1].into()) };
        let bytes = reply(&asked, &Ok(vec![record.clone()]), "a.", None).unwrap();
        // The response's bits are QR, AA and RD; the question comes back in the case in which it was asked.
        let mut expect = vec![0, 7, 0x85, 0, 0, 1, 0, 1, 0, 0, 0, 0];
        expect.extend_from_slice(&question[12..]);
        expect.extend_from_slice(b"\x03www\x01a\0\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
        assert_eq!(bytes, expect);
        assert_eq!(replied(8, &bytes), None);
        assert_eq!(replied(7, &bytes).unwrap().records, [record]);
    }

    #[test]
    fn what_is_no_question_is_passed_over_and_other_types_are_not_for_here() {
        assert!(asked(b"").is_none() && asked(&plain(1)[..15]).is_none());
        let text = plain(16);
        let bytes = reply(&asked(&text).unwrap(), &Err(Nothing::NoData), "a.", Some(900)).unwrap();
        assert_eq!(replied(7, &bytes).unwrap().code, RCODE::NotImplemented);
    }

    #[test]
    fn a_reply_may_be_kept_as_long_as_its_shortest_lived_record() {
        let record = |ttl| Record { name: "a.".to_owned(), ttl, data: Data::Cname("b.".to_owned()) };
        let reply = |records, negative_ttl| Reply { code: RCODE::NoError, records, negative_ttl };
        assert_eq!(reply(vec![record(300), record(60)], None).ttl(), 60);
        assert_eq!(reply(Vec::new(), Some(900)).ttl(), 900);
        assert_eq!(reply(Vec::new(), None).ttl(), 0);
    }
}
