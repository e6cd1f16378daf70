//! The queue before an API's deployments: what many swaps ask of one API within a short window is done in one go.
//!
//! AWS makes one deployment in five seconds for a whole account, and a deployment ships the whole API. So whoever wants
//! something of an API hands it in; the first to do so waits for the window to pass, takes all that was handed in
//! meanwhile, and answers everyone. If it gives up in the middle, the next in line takes all that is not answered yet,
//! and begins with looking at what is there: what was done twice is done once.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::apigateway::view::ApiId;
use crate::clock::Clock;

/// How long the first to ask waits for others. Terraform starts the resources of one wave within this.
const WINDOW: Duration = Duration::from_millis(1500);

/// Asks by API, answered together.
pub(crate) struct Deployments<A, R> {
    clock: Arc<dyn Clock>,
    queues: Mutex<BTreeMap<ApiId, Arc<Queue<A, R>>>>,
}

struct Queue<A, R> {
    lead: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<Arc<Ask<A, R>>>>,
}

struct Ask<A, R> {
    wanted: A,
    answer: OnceLock<R>,
}

/// Takes an ask off the queue when whoever asked has the answer, or has gone.
struct Leave<'a, A, R> {
    queue: &'a Queue<A, R>,
    ask: &'a Arc<Ask<A, R>>,
}

impl<A, R> Drop for Leave<'_, A, R> {
    fn drop(&mut self) {
        let mut waiting = self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ask| !Arc::ptr_eq(ask, self.ask));
    }
}

impl<A: Clone, R: Clone> Deployments<A, R> {
    /// Nobody asks yet.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, queues: Mutex::default() }
    }

    /// The answer to `wanted`. `carry_out` is given what is asked of the API by then, this or more, and answers each in
    /// turn; where it breaks off, those without an answer are left to the next in line. `room` says when
    /// something can be done at all; until then more may be handed in. With `at_once` neither that nor the window is
    /// waited for, only those who are at work.
    ///
    /// None where the asker's stop came before the answer.
    pub(crate) async fn ask<F, Fut>(
        &self,
        api: &ApiId,
        wanted: A,
        at_once: bool,
        stop: &CancellationToken,
        room: impl Future<Output = ()>,
        carry_out: F,
    ) -> Option<R>
    where
        F: FnOnce(Vec<A>) -> Fut,
        Fut: Future<Output = Vec<R>>,
    {
        let queue = {
            let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(Queue { lead: tokio::sync::Mutex::new(()), waiting: Mutex::default() });
            Arc::clone(queues.entry(api.clone()).or_insert_with(fresh))
        };
        let ask = Arc::new(Ask { wanted, answer: OnceLock::new() });
        queue.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&ask));
        let _leave = Leave { queue: &queue, ask: &ask };
        let _lead = tokio::select! {
            biased;
            () = stop.cancelled() => return None,
            lead = queue.lead.lock() => lead,
        };
        if ask.answer.get().is_none() {
            let gather = async {
                if !at_once {
                    self.clock.sleep(WINDOW).await;
                    room.await;
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                () = gather => {}
            }
            let asks: Vec<Arc<Ask<A, R>>> = {
                let waiting = queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.iter().filter(|ask| ask.answer.get().is_none()).cloned().collect()
            };
            let answers = carry_out(asks.iter().map(|ask| ask.wanted.clone()).collect()).await;
            for (ask, answer) in asks.iter().zip(answers) {
                ask.answer.get_or_init(|| answer);
            }
        }
        ask.answer.get().cloned()
    }
}

impl<A, R> fmt::Debug for Deployments<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployments").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SteppedClock;

    type Numbers = Arc<Deployments<u32, u32>>;

    fn deployments() -> (Arc<SteppedClock>, Numbers) {
        let clock = Arc::new(SteppedClock::new());
        (Arc::clone(&clock), Arc::new(Deployments::new(clock)))
    }

    fn api(id: &str) -> ApiId {
        ApiId::Rest(id.to_owned())
    }

    #[tokio::test]
    async fn what_is_asked_within_the_window_is_done_in_one_go() {
        let (_clock, deployments) = deployments();
        let batches: Arc<Mutex<Vec<usize>>> = Arc::default();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50 {
            let (deployments, batches) = (Arc::clone(&deployments), Arc::clone(&batches));
            tasks.spawn(async move {
                let carry_out = async |asks: Vec<u32>| {
                    batches.lock().unwrap().push(asks.len());
                    asks.into_iter().map(|ask| ask * 2).collect()
                };
                deployments.ask(&api("a"), number, false, &CancellationToken::new(), async {}, carry_out).await
                    == Some(number * 2)
            });
        }
        assert!(tasks.join_all().await.into_iter().all(|right| right));
        assert_eq!(*batches.lock().unwrap(), [50]);
    }

    #[tokio::test]
    async fn when_the_one_at_work_gives_up_the_next_takes_all_that_is_left() {
        let (_clock, deployments) = deployments();
        let lead = tokio::spawn({
            let deployments = Arc::clone(&deployments);
            async move {
                deployments
                    .ask(&api("a"), 1, false, &CancellationToken::new(), async {}, async |_| {
                        std::future::pending().await
                    })
                    .await
            }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let next = tokio::spawn({
            let deployments = Arc::clone(&deployments);
            async move {
                deployments
                    .ask(&api("a"), 2, false, &CancellationToken::new(), async {}, async |asks: Vec<u32>| asks)
                    .await
            }
        });
        tokio::task::yield_now().await;
        lead.abort();
        assert_eq!(next.await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn what_is_urgent_does_not_wait_for_the_window() {
        let (clock, deployments) = deployments();
        assert_eq!(
            deployments.ask(&api("a"), 1, true, &CancellationToken::new(), async {}, async |asks| asks).await,
            Some(1)
        );
        assert_eq!(clock.passed(), Duration::ZERO);
        assert_eq!(
            deployments.ask(&api("a"), 1, false, &CancellationToken::new(), async {}, async |asks| asks).await,
            Some(1)
        );
        assert_eq!(clock.passed(), WINDOW);
    }
}
