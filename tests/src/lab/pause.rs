//! Letting time go by, in tasks that act at a pace of their own: a health check, a delay, a load.

use std::future::Future;
use std::time::Duration;

/// Lets this much time go by.
#[expect(clippy::disallowed_methods, reason = "the lab plays parts that have a pace in real time")]
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// What `future` comes to, unless it takes longer.
#[expect(clippy::disallowed_methods, reason = "the lab plays parts that have a pace in real time")]
pub async fn at_most<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(limit, future).await.ok()
}
