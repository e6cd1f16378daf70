//! Time: now and sleep, together. The only file of this crate that asks the system for either, so that a
//! ten-minute bake takes no time in a test.
//!
//! ```
//! use std::time::Duration;
//!
//! use eksmig_core::clock::{Clock, SteppedClock};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let clock = SteppedClock::new();
//! clock.sleep(Duration::from_secs(600)).await;
//! assert_eq!(clock.passed(), Duration::from_secs(600));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// A point on a clock that never goes backwards: the time since that clock was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Duration);

impl Moment {
    /// The moment that lies `since_start` after the clock was made.
    pub fn at(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// The time from `earlier` to this moment; zero if `earlier` lies later.
    pub fn since(self, earlier: Moment) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, later: Duration) -> Moment {
        Moment(self.0.saturating_add(later))
    }
}

/// Where the engine, the gates and the call budget get their time from.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current moment, for measuring.
    fn now(&self) -> Moment;

    /// The time of day, for asking a service about a window of it.
    fn wall(&self) -> SystemTime;

    /// Returns when `length` has passed.
    async fn sleep(&self, length: Duration);
}

/// A time of day in UTC, to the second and never too early, for it says until when to wait: `2026-01-31T23:59:59Z`
/// (RFC 3339).
pub fn utc(time: SystemTime) -> String {
    let passed = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = passed.as_secs() + u64::from(passed.subsec_nanos() > 0);
    let time = aws_smithy_types::DateTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    time.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default()
}

/// When something happened, in UTC and to the millisecond: `2026-01-31T23:59:58.123Z` (RFC 3339).
pub fn stamp(time: SystemTime) -> String {
    let passed = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = aws_smithy_types::DateTime::from_secs(i64::try_from(passed.as_secs()).unwrap_or(i64::MAX));
    let text = seconds.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default();
    format!("{}.{:03}Z", text.trim_end_matches('Z'), passed.subsec_millis())
}

/// The time that a [`stamp()`] stands for; none where it stands for none after 1970.
pub fn stamped(text: &str) -> Option<SystemTime> {
    let time = aws_smithy_types::DateTime::from_str(text, aws_smithy_types::date_time::Format::DateTime).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(time.to_millis().ok()?).ok()?))
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// A clock that starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment(self.start.elapsed())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    async fn sleep(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }
}

/// How many turns a stepped clock gives others before it moves: more than any chain of ready futures in a test.
const TURNS: usize = 32;

/// A clock for tests: a sleep moves it forward once everything else that is ready had its turn, so that time passes
/// only where all wait, and takes none.
#[derive(Debug, Default)]
pub struct SteppedClock {
    passed: std::sync::Mutex<Duration>,
}

impl SteppedClock {
    /// A clock at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time slept away so far.
    pub fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Moves the clock forward.
    pub fn advance(&self, length: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *passed = passed.saturating_add(length);
    }
}

#[async_trait]
impl Clock for SteppedClock {
    fn now(&self) -> Moment {
        Moment(self.passed())
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.passed()
    }

    async fn sleep(&self, length: Duration) {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        self.advance(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_counts_as_a_whole_one() {
        let at = |milliseconds| utc(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds));
        assert_eq!(at(59_000), "1970-01-01T00:00:59Z");
        assert_eq!(at(59_001), "1970-01-01T00:01:00Z");
    }

    #[test]
    fn a_stamp_is_read_back() {
        for (milliseconds, text) in [(0, "1970-01-01T00:00:00.000Z"), (1_769_903_998_050, "2026-01-31T23:59:58.050Z")] {
            let time = SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
            assert_eq!(stamp(time), text);
            assert_eq!(stamped(text), Some(time));
        }
        assert_eq!(stamped("yesterday"), None);
        assert_eq!(stamped("1969-12-31T23:59:59.000Z"), None);
    }
}
