//! Faults to order from the server, and requests that are held.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::log::Entry;
use super::refusal::Refusal;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 429, to be asked again after so many seconds; the request is not done.
    TooMany(u32),
    /// 500; not done.
    Internal,
    /// 503; not done.
    Unavailable,
    /// 410; not done.
    Expired,
    /// 409 as if somebody else had written meanwhile; not done.
    Conflict,
    /// The connection is reset; not done.
    Reset,
    /// It is done, and its answer never arrives.
    LoseReply,
    /// It is held before it is done. If its client goes, it never is.
    HoldBefore,
    /// It is done, and its answer held.
    HoldAfter,
}

impl Kind {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooMany(_) => "too_many",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Expired => "expired",
            Self::Conflict => "conflict",
            Self::Reset => "reset",
            Self::LoseReply => "lose_reply",
            Self::HoldBefore => "hold_before",
            Self::HoldAfter => "hold_after",
        }
    }

    /// The refusal that it is, if it is one.
    pub fn refusal(self) -> Option<Box<Refusal>> {
        let text = "the server is currently unable to handle the request";
        Some(match self {
            Self::TooMany(seconds) => {
                let why = "too many requests, please try again later";
                let refusal = Refusal::new(429, "TooManyRequests", why);
                if seconds > 0 { refusal.after(seconds) } else { refusal }
            }
            Self::Internal => {
                Refusal::new(500, "InternalError", "Internal error occurred: etcdserver: request timed out")
            }
            Self::Unavailable => Refusal::new(503, "ServiceUnavailable", text),
            Self::Expired => Refusal::expired("the version asked for is too old"),
            Self::Conflict => Refusal::new(
                409,
                "Conflict",
                "the object has been modified; please apply your changes to \
                the latest version and try again",
            ),
            Self::Reset | Self::LoseReply | Self::HoldBefore | Self::HoldAfter => return None,
        })
    }
}

/// A fault for requests of one kind; unless narrowed, for the next one that writes.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: Kind,
    verb: String,
    resource: String,
    agent: String,
    reads: bool,
    after: u32,
    count: u32,
}

impl Fault {
    /// A fault for the next request that writes.
    pub fn new(kind: Kind) -> Self {
        let any = String::new;
        Self { kind, verb: any(), resource: any(), agent: any(), reads: false, after: 0, count: 1 }
    }

    /// Only for a verb on a resource, `patch` on `nodes` or `create` on `pods/eviction`; also if it only reads.
    pub fn on(self, verb: &str, resource: &str) -> Self {
        Self { verb: verb.to_owned(), resource: resource.to_owned(), reads: true, ..self }
    }

    /// Only for clients whose user agent begins so.
    pub fn by(self, agent: &str) -> Self {
        Self { agent: agent.to_owned(), ..self }
    }

    /// Also for requests that only read.
    pub fn reads_too(self) -> Self {
        Self { reads: true, ..self }
    }

    /// Lets so many requests through first.
    pub fn after(self, requests: u32) -> Self {
        Self { after: requests, ..self }
    }

    /// Hits so many requests, rather than one.
    pub fn times(self, requests: u32) -> Self {
        Self { count: requests, ..self }
    }

    fn meets(&self, entry: &Entry) -> bool {
        let is = |wanted: &str, there: &str| wanted.is_empty() || wanted == there;
        (self.reads || entry.writes())
            && is(&self.verb, &entry.verb)
            && is(&self.resource, &entry.resource)
            && entry.agent.starts_with(&self.agent)
    }
}

/// Faults that hit requests that write by chance. With the same seed, the n-th such request always meets the same fate.
#[derive(Debug, Clone)]
pub struct Chances {
    /// The seed.
    pub seed: u64,
    /// What happens, and to which part of the requests, between 0 and 1.
    pub rates: Vec<(Kind, f64)>,
    /// Only for clients whose user agent begins so.
    pub agent: String,
}

/// The faults that were ordered.
#[derive(Debug, Default)]
pub struct Faults {
    orders: Mutex<Vec<Fault>>,
    chances: Mutex<Option<(Chances, u64)>>,
}

impl Faults {
    /// Orders a fault.
    pub fn order(&self, fault: Fault) {
        self.orders.lock().unwrap().push(fault);
    }

    /// Leaves faults to chance from now on.
    pub fn leave_to_chance(&self, chances: Chances) {
        *self.chances.lock().unwrap() = Some((chances, 0));
    }

    /// Ends whatever was ordered.
    pub fn calm(&self) {
        self.orders.lock().unwrap().clear();
        *self.chances.lock().unwrap() = None;
    }

    /// The fault that hits a request, if any.
    pub fn strike(&self, entry: &Entry) -> Option<Kind> {
        let mut struck = None;
        let mut orders = self.orders.lock().unwrap();
        for fault in orders.iter_mut().filter(|fault| fault.meets(entry)) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if struck.is_none() && fault.count > 0 {
                fault.count -= 1;
                struck = Some(fault.kind);
            }
        }
        orders.retain(|fault| fault.count > 0);
        struck.or_else(|| self.chance(entry))
    }

    fn chance(&self, entry: &Entry) -> Option<Kind> {
        let mut chances = self.chances.lock().unwrap();
        let (chances, count) = chances.as_mut().filter(|_| entry.writes())?;
        if !entry.agent.starts_with(&chances.agent) {
            return None;
        }
        *count += 1;
        let mut drawn = fastrand::Rng::with_seed(chances.seed ^ count.wrapping_mul(0x9E37_79B9_7F4A_7C15)).f64();
        chances.rates.iter().find_map(|(kind, rate)| {
            drawn -= rate;
            (drawn < 0.0).then_some(*kind)
        })
    }
}

/// What goes wrong for the requests to one API, or to several. Copies are of the same.
#[derive(Debug, Clone, Default)]
pub struct Trouble {
    /// The faults that were ordered.
    pub faults: Arc<Faults>,
    /// The requests that are being held.
    pub holds: Holds,
}

/// Requests that are being held, by number. Copies are of the same.
#[derive(Debug, Clone)]
pub struct Holds {
    held: Arc<Mutex<BTreeSet<u64>>>,
    released: watch::Sender<u64>,
}

impl Default for Holds {
    fn default() -> Self {
        Self { held: Arc::default(), released: watch::Sender::new(0) }
    }
}

impl Holds {
    /// Those that are held.
    pub fn held(&self) -> Vec<u64> {
        self.held.lock().unwrap().iter().copied().collect()
    }

    /// Lets go of all of them.
    pub fn release(&self) {
        self.released.send_modify(|times| *times += 1);
    }

    /// Holds a request until it is released, or until its client goes and this future with it.
    pub async fn hold(&self, number: u64) {
        let mut released = self.released.subscribe();
        self.held.lock().unwrap().insert(number);
        let _held = Held { holds: self, number };
        // The sender lives in `self`, so there is no error to come.
        let _ = released.changed().await;
    }
}

struct Held<'a> {
    holds: &'a Holds,
    number: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.holds.held.lock().unwrap().remove(&self.number);
    }
}
