//! Waiting for a condition, never for a length of time.

use std::time::{Duration, Instant};

/// A watch that runs from its making.
#[derive(Debug, Clone, Copy)]
pub struct Watch(Instant);

impl Watch {
    /// A watch that starts now.
    #[expect(clippy::disallowed_methods, reason = "tests of a real process run on real time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn passed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Asks `probe` until it has an answer, and gives up with a panic that names `what` once `limit` has passed.
#[track_caller]
pub fn until<T>(limit: Duration, what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(limit, probe).unwrap_or_else(|| panic!("no {what} within {limit:?}"))
}

/// Asks `probe` until it has an answer or `limit` has passed.
pub fn within<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let watch = Watch::start();
    loop {
        if let Some(found) = probe() {
            return Some(found);
        }
        if watch.passed() >= limit {
            return None;
        }
        breathe();
    }
}

/// Lets a little time go by between two looks at a condition.
#[expect(clippy::disallowed_methods, reason = "the one pause, between two looks at a condition")]
fn breathe() {
    std::thread::sleep(Duration::from_millis(20));
}
