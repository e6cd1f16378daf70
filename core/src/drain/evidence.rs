//! What was found out about a side, before anybody says what it means.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What CloudWatch counted in one place, by the minute: seconds since the epoch at which it begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// The counts that were published, of requests or of flows.
    pub counts: BTreeMap<u64, f64>,
    /// The minutes of which is known that a count that is missing is zero.
    pub told: BTreeSet<u64>,
}

/// Why something could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// What was tried and what came back.
    pub why: String,
    /// Whether asking again later may help, with nobody changing anything.
    pub later: bool,
}

/// Something that may bring a client back, or keep it, without a new request being routed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What it is, and of which object.
    pub what: String,
    /// For how long.
    pub length: Duration,
    /// Whether a request begins it anew; else it runs from when the side's weight went to zero.
    pub renewed: bool,
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// What was counted, by the place in words: `target group arn:...`.
    pub places: Vec<(String, Result<Seen, Untold>)>,
    /// What may bring clients back.
    pub holds: Vec<Hold>,
    /// What could not be found out besides.
    pub untold: Vec<Untold>,
}
