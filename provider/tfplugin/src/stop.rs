//! How running work hears that it should end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The token of the calls that run now. Terraform may go on asking after a stop, so later calls get a fresh one.
#[derive(Debug, Default)]
pub(crate) struct Stop(Mutex<CancellationToken>);

impl Stop {
    /// For a call that begins now.
    pub(crate) fn token(&self) -> CancellationToken {
        self.current().child_token()
    }

    /// Tells every call that has begun.
    pub(crate) fn stop(&self) {
        let running = std::mem::take(&mut *self.current());
        running.cancel();
    }

    fn current(&self) -> MutexGuard<'_, CancellationToken> {
        // A token is sound whatever its holder was doing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_running_calls_and_not_later_ones() {
        let stop = Stop::default();
        let running = stop.token();
        stop.stop();
        assert!(running.is_cancelled());
        let later = stop.token();
        assert!(!later.is_cancelled());
        stop.stop();
        assert!(later.is_cancelled());
    }
}
