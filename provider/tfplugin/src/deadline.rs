//! The few waits that must end: on a peer that says nothing, and on work that does not finish.

use std::time::Duration;

/// What the future answers, or `None` if it has not within that time. It is dropped then.
#[expect(
    clippy::disallowed_methods,
    reason = "bounds on a peer are real time: no test steps them, and no resource sees them"
)]
pub(crate) async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}
