//! Running one call so that it can harm no other.

use std::any::Any;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::stop::Stop;

/// The calls that run.
#[derive(Default)]
pub(crate) struct Calls {
    stop: Stop,
    running: TaskTracker,
}

impl Calls {
    /// Runs the call in a task of its own. If it panics, that is its error. If the caller goes away, it is told to stop
    /// but not torn down: it may be in the middle of a change.
    pub(super) async fn run<T, F>(
        &self,
        rpc: &'static str,
        object: String,
        call: impl FnOnce(CancellationToken) -> F,
    ) -> Result<T, Diagnostics>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Diagnostics>> + Send + 'static,
    {
        let stop = self.stop.token();
        let _told_when_dropped = stop.clone().drop_guard();
        // Of the gravest level, so that its fields come along with whatever is written.
        let span = tracing::error_span!("call", tf_rpc = rpc, tf_object = object);
        let call = call(stop);
        let task = async {
            tracing::trace!("call begins");
            let result = call.await;
            tracing::trace!("call ends");
            result
        };
        match self.running.spawn(task.instrument(span)).await {
            Ok(result) => result,
            Err(failed) => {
                let why = match failed.try_into_panic() {
                    Ok(panic) => format!("It panicked: {}", message(panic.as_ref())),
                    Err(cut_off) => format!("It was cut off: {cut_off}"),
                };
                tracing::error!(tf_rpc = rpc, tf_object = object, why, "call failed");
                Err(Diagnostic::error(
                    format!("Internal error in {object}"),
                    format!(
                        "{rpc} of {object} did not finish. {why}\n\nThis is a bug in the provider, which goes on with \
                         other objects. Please report it. What the state had is kept."
                    ),
                )
                .into())
            }
        }
    }

    /// Tells every call that runs now to finish.
    pub(crate) fn stop(&self) {
        self.stop.stop();
    }

    /// Waits until no call runs. Begin no other.
    pub(crate) async fn finish(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("with a value that is no text")
}
