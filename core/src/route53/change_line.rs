//! The changes of one zone that wait to be sent. Those that come in the same moment go in one batch, for AWS takes one
//! change of a zone at a time and five requests a second from an account (Route 53 developer guide, quotas).

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use aws_sdk_route53::types::{Change, ChangeAction};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::aws::Error;

/// The most record elements that a batch takes, where an `UPSERT` counts twice (Route 53 API,
/// `ChangeResourceRecordSets`).
const ELEMENTS: usize = 1000;
/// The most characters that the values of a batch may have, where those of an `UPSERT` count twice.
const CHARACTERS: usize = 32_000;

/// The line before one zone.
#[derive(Debug, Default)]
pub(super) struct ChangeLine {
    /// Whoever holds it sends the next batch.
    head: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<Ticket>>,
    numbers: AtomicU64,
}

/// What one asker wants to be sent.
#[derive(Debug)]
struct Ticket {
    number: u64,
    changes: Vec<Change>,
    answer: oneshot::Sender<Result<String, Unsent>>,
}

/// Why changes were not carried out, as far as that is known: the answer to a batch may have been lost.
#[derive(Debug, Clone)]
pub(crate) enum Unsent {
    /// Nothing was sent: the run was to stop.
    Stopped,
    /// What AWS answered to a batch.
    Answered {
        /// The answer.
        error: Error,
        /// Whether the batch carried the changes of others too, which may be what AWS refused.
        joined: bool,
    },
    /// Whoever sent them gave up before the answer came.
    Lost,
}

impl ChangeLine {
    /// Sends these changes, all in one batch, with those of others who wait; the change's id. `turn` is waited for
    /// before the batch is made up, and `post` sends it.
    ///
    /// # Errors
    ///
    /// [`Unsent`]. After a stop nothing that was not sent yet is sent.
    pub(super) async fn send<T, P>(
        &self,
        changes: Vec<Change>,
        stop: &CancellationToken,
        turn: impl FnOnce() -> T,
        post: impl FnOnce(Vec<Change>) -> P,
    ) -> Result<String, Unsent>
    where
        T: Future<Output = Result<(), Error>>,
        P: Future<Output = Result<String, Error>>,
    {
        let (number, mut mine) = self.wait(changes);
        let at_the_head = async {
            let head = self.head.lock().await;
            (turn().await, head)
        };
        let (granted, _head) = tokio::select! {
            biased;
            answer = &mut mine => return answer.unwrap_or(Err(Unsent::Lost)),
            () = stop.cancelled() => {
                // Where another has taken the changes along already, it is too late to stop.
                return if self.leave(number) { Err(Unsent::Stopped) } else { mine.await.unwrap_or(Err(Unsent::Lost)) };
            }
            granted = at_the_head => granted,
        };
        if let Err(error) = granted {
            self.leave(number);
            return Err(Unsent::Answered { error, joined: false });
        }
        let carried = self.take(number);
        if !carried.is_empty() {
            let joined = carried.len() > 1;
            let (answers, changes): (Vec<_>, Vec<_>) =
                carried.into_iter().map(|ticket| (ticket.answer, ticket.changes)).unzip();
            let answer = post(changes.concat()).await.map_err(|error| Unsent::Answered { error, joined });
            for asker in answers {
                // An asker that gave up wants no answer.
                drop(asker.send(answer.clone()));
            }
        }
        mine.await.unwrap_or(Err(Unsent::Lost))
    }

    /// Waits for the line's head, to send a batch past all who wait.
    pub(super) async fn head(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.head.lock().await
    }

    fn wait(&self, changes: Vec<Change>) -> (u64, oneshot::Receiver<Result<String, Unsent>>) {
        let (answer, mine) = oneshot::channel();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Ticket { number, changes, answer });
        (number, mine)
    }

    /// Takes a ticket out of the line; whether it was there still.
    fn leave(&self, number: u64) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.len();
        waiting.retain(|ticket| ticket.number != number);
        waiting.len() < before
    }

    /// The tickets that go into one batch: the asker's own, and of the others those that fit, first come, first served.
    /// None where another batch carried its ticket. Tickets of askers that gave up are torn up.
    fn take(&self, number: u64) -> Vec<Ticket> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| !ticket.answer.is_closed());
        let Some(own) = waiting.iter().position(|ticket| ticket.number == number) else {
            return Vec::new();
        };
        let own = waiting.remove(own);
        let mut size = Size::of(&own.changes);
        let mut carried = vec![own];
        for ticket in std::mem::take(&mut *waiting) {
            let with = size.and(Size::of(&ticket.changes));
            if with.fits() {
                size = with;
                carried.push(ticket);
            } else {
                waiting.push(ticket);
            }
        }
        carried
    }
}

/// What counts against the limits of a batch.
#[derive(Debug, Clone, Copy)]
struct Size {
    elements: usize,
    characters: usize,
}

impl Size {
    fn of(changes: &[Change]) -> Self {
        let mut size = Self { elements: 0, characters: 0 };
        for change in changes {
            let values = change.resource_record_set().map(|record| record.resource_records()).unwrap_or_default();
            let times = if *change.action() == ChangeAction::Upsert { 2 } else { 1 };
            size.elements += times * values.len().max(1);
            size.characters += times * values.iter().map(|value| value.value().len()).sum::<usize>();
        }
        size
    }

    fn and(self, other: Self) -> Self {
        Self { elements: self.elements + other.elements, characters: self.characters + other.characters }
    }

    fn fits(self) -> bool {
        self.elements <= ELEMENTS && self.characters <= CHARACTERS
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_sdk_route53::types::{ResourceRecord, ResourceRecordSet, RrType};

    use super::*;

    fn changes(count: usize) -> Vec<Change> {
        let value = ResourceRecord::builder().value("192.0.2.1").build().unwrap();
        let record = ResourceRecordSet::builder().name("a.example.com").r#type(RrType::A).resource_records(value);
        let change = Change::builder().action(ChangeAction::Upsert).resource_record_set(record.build().unwrap());
        vec![change.build().unwrap(); count]
    }

    /// Sends changes of these counts, all asked for before the first is sent; the sizes of the batches.
    async fn batches(counts: &[usize]) -> Vec<usize> {
        let (line, sent) = (Arc::new(ChangeLine::default()), Arc::new(Mutex::new(Vec::new())));
        let held = line.head().await;
        let stop = CancellationToken::new();
        let send = |count: usize| {
            let (line, sent, stop) = (line.clone(), sent.clone(), stop.clone());
            tokio::spawn(async move {
                let post = |changes: Vec<Change>| async move {
                    let mut sent = sent.lock().unwrap();
                    sent.push(changes.len());
                    Ok(format!("change-{}", sent.len()))
                };
                line.send(changes(count), &stop, || async { Ok(()) }, post).await.unwrap()
            })
        };
        let mut asks = Vec::new();
        for count in counts {
            asks.push(send(*count));
            tokio::task::yield_now().await;
        }
        drop(held);
        for ask in asks {
            ask.await.unwrap();
        }
        Arc::into_inner(sent).unwrap().into_inner().unwrap()
    }

    #[tokio::test]
    async fn those_who_wait_go_together() {
        assert_eq!(batches(&[2, 2, 4]).await, [8]);
    }

    #[tokio::test]
    async fn a_batch_takes_a_thousand_elements_and_an_upsert_is_two() {
        assert_eq!(batches(&[300, 150, 150, 50]).await, [500, 150]);
    }

    #[tokio::test]
    async fn after_a_stop_nothing_is_sent_that_was_waiting() {
        let (line, stop) = (ChangeLine::default(), CancellationToken::new());
        let _held = line.head().await;
        stop.cancel();
        let post = |_| async { Ok("sent".to_owned()) };
        let answer = line.send(changes(1), &stop, || async { Ok(()) }, post).await;
        assert!(matches!(answer, Err(Unsent::Stopped)), "{answer:?}");
        assert!(line.waiting.lock().unwrap().is_empty());
    }
}
