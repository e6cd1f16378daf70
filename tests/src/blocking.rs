//! Asynchronous calls from tests that are plain functions.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Runs `future` to its end on the one runtime that all tests of a binary share.
pub fn wait<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}

/// Runs `future` beside everything else, on the same runtime.
pub fn beside<F: Future<Output: Send> + Send + 'static>(future: F) -> JoinHandle<F::Output> {
    runtime().spawn(future)
}

fn runtime() -> &'static Runtime {
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}
