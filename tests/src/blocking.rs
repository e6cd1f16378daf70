//! Asynchronous calls from tests that are plain functions.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Runs `future` to its end on the one runtime that all tests of a binary share.
pub fn wait<F: Future>(future: F) -> F::Output {
    RUNTIME.get_or_init(|| Runtime::new().unwrap()).block_on(future)
}
