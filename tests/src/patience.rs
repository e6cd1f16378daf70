//! Waiting for a condition, never for a length of time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The pause between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(20);

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

/// A watch for promises of so many seconds. It leaves out what the machine itself lost: time in which a thread that
/// wanted to run did not, for others had the processors.
#[derive(Debug)]
pub struct FairWatch {
    watch: Watch,
    lost: Arc<AtomicU64>,
    running: Arc<AtomicBool>,
}

impl FairWatch {
    /// A watch that starts now.
    pub fn start() -> Self {
        let (lost, running) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(true)));
        let (lost_there, running_there) = (Arc::clone(&lost), Arc::clone(&running));
        std::thread::spawn(move || {
            while running_there.load(Ordering::SeqCst) {
                let watch = Watch::start();
                breathe();
                let late = watch.passed().saturating_sub(PAUSE);
                lost_there.fetch_add(late.as_micros().try_into().unwrap(), Ordering::SeqCst);
            }
        });
        Self { watch: Watch::start(), lost, running }
    }

    /// Panics if more than `limit` has passed.
    #[track_caller]
    pub fn assert_within(&self, limit: Duration, what: &str) {
        let (passed, lost) = (self.watch.passed(), Duration::from_micros(self.lost.load(Ordering::SeqCst)));
        assert!(passed.saturating_sub(lost) < limit, "{what}: took {passed:?}, {lost:?} of which the machine lost");
    }
}

impl Drop for FairWatch {
    fn drop(&mut self) {
        self.running.store(false, Ordering::SeqCst);
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
    std::thread::sleep(PAUSE);
}
