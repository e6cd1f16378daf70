//! Waiting until a side is drained: looks, judges, and looks again, until the time is over or it is told to stop.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::Wait;
use super::evidence::Look;
use super::judge::{Remains, judge};
use crate::clock::Clock;

/// Between two looks. The counts change once a minute.
const POLL: Duration = Duration::from_secs(15);
/// How long one look may take.
const ANSWER: Duration = Duration::from_secs(60);

/// Looks at a side.
#[async_trait]
pub trait Watch: Send + Sync {
    /// What is counted from `from` on, and what may bring clients back.
    async fn look(&self, from: SystemTime) -> Look;
}

/// What ends a wait besides its own timeout.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Ends it where it is.
    pub stop: CancellationToken,
    /// What is left of the time for the whole operation.
    pub left: Duration,
}

/// Why a wait ended without the side being drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was stopped.
    Stopped,
    /// The time was over.
    OutOfTime,
    /// What could not be told, no waiting tells.
    Hopeless,
}

/// A side that was not seen drained. Traffic stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undrained {
    /// Why the wait ended.
    pub why: Why,
    /// How long it was.
    pub waited: Duration,
    /// What remained when it was looked at last; none where it was not.
    pub remains: Option<Remains>,
}

/// Waits until a side is drained whose weight went to zero at `since`, and says when it was seen.
///
/// # Errors
///
/// [`Undrained`], with what remains.
pub async fn wait(watch: &dyn Watch, wait: &Wait, since: SystemTime, limits: &Limits) -> Result<SystemTime, Undrained> {
    let began = limits.clock.now();
    let limit = wait.timeout.min(limits.left);
    let mut remains: Option<Remains> = None;
    loop {
        let now = limits.clock.wall();
        // What was counted shortly before says whether anything is counted there at all.
        let from = since.min(now.checked_sub(wait.least()).unwrap_or(now));
        let look = tokio::select! {
            biased;
            () = limits.stop.cancelled() => None,
            look = watch.look(from) => Some(look),
            () = limits.clock.sleep(ANSWER) => Some(Look { untold: vec![no_answer()], ..Look::default() }),
        };
        let waited = limits.clock.now().since(began);
        let Some(look) = look else { return Err(Undrained { why: Why::Stopped, waited, remains }) };
        let now = limits.clock.wall();
        let found = judge(&look, since, now, wait.window);
        if found.is_nothing() {
            tracing::info!(waited_seconds = waited.as_secs(), "drained");
            return Ok(now);
        }
        if remains.as_ref() != Some(&found) {
            tracing::info!(waited_seconds = waited.as_secs(), "waiting for the drain: {found}");
        }
        let hopeless = found.is_hopeless();
        remains = Some(found);
        if hopeless || waited >= limit {
            let why = if hopeless { Why::Hopeless } else { Why::OutOfTime };
            return Err(Undrained { why, waited, remains });
        }
        tokio::select! {
            biased;
            () = limits.stop.cancelled() => return Err(Undrained { why: Why::Stopped, waited, remains }),
            () = limits.clock.sleep(POLL.min(limit.saturating_sub(waited))) => {}
        }
    }
}

fn no_answer() -> super::Untold {
    super::Untold { why: format!("AWS gave no answer within {} s", ANSWER.as_secs()), later: true }
}

#[cfg(test)]
mod tests;
