//! Whether the side that gets no new traffic any more is left by the traffic it had, so that it can be deleted.
//!
//! [`IdleSide`] says what that side is, [`WatchedSide`] looks at it, and [`wait()`] waits; it moves nothing.
//!
//! Two things have to be true. CloudWatch counted nothing for it in whole minutes since its weight went to zero; and
//! what may bring a client back without being counted meanwhile is over: sticky sessions, idle connections, a
//! deregistration delay. What CloudWatch does not tell is not zero.

mod cloudwatch;
mod evidence;
mod holds;
mod judge;
mod place;
mod side;
mod wait;

use std::time::Duration;

pub use evidence::{Hold, Look, Seen, Untold};
pub use judge::Remains;
pub use side::{IdleSide, WatchedSide};
pub use wait::{Limits, Undrained, Watch, Why, wait};

/// How late CloudWatch may publish a minute: nothing younger tells that there was nothing. (Elastic Load Balancing
/// publishes once a minute; one or two minutes pass until all of it can be read.)
pub const LAG: Duration = Duration::from_secs(120);

/// What is asked of a side before it counts as drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For how long CloudWatch must have counted nothing: whole minutes, at least one.
    pub window: Duration,
    /// How long to wait for it.
    pub timeout: Duration,
}

impl Wait {
    /// The least time from a side's last request until it can count as drained.
    pub fn least(&self) -> Duration {
        self.window.saturating_add(LAG)
    }
}
