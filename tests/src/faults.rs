//! Faults to order from the emulator.

use serde::Serialize;

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

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Throttle,
    Unavailable,
    Reset,
    Delay,
    LoseReply,
}

impl Fault {
    /// AWS refuses for being asked too often: HTTP 400, code `Throttling`.
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
