//! Faults to order from the emulator.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::emulator::Emulator;

/// A fault for calls of one action with one access key.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    action: String,
    access_key: String,
    kind: Kind,
    after: u32,
    count: u32,
    milliseconds: u64,
}

/// Faults that hit calls with one access key by chance. With the same seed, the n-th call of an action always meets the
/// same fate.
#[derive(Debug, Clone, Serialize)]
pub struct Chances {
    access_key: String,
    seed: u64,
    rates: BTreeMap<Kind, f64>,
    milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Throttle,
    Unavailable,
    Reset,
    Delay,
    LoseReply,
    HoldBefore,
    HoldAfter,
}

impl Fault {
    /// AWS refuses for being asked too often: HTTP 400, code `Throttling`. An action may have `*` in it.
    pub fn throttle(access_key: &str, action: &str) -> Self {
        Self::of(Kind::Throttle, access_key, action)
    }

    /// HTTP 503.
    pub fn unavailable(access_key: &str, action: &str) -> Self {
        Self::of(Kind::Unavailable, access_key, action)
    }

    /// The connection is reset, and the call not done.
    pub fn reset(access_key: &str, action: &str) -> Self {
        Self::of(Kind::Reset, access_key, action)
    }

    /// The call is done, and its answer never arrives.
    pub fn lose_reply(access_key: &str, action: &str) -> Self {
        Self::of(Kind::LoseReply, access_key, action)
    }

    /// The call takes this much longer.
    pub fn delay(access_key: &str, action: &str, milliseconds: u64) -> Self {
        Self { milliseconds, ..Self::of(Kind::Delay, access_key, action) }
    }

    /// The call is held before it is done. If its client goes, it never is.
    pub fn hold_before(access_key: &str, action: &str) -> Self {
        Self::of(Kind::HoldBefore, access_key, action)
    }

    /// The call is done, and its answer held.
    pub fn hold_after(access_key: &str, action: &str) -> Self {
        Self::of(Kind::HoldAfter, access_key, action)
    }

    /// Lets so many calls through first.
    pub fn after(self, calls: u32) -> Self {
        Self { after: calls, ..self }
    }

    /// Hits so many calls, rather than one.
    pub fn times(self, calls: u32) -> Self {
        Self { count: calls, ..self }
    }

    fn of(kind: Kind, access_key: &str, action: &str) -> Self {
        let (action, access_key) = (action.to_owned(), access_key.to_owned());
        Self { action, access_key, kind, after: 0, count: 1, milliseconds: 0 }
    }
}

impl Chances {
    /// Nothing happens yet.
    pub fn new(access_key: &str, seed: u64) -> Self {
        Self { access_key: access_key.to_owned(), seed, rates: BTreeMap::new(), milliseconds: 0 }
    }

    /// So much of the calls, between 0 and 1, is refused for being asked too often.
    pub fn throttle(self, rate: f64) -> Self {
        self.with(Kind::Throttle, rate)
    }

    /// So much is answered with HTTP 503.
    pub fn unavailable(self, rate: f64) -> Self {
        self.with(Kind::Unavailable, rate)
    }

    /// So much meets a reset connection, and is not done.
    pub fn reset(self, rate: f64) -> Self {
        self.with(Kind::Reset, rate)
    }

    /// So much is done, and its answer never arrives.
    pub fn lose_reply(self, rate: f64) -> Self {
        self.with(Kind::LoseReply, rate)
    }

    /// So much takes that much longer.
    pub fn delay(self, rate: f64, milliseconds: u64) -> Self {
        Self { milliseconds, ..self.with(Kind::Delay, rate) }
    }

    fn with(mut self, kind: Kind, rate: f64) -> Self {
        self.rates.insert(kind, rate);
        self
    }
}

impl Emulator {
    /// Orders a fault.
    pub fn order(&self, fault: &Fault) {
        self.control("POST", "faults", &serde_json::to_value(fault).unwrap());
    }

    /// Leaves the faults of an access key's calls to chance from now on.
    pub fn leave_to_chance(&self, chances: &Chances) {
        self.control("POST", "chances", &serde_json::to_value(chances).unwrap());
    }

    /// Holds an access key to AWS's own limits from now on, its buckets full.
    pub fn keep_buckets(&self, access_key: &str) {
        self.control("POST", "buckets", &json!({"access_key": access_key}));
    }

    /// Shows an access key, for so long after each write of a route, what was there before it.
    pub fn lag_reads(&self, access_key: &str, milliseconds: u64) {
        self.control("POST", "stale_reads", &json!({"access_key": access_key, "milliseconds": milliseconds}));
    }

    /// The numbers of the access key's calls that are being held.
    pub fn held(&self, access_key: &str) -> Vec<u64> {
        let answer = self.control("GET", &format!("held?access_key={access_key}"), &Value::Null);
        serde_json::from_value(answer["held"].clone()).unwrap()
    }

    /// Lets go of the access key's calls that are being held.
    pub fn release(&self, access_key: &str) {
        self.control("POST", "release", &json!({"access_key": access_key}));
    }

    /// Ends whatever was ordered for an access key.
    pub fn calm(&self, access_key: &str) {
        self.control("POST", "calm", &json!({"access_key": access_key}));
    }
}
