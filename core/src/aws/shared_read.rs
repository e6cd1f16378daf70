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
pub struct SharedRead<K, V, E> {
    clock: Arc<dyn Clock>,
    ttl: Duration,
    flights: Mutex<HashMap<K, Arc<Flight<V, E>>>>,
}

impl<K: Hash + Eq + Clone, V: Clone, E: Clone> SharedRead<K, V, E> {
    /// Nothing read yet; each value will be good for `ttl` on `clock`.
    pub fn new(clock: Arc<dyn Clock>, ttl: Duration) -> Self {
        Self { clock, ttl, flights: Mutex::default() }
    }

    /// The value of `key`: one that arrived less than the time to live ago, the one on its way, or else the outcome
    /// of `read`, which then serves those who ask meanwhile.
    ///
    /// # Errors
    ///
    /// Those of the read, of this ask or of the one that it joined.
    pub async fn get<F, Fut>(&self, key: K, read: F) -> Result<V, E>
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
        if outcome.is_err() {
            self.drop_flight(&key, &flight);
        }
        let (outcome, _) = flight.landed.get_or_init(|| (outcome, self.clock.now()));
        outcome.clone()
    }

    /// Makes later asks for `key` read afresh; a read that is under way still serves those who asked before.
    pub fn forget(&self, key: &K) {
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
            Some((Err(_), _)) => false,
        }
    }

    /// Forgets this flight, but not one that has taken its place.
    fn drop_flight(&self, key: &K, flight: &Arc<Flight<V, E>>) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if flights.get(key).is_some_and(|current| Arc::ptr_eq(current, flight)) {
            flights.remove(key);
        }
    }
}

impl<K, V, E> fmt::Debug for SharedRead<K, V, E> {
    // The values may hold what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRead").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
