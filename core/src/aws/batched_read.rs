//! A read of many objects in one call, where asks that come in while one call is out share the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Moment};

/// Reads of objects by key, several keys in one call. What arrived is good for a while. One call is out at a time;
/// the keys asked for meanwhile are gathered and fetched together, so that a thousand askers of two keys each make
/// far fewer than a thousand calls.
///
/// Errors are not kept, and they reach only the asker whose call failed: the others then fetch their own keys.
pub struct BatchedRead<K, V> {
    clock: Arc<dyn Clock>,
    ttl: Duration,
    /// The most keys that one call takes.
    size: usize,
    line: tokio::sync::Mutex<()>,
    board: Mutex<Board<K, V>>,
}

/// What has arrived, and what is wanted.
struct Board<K, V> {
    arrived: BTreeMap<K, (V, Moment)>,
    wanted: BTreeSet<K>,
    /// Counts the forgetting: a call that was out at the time may hold what it was to forget.
    forgotten: u64,
}

impl<K: Ord + Clone, V: Clone> BatchedRead<K, V> {
    /// Nothing read yet; at most `size` keys go into a call, and each value will be good for `ttl` on `clock`.
    pub fn new(clock: Arc<dyn Clock>, ttl: Duration, size: usize) -> Self {
        let board = Board { arrived: BTreeMap::new(), wanted: BTreeSet::new(), forgotten: 0 };
        Self { clock, ttl, size: size.max(1), line: tokio::sync::Mutex::new(()), board: Mutex::new(board) }
    }

    /// The values of `keys`. `read` is called with at most as many keys as fit, as often as needed, and answers with
    /// a value for every key that it was given.
    ///
    /// # Errors
    ///
    /// The first one of `read`, with a call that carried one of these keys.
    pub async fn get<E, F, Fut>(&self, keys: &BTreeSet<K>, mut read: F) -> Result<BTreeMap<K, V>, E>
    where
        F: FnMut(Vec<K>) -> Fut,
        Fut: Future<Output = Result<BTreeMap<K, V>, E>>,
    {
        let mut mine = BTreeMap::new();
        if self.missing(keys, &mut mine).is_empty() {
            return Ok(mine);
        }
        let _line = self.line.lock().await;
        let mut alone = false;
        loop {
            let missing = self.missing(keys, &mut mine);
            if missing.is_empty() {
                return Ok(mine);
            }
            let (batch, forgotten) = self.batch(missing, alone);
            let values = match read(batch.clone()).await {
                Ok(values) => values,
                // It may be another's key that AWS does not like.
                Err(_) if batch.iter().any(|key| !keys.contains(key)) => {
                    alone = true;
                    continue;
                }
                Err(error) => return Err(error),
            };
            mine.extend(
                values.iter().filter(|(key, _)| keys.contains(key)).map(|(key, value)| (key.clone(), value.clone())),
            );
            let complete = batch.iter().all(|key| values.contains_key(key));
            self.arrive(values, forgotten);
            if !complete {
                // A reader that leaves keys out would be asked for them for ever.
                return Ok(mine);
            }
        }
    }

    /// Makes later asks for `keys` read afresh.
    pub fn forget<'a>(&self, keys: impl IntoIterator<Item = &'a K>)
    where
        K: 'a,
    {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.forgotten += 1;
        for key in keys {
            board.arrived.remove(key);
        }
    }

    /// Moves what is good into `mine`, and notes and returns the rest.
    fn missing(&self, keys: &BTreeSet<K>, mine: &mut BTreeMap<K, V>) -> BTreeSet<K> {
        let now = self.clock.now();
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let ttl = self.ttl;
        board.arrived.retain(|_, (_, landed)| now.since(*landed) < ttl);
        for key in keys {
            if mine.contains_key(key) {
                continue;
            }
            match board.arrived.get(key) {
                Some((value, _)) => {
                    mine.insert(key.clone(), value.clone());
                }
                None => {
                    board.wanted.insert(key.clone());
                }
            }
        }
        keys.iter().filter(|key| !mine.contains_key(*key)).cloned().collect()
    }

    /// The keys of the next call: one's own first, then, unless `alone`, what others wait for.
    fn batch(&self, missing: BTreeSet<K>, alone: bool) -> (Vec<K>, u64) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let other = |key: &&K| !alone && !missing.contains(*key);
        let others: Vec<K> = board.wanted.iter().filter(other).cloned().collect();
        let batch: Vec<K> = missing.into_iter().chain(others).take(self.size).collect();
        for key in &batch {
            board.wanted.remove(key);
        }
        (batch, board.forgotten)
    }

    fn arrive(&self, values: BTreeMap<K, V>, forgotten: u64) {
        let now = self.clock.now();
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        if board.forgotten == forgotten {
            board.arrived.extend(values.into_iter().map(|(key, value)| (key, (value, now))));
        }
    }
}

impl<K, V> fmt::Debug for BatchedRead<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchedRead").field("ttl", &self.ttl).field("size", &self.size).finish_non_exhaustive()
    }
}
