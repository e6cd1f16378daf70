//! What the engine drives: something that can be brought to a goal and read back.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::share::Share;

/// Whether what was written is what is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is.
    Settled,
    /// Not yet; the text says what is seen instead.
    Pending(String),
    /// Not yet, and there is more to write now than there was before: apply the goal again. The text says what is seen.
    Unfinished(String),
}

/// Why a goal was not brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkError {
    /// Someone else changed what this run is moving, and nothing was written. To go on would fight them.
    Moved(String),
    /// A write failed, and others of the same step may have gone through: the step is to be undone.
    Failed(String),
    /// The run was to stop, and what was not written yet is not.
    Stopped,
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkError::Moved(why) | WorkError::Failed(why) => f.write_str(why),
            WorkError::Stopped => f.write_str("the run was stopped"),
        }
    }
}

/// Does something, unless the run is to stop first.
///
/// # Errors
///
/// [`WorkError::Stopped`].
pub(crate) async fn unless_stopped<T>(
    stop: &CancellationToken,
    something: impl Future<Output = T>,
) -> Result<T, WorkError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(WorkError::Stopped),
        done = something => Ok(done),
    }
}

/// How long a write may take to be seen, for work that does not say otherwise. Load balancers show it at once.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Something that is moved in steps. All methods may be called twice in a row and then change nothing more.
#[async_trait]
pub trait Work: Send + Sync {
    /// What a step is to bring about.
    type Goal: fmt::Debug + Send + Sync;
    /// What is seen of it.
    type Position: fmt::Debug + Send + Sync;

    /// Reads where things stand.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    async fn observe(&self) -> Result<Self::Position, String>;

    /// What the last read saw, if it is kept: it saves a read where nothing can have changed since.
    fn seen(&self) -> Option<Self::Position> {
        None
    }

    /// Green's share at a goal, for those who watch; none where there is not one share to name.
    fn green_at(&self, _goal: &Self::Goal) -> Option<Share> {
        None
    }

    /// Green's share where things were seen to stand; none as above.
    fn green_seen(&self, _position: &Self::Position) -> Option<Share> {
        None
    }

    /// Waits for a turn to write, where many have to share one service, so that what a write is based on is
    /// read shortly before it. May be dropped at any time.
    async fn ready(&self) {}

    /// Gives a turn back that is not used after all.
    fn release(&self) {}

    /// Writes what brings the goal about, on every object of the work, as far as that can be written now.
    ///
    /// # Errors
    ///
    /// [`WorkError::Moved`] where the objects are not as the last step left them, [`WorkError::Failed`] where a
    /// write failed.
    async fn apply(&self, goal: &Self::Goal) -> Result<(), WorkError>;

    /// Reads back whether the goal is seen on every object.
    ///
    /// # Errors
    ///
    /// Why it could not be read. It is asked again until the settling deadline.
    async fn settled(&self, goal: &Self::Goal) -> Result<Settlement, String>;

    /// How long what was written last may take to be seen, counted from the write. What clients keep for a while
    /// counts: a share is not seen before their caches are empty.
    fn settle_timeout(&self) -> Duration {
        SETTLE_TIMEOUT
    }

    /// Brings back an earlier goal.
    ///
    /// # Errors
    ///
    /// [`WorkError::Moved`] where someone else changed the objects meanwhile, [`WorkError::Failed`] for what could not be
    /// brought back.
    async fn undo(&self, to: &Self::Goal) -> Result<(), WorkError>;
}
