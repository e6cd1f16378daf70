//! Who a side is: nodes that Auto Scaling groups hold, or targets by name. Pure.

use std::collections::BTreeSet;
use std::fmt;

/// One registration in a target group. The same instance on two ports is two of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// An instance id or an IP address.
    pub id: String,
    /// The port.
    pub port: i32,
}

/// A text that names no registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read {0:?} as ID:PORT: it has no port from 1 to 65535 after its last colon")]
pub struct NoSeat(String);

impl Seat {
    /// Reads `ID:PORT`. An IPv6 address has colons of its own.
    ///
    /// # Errors
    ///
    /// [`NoSeat`].
    pub fn parse(text: &str) -> Result<Self, NoSeat> {
        let parts = text.rsplit_once(':').filter(|(id, _)| !id.is_empty());
        let seat = parts.and_then(|(id, port)| Some(Seat { id: id.to_owned(), port: port.parse().ok()? }));
        seat.filter(|seat| (1..=65535).contains(&seat.port)).ok_or_else(|| NoSeat(text.to_owned()))
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.port)
    }
}

/// A target as a user names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// An instance id or an IP address.
    pub id: String,
    /// The port, 1 to 65535; `None` for each target group's own.
    pub port: Option<i32>,
    /// `all` for an address outside the target group's VPC; `None` otherwise. (Elastic Load Balancing API,
    /// TargetDescription.)
    pub zone: Option<String>,
}

/// Who a side is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// Whatever instances these Auto Scaling groups hold, each on the target group's own port.
    ScalingGroups(BTreeSet<String>),
    /// These targets.
    Targets(BTreeSet<Named>),
}

impl Members {
    /// The Auto Scaling groups; none where targets are named.
    pub fn scaling_groups(&self) -> impl Iterator<Item = &String> {
        match self {
            Members::ScalingGroups(names) => Some(names),
            Members::Targets(_) => None,
        }
        .into_iter()
        .flatten()
    }

    /// Where a target is said to be, for one that needs it said.
    pub fn zone(&self, seat: &Seat) -> Option<&str> {
        let Members::Targets(named) = self else { return None };
        named
            .iter()
            .find(|named| named.id == seat.id && named.port.is_none_or(|port| port == seat.port))?
            .zone
            .as_deref()
    }
}

impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = match self {
            Members::ScalingGroups(names) => names.iter().cloned().collect(),
            Members::Targets(named) => named
                .iter()
                .map(|named| named.port.map_or(named.id.clone(), |port| format!("{}:{port}", named.id)))
                .collect(),
        };
        f.write_str(&texts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_reads_back() {
        for (text, id, port) in
            [("i-1:30080", "i-1", 30080), ("10.0.0.1:80", "10.0.0.1", 80), ("fd00::1:80", "fd00::1", 80)]
        {
            let seat = Seat { id: id.to_owned(), port };
            assert_eq!(Seat::parse(text), Ok(seat.clone()));
            assert_eq!(seat.to_string(), text);
        }
        for text in ["", "i-1", ":80", "i-1:", "i-1:0", "i-1:65536", "i-1:x"] {
            assert!(Seat::parse(text).is_err(), "{text}");
        }
    }
}
