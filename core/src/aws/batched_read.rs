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
pub(crate) struct BatchedRead<K, V> {
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
    pub(crate) fn new(clock: Arc<dyn Clock>, ttl: Duration, size: usize) -> Self {
        let board = Board { arrived: BTreeMap::new(), wanted: BTreeSet::new(), forgotten: 0 };
        Self { clock, ttl, size: size.max(1), line: tokio::sync::Mutex::new(()), board: Mutex::new(board) }
    }

    /// The values of `keys`. `read` is called with at most as many keys as fit, as often as needed, and answers with
    /// a value for every key that it was given.
    ///
    /// # Errors
    ///
    /// The first one of `read`, with a call that carried one of these keys.
    pub(crate) async fn get<E, F, Fut>(&self, keys: &BTreeSet<K>, mut read: F) -> Result<BTreeMap<K, V>, E>
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

    /// Makes later asks for any key read afresh.
    pub(crate) fn forget_all(&self) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.forgotten += 1;
        board.arrived.clear();
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

#[cfg(test)]
mod tests {
    use tokio::sync::Notify;

    use super::*;
    use crate::clock::SteppedClock;

    const TTL: Duration = Duration::from_secs(15);

    type Calls = Arc<Mutex<Vec<Vec<u32>>>>;

    fn batched(size: usize) -> (Arc<SteppedClock>, Arc<BatchedRead<u32, u32>>, Calls) {
        let clock = Arc::new(SteppedClock::new());
        (Arc::clone(&clock), Arc::new(BatchedRead::new(clock, TTL, size)), Calls::default())
    }

    async fn ask(batched: &BatchedRead<u32, u32>, calls: &Calls, keys: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let keys: BTreeSet<u32> = keys.into_iter().collect();
        let read = async |keys: Vec<u32>| {
            calls.lock().unwrap().push(keys.clone());
            tokio::task::yield_now().await;
            Ok::<_, String>(keys.into_iter().map(|key| (key, key * 10)).collect())
        };
        batched.get(&keys, read).await.unwrap().into_values().collect()
    }

    #[tokio::test]
    async fn keys_asked_for_meanwhile_share_the_next_call() {
        let (_clock, batched, calls) = batched(20);
        let mut tasks = tokio::task::JoinSet::new();
        for index in 0..10 {
            let (batched, calls) = (Arc::clone(&batched), Arc::clone(&calls));
            tasks.spawn(async move {
                let values = ask(&batched, &calls, [index, index + 100]).await;
                assert_eq!(values, [index * 10, (index + 100) * 10]);
            });
        }
        tasks.join_all().await;
        assert_eq!(calls.lock().unwrap().len(), 2, "{calls:?}");
    }

    #[tokio::test]
    async fn a_call_takes_no_more_keys_than_fit() {
        let (_clock, batched, calls) = batched(20);
        assert_eq!(ask(&batched, &calls, 0..45).await.len(), 45);
        let sizes: Vec<usize> = calls.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(sizes, [20, 20, 5]);
    }

    #[tokio::test]
    async fn values_are_kept_until_their_time_is_over_or_they_are_forgotten() {
        let (clock, batched, calls) = batched(20);
        ask(&batched, &calls, [1, 2]).await;
        clock.advance(TTL - Duration::from_millis(1));
        ask(&batched, &calls, [1, 2]).await;
        assert_eq!(calls.lock().unwrap().len(), 1);
        batched.forget_all();
        ask(&batched, &calls, [1, 2]).await;
        assert_eq!(calls.lock().unwrap().len(), 2);
        clock.advance(TTL);
        ask(&batched, &calls, [1, 2]).await;
        assert_eq!(calls.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn a_call_under_way_when_forgotten_is_not_kept() {
        let (_clock, batched, calls) = batched(20);
        let land = Arc::new(Notify::new());
        let early = tokio::spawn({
            let (batched, land) = (Arc::clone(&batched), Arc::clone(&land));
            async move {
                let read = async |_: Vec<u32>| {
                    land.notified().await;
                    Ok::<_, String>(BTreeMap::from([(1, 1)]))
                };
                batched.get(&BTreeSet::from([1]), read).await
            }
        });
        tokio::task::yield_now().await;
        batched.forget_all();
        land.notify_one();
        assert_eq!(early.await.unwrap().unwrap(), BTreeMap::from([(1, 1)]));
        assert_eq!(ask(&batched, &calls, [1]).await, [10]);
    }

    #[tokio::test]
    async fn a_key_that_fails_hurts_only_who_asked_for_it() {
        let (_clock, batched, _calls) = batched(20);
        let read = async |keys: Vec<u32>| {
            tokio::task::yield_now().await;
            if keys.contains(&13) {
                return Err("unlucky".to_owned());
            }
            Ok(keys.into_iter().map(|key| (key, key)).collect())
        };
        let (first, second, third) = (BTreeSet::from([1]), BTreeSet::from([13]), BTreeSet::from([2]));
        let (first, second, third) =
            tokio::join!(batched.get(&first, read), batched.get(&second, read), batched.get(&third, read));
        assert_eq!(first.unwrap(), BTreeMap::from([(1, 1)]));
        assert_eq!(second.unwrap_err(), "unlucky");
        assert_eq!(third.unwrap(), BTreeMap::from([(2, 2)]));
    }

    #[tokio::test]
    async fn a_reader_that_leaves_a_key_out_is_not_asked_for_ever() {
        let (_clock, batched, _calls) = batched(20);
        let read = async |_: Vec<u32>| Ok::<_, String>(BTreeMap::new());
        assert!(batched.get(&BTreeSet::from([1]), read).await.unwrap().is_empty());
    }
}
