//! A read of the present, where asks that wait for the budget together share one call.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Reads of objects by key, as they are now: an answer always comes from a call that began after the ask. Nothing is
/// kept. When the budget has room for a call, it carries the keys of everyone who waits, as many as fit; so the more is
/// asked, the more a call carries.
pub(crate) struct GatheredRead<K, V, E> {
    /// The most keys that one call takes.
    size: usize,
    waiting: Mutex<Vec<Ticket<K, V, E>>>,
    numbers: AtomicU64,
}

/// What one asker waits for.
struct Ticket<K, V, E> {
    number: u64,
    keys: BTreeSet<K>,
    answer: oneshot::Sender<Answer<K, V, E>>,
}

enum Answer<K, V, E> {
    /// The call's answer.
    Come(Result<BTreeMap<K, V>, E>),
    /// The call failed, and it may be another's key that the service does not like.
    AskAlone,
}

impl<K: Ord + Clone, V: Clone, E> GatheredRead<K, V, E> {
    /// Nobody waits yet; at most `size` keys go into a call.
    pub(crate) fn new(size: usize) -> Self {
        Self { size: size.max(1), waiting: Mutex::default(), numbers: AtomicU64::new(0) }
    }

    /// The values of `keys`. `turn` waits until a call may be made, and `read` makes one, with at most as many keys as
    /// fit. Giving up harms nobody: others then make the call that they waited for.
    ///
    /// # Errors
    ///
    /// Those of `turn`, and of a call that carried these keys and no other asker's.
    pub(crate) async fn get<T, R>(
        &self,
        keys: &BTreeSet<K>,
        turn: impl Fn() -> T,
        read: impl Fn(Vec<K>) -> R,
    ) -> Result<BTreeMap<K, V>, E>
    where
        T: Future<Output = Result<(), E>>,
        R: Future<Output = Result<BTreeMap<K, V>, E>>,
    {
        let mut values = BTreeMap::new();
        let keys: Vec<K> = keys.iter().cloned().collect();
        for chunk in keys.chunks(self.size) {
            values.extend(self.some(chunk, &turn, &read).await?);
        }
        Ok(values)
    }

    async fn some<T, R>(
        &self,
        keys: &[K],
        turn: &impl Fn() -> T,
        read: &impl Fn(Vec<K>) -> R,
    ) -> Result<BTreeMap<K, V>, E>
    where
        T: Future<Output = Result<(), E>>,
        R: Future<Output = Result<BTreeMap<K, V>, E>>,
    {
        loop {
            let (number, mut mine) = self.wait(keys);
            tokio::select! {
                biased;
                // Another asker's call carried the ticket; the budget's room is left to others.
                answer = &mut mine => match answer {
                    Ok(Answer::Come(answer)) => return answer,
                    Ok(Answer::AskAlone) => break,
                    // Whoever carried the ticket gave up.
                    Err(_) => continue,
                },
                granted = turn() => granted?,
            }
            let carried = self.take(number);
            if !carried.is_empty() {
                answer(read, carried).await;
            }
            match mine.await {
                Ok(Answer::Come(answer)) => return answer,
                Ok(Answer::AskAlone) => break,
                Err(_) => {}
            }
        }
        turn().await?;
        read(keys.to_vec()).await
    }

    /// Lines up for the next call.
    fn wait(&self, keys: &[K]) -> (u64, oneshot::Receiver<Answer<K, V, E>>) {
        let (answer, mine) = oneshot::channel();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let ticket = Ticket { number, keys: keys.iter().cloned().collect(), answer };
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(ticket);
        (number, mine)
    }

    /// The tickets that go into the call of the asker with this number: its own, so that everyone's turn brings
    /// everyone's answer, and of the others those that fit, first come, first served. None where another call carries its
    /// ticket. Tickets of askers that gave up are torn up.
    fn take(&self, number: u64) -> Vec<Ticket<K, V, E>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| !ticket.answer.is_closed());
        let Some(own) = waiting.iter().position(|ticket| ticket.number == number) else {
            return Vec::new();
        };
        let own = waiting.remove(own);
        let mut room = self.size.saturating_sub(own.keys.len());
        let fits = waiting.iter().take_while(|ticket| {
            let fits = ticket.keys.len() <= room;
            room = room.saturating_sub(ticket.keys.len());
            fits
        });
        let count = fits.count();
        std::iter::once(own).chain(waiting.drain(..count)).collect()
    }
}

/// Makes one call for all of these tickets.
async fn answer<K: Ord + Clone, V: Clone, E, R>(read: &impl Fn(Vec<K>) -> R, carried: Vec<Ticket<K, V, E>>)
where
    R: Future<Output = Result<BTreeMap<K, V>, E>>,
{
    let all: BTreeSet<K> = carried.iter().flat_map(|ticket| ticket.keys.iter().cloned()).collect();
    let several = carried.len() > 1;
    // An asker that gave up wants no answer, so it does not matter whether one is taken.
    match read(all.into_iter().collect()).await {
        Ok(found) => {
            for Ticket { keys, answer, .. } in carried {
                let part = found.iter().filter(|(key, _)| keys.contains(*key));
                let part = part.map(|(key, value)| (key.clone(), value.clone())).collect();
                drop(answer.send(Answer::Come(Ok(part))));
            }
        }
        Err(_) if several => {
            for ticket in carried {
                drop(ticket.answer.send(Answer::AskAlone));
            }
        }
        Err(error) => {
            if let Some(ticket) = carried.into_iter().next() {
                drop(ticket.answer.send(Answer::Come(Err(error))));
            }
        }
    }
}

impl<K, V, E> fmt::Debug for GatheredRead<K, V, E> {
    // The values may hold what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatheredRead").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::Semaphore;

    use super::*;

    type Numbers = GatheredRead<u32, u32, String>;

    /// A budget that a test fills, and a service that counts its calls.
    struct Service {
        budget: Semaphore,
        calls: Mutex<Vec<Vec<u32>>>,
        now: AtomicUsize,
        fails: bool,
    }

    impl Service {
        fn new(fails: bool) -> Arc<Self> {
            Arc::new(Self { budget: Semaphore::new(0), calls: Mutex::default(), now: AtomicUsize::new(0), fails })
        }

        async fn ask(&self, gathered: &Numbers, keys: &[u32]) -> Result<BTreeMap<u32, u32>, String> {
            let turn = async || {
                self.budget.acquire().await.unwrap().forget();
                Ok(())
            };
            let read = async |keys: Vec<u32>| {
                self.calls.lock().unwrap().push(keys.clone());
                let now = u32::try_from(self.now.load(Ordering::SeqCst)).unwrap();
                tokio::task::yield_now().await;
                if self.fails { Err("no".to_owned()) } else { Ok(keys.into_iter().map(|key| (key, now)).collect()) }
            };
            gathered.get(&keys.iter().copied().collect(), turn, read).await
        }
    }

    async fn ask_all(service: &Arc<Service>, gathered: &Arc<Numbers>, asks: &[&[u32]]) -> Vec<usize> {
        let mut tasks = tokio::task::JoinSet::new();
        for keys in asks {
            let (service, gathered, keys) = (service.clone(), gathered.clone(), keys.to_vec());
            tasks.spawn(async move { service.ask(&gathered, &keys).await.map_or(0, |values| values.len()) });
            tokio::task::yield_now().await;
        }
        service.budget.add_permits(100);
        tasks.join_all().await
    }

    #[tokio::test]
    async fn those_who_wait_share_a_call() {
        let (service, gathered) = (Service::new(false), Arc::new(Numbers::new(4)));
        let counts = ask_all(&service, &gathered, &[&[1], &[2, 3], &[1], &[4, 5], &[6, 7, 8, 9, 10]]).await;
        assert_eq!(counts.iter().sum::<usize>(), 11);
        let calls = service.calls.lock().unwrap().clone();
        assert!(calls.len() <= 5, "{calls:?}");
        assert_eq!(calls[0], [1, 2, 3], "the first call carries all that fit, each key once");
    }

    #[tokio::test]
    async fn an_answer_is_never_older_than_the_ask() {
        let (service, gathered) = (Service::new(false), Arc::new(Numbers::new(4)));
        service.budget.add_permits(2);
        assert_eq!(service.ask(&gathered, &[1]).await, Ok(BTreeMap::from([(1, 0)])));
        service.now.store(7, Ordering::SeqCst);
        assert_eq!(service.ask(&gathered, &[1]).await, Ok(BTreeMap::from([(1, 7)])));
    }

    #[tokio::test]
    async fn a_call_that_fails_is_made_again_for_each_asker_alone() {
        let (service, gathered) = (Service::new(true), Arc::new(Numbers::new(4)));
        assert_eq!(ask_all(&service, &gathered, &[&[1], &[2]]).await, [0, 0]);
        assert_eq!(*service.calls.lock().unwrap(), [vec![1, 2], vec![1], vec![2]]);
    }

    #[tokio::test]
    async fn asks_that_do_not_fit_into_one_call_are_all_answered() {
        let (service, gathered) = (Service::new(false), Arc::new(Numbers::new(4)));
        let gone = {
            let (service, gathered) = (service.clone(), gathered.clone());
            tokio::spawn(async move { service.ask(&gathered, &[1, 2, 3]).await })
        };
        tokio::task::yield_now().await;
        let left = {
            let (service, gathered) = (service.clone(), gathered.clone());
            tokio::spawn(async move { service.ask(&gathered, &[4, 5, 6]).await })
        };
        tokio::task::yield_now().await;
        service.budget.add_permits(10);
        assert_eq!(gone.await.unwrap().unwrap().len(), 3);
        assert_eq!(left.await.unwrap().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn giving_up_leaves_the_others_their_answers() {
        let (service, gathered) = (Service::new(false), Arc::new(Numbers::new(4)));
        let first = {
            let (service, gathered) = (service.clone(), gathered.clone());
            tokio::spawn(async move { service.ask(&gathered, &[1]).await })
        };
        let second = {
            let (service, gathered) = (service.clone(), gathered.clone());
            tokio::spawn(async move { service.ask(&gathered, &[2]).await })
        };
        tokio::task::yield_now().await;
        // The first carries both tickets, and is torn down in the middle of its call.
        service.budget.add_permits(1);
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        first.abort();
        service.budget.add_permits(1);
        assert_eq!(second.await.unwrap(), Ok(BTreeMap::from([(2, 0)])));
    }
}
