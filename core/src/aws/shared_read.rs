//! A read that many ask for and one makes.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Moment};

/// One read, under way or done.
struct Flight<V, E> {
    /// Whoever holds it makes the read; the others wait for it. If the holder is dropped, the next in line reads.
    lead: tokio::sync::Mutex<()>,
    landed: OnceLock<(Result<V, E>, Moment)>,
}

impl<V, E> Flight<V, E> {
    fn new() -> Self {
        Self { lead: tokio::sync::Mutex::new(()), landed: OnceLock::new() }
    }
}

/// Reads by key, where concurrent asks for one key join one call, and a value is good for a while after it arrived.
///
/// Errors are not kept: whoever joined the read gets its error, whoever asks later reads again.
pub(crate) struct SharedRead<K, V, E> {
    clock: Arc<dyn Clock>,
    ttl: Duration,
    flights: Mutex<HashMap<K, Arc<Flight<V, E>>>>,
}

impl<K: Hash + Eq + Clone, V: Clone, E: Clone> SharedRead<K, V, E> {
    /// Nothing read yet; each value will be good for `ttl` on `clock`.
    pub(crate) fn new(clock: Arc<dyn Clock>, ttl: Duration) -> Self {
        Self { clock, ttl, flights: Mutex::default() }
    }

    /// The value of `key`: one that arrived less than the time to live ago, the one on its way, or else the outcome
    /// of `read`, which then serves those who ask meanwhile.
    ///
    /// # Errors
    ///
    /// Those of the read, of this ask or of the one that it joined.
    pub(crate) async fn get<F, Fut>(&self, key: K, read: F) -> Result<V, E>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let flight = self.board(&key);
        let _lead = flight.lead.lock().await;
        if let Some((outcome, _)) = flight.landed.get() {
            return outcome.clone();
        }
        let outcome = read().await;
        let (outcome, _) = flight.landed.get_or_init(|| (outcome, self.clock.now()));
        outcome.clone()
    }

    /// Makes later asks for `key` read afresh; a read that is under way still serves those who asked before.
    pub(crate) fn forget(&self, key: &K) {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// The flight that an ask made now may join.
    fn board(&self, key: &K) -> Arc<Flight<V, E>> {
        let now = self.clock.now();
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key)
            && self.good(flight, now)
        {
            return Arc::clone(flight);
        }
        flights.retain(|_, flight| self.good(flight, now));
        let flight = Arc::new(Flight::new());
        flights.insert(key.clone(), Arc::clone(&flight));
        flight
    }

    fn good(&self, flight: &Flight<V, E>, now: Moment) -> bool {
        match flight.landed.get() {
            None => true,
            Some((Ok(_), landed)) => now.since(*landed) < self.ttl,
            // Whoever asks from now on tries again.
            Some((Err(_), _)) => false,
        }
    }
}

impl<K, V, E> fmt::Debug for SharedRead<K, V, E> {
    // The values may hold what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRead").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;
    use crate::clock::SteppedClock;

    const TTL: Duration = Duration::from_secs(15);

    fn shared() -> (Arc<SteppedClock>, Arc<SharedRead<&'static str, usize, String>>) {
        let clock = Arc::new(SteppedClock::new());
        (Arc::clone(&clock), Arc::new(SharedRead::new(clock, TTL)))
    }

    #[tokio::test]
    async fn many_asks_make_one_call() {
        let (_clock, shared) = shared();
        let calls = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let (shared, calls) = (Arc::clone(&shared), Arc::clone(&calls));
            tasks.spawn(async move {
                let read = async || {
                    tokio::task::yield_now().await;
                    Ok(calls.fetch_add(1, Ordering::SeqCst))
                };
                shared.get("key", read).await
            });
        }
        assert!(tasks.join_all().await.into_iter().all(|value| value == Ok(0)));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(shared.get("other", async || Ok(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn a_value_is_good_until_its_time_is_over() {
        let (clock, shared) = shared();
        assert_eq!(shared.get("key", async || Ok(1)).await, Ok(1));
        clock.advance(TTL - Duration::from_millis(1));
        assert_eq!(shared.get("key", async || Ok(2)).await, Ok(1));
        clock.advance(Duration::from_millis(1));
        assert_eq!(shared.get("key", async || Ok(3)).await, Ok(3));
    }

    #[tokio::test]
    async fn what_is_forgotten_is_read_again() {
        let (_clock, shared) = shared();
        assert_eq!(shared.get("key", async || Ok(1)).await, Ok(1));
        assert_eq!(shared.get("other", async || Ok(1)).await, Ok(1));
        shared.forget(&"key");
        assert_eq!(shared.get("key", async || Ok(2)).await, Ok(2));
        assert_eq!(shared.get("other", async || Ok(2)).await, Ok(1));
    }

    #[tokio::test]
    async fn a_read_under_way_when_forgotten_does_not_serve_later_asks() {
        let (_clock, shared) = shared();
        let land = Arc::new(Notify::new());
        let early = tokio::spawn({
            let (shared, land) = (Arc::clone(&shared), Arc::clone(&land));
            async move {
                let read = async || {
                    land.notified().await;
                    Ok(1)
                };
                shared.get("key", read).await
            }
        });
        tokio::task::yield_now().await;
        shared.forget(&"key");
        assert_eq!(shared.get("key", async || Ok(2)).await, Ok(2));
        land.notify_one();
        assert_eq!(early.await.unwrap(), Ok(1));
        assert_eq!(shared.get("key", async || Ok(3)).await, Ok(2), "the old read must not replace the new one");
    }

    #[tokio::test]
    async fn an_error_reaches_those_who_joined_and_is_not_kept() {
        let (_clock, shared) = shared();
        let calls = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (shared, calls) = (Arc::clone(&shared), Arc::clone(&calls));
            tasks.spawn(async move {
                let read = async || {
                    calls.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Err("no".to_owned())
                };
                shared.get("key", read).await
            });
        }
        assert!(tasks.join_all().await.into_iter().all(|value| value == Err("no".to_owned())));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(shared.get("key", async || Ok(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn when_the_reader_is_dropped_the_next_in_line_reads() {
        let (_clock, shared) = shared();
        let lead = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move { shared.get("key", std::future::pending::<Result<usize, String>>).await }
        });
        tokio::task::yield_now().await;
        let next = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move { shared.get("key", async || Ok(2)).await }
        });
        tokio::task::yield_now().await;
        lead.abort();
        assert_eq!(next.await.unwrap(), Ok(2));
        assert_eq!(shared.get("key", async || Ok(3)).await, Ok(2));
    }
}
