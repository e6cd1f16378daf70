//! How a run ended.

use std::fmt;
use std::time::Duration;

/// Why a run did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A gate failed.
    Gate(String),
    /// The gates of a step did not pass in the time they had; the text says what they said last.
    GateTimeout(String),
    /// A write failed.
    Write(String),
    /// What was written was not seen in the time it had; the text says what was seen.
    NotSettled(String),
    /// Someone else changed what the run was moving.
    Moved(String),
    /// The run was stopped.
    Stopped,
    /// The run was stopped while a write was in flight, and its answer did not come in time.
    StoppedInWrite,
    /// The time given for the whole run was over.
    OutOfTime,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Gate(why) => write!(f, "a gate failed: {why}"),
            Reason::GateTimeout(why) => write!(f, "the gates did not pass in time: {why}"),
            Reason::Write(why) => write!(f, "a write failed: {why}"),
            Reason::NotSettled(why) => write!(f, "what was written is not what is seen: {why}"),
            Reason::Moved(why) => write!(f, "someone else changed it meanwhile: {why}"),
            Reason::Stopped => f.write_str("the run was stopped"),
            Reason::StoppedInWrite => {
                f.write_str("the run was stopped while a write was in flight, and no answer came in time")
            }
            Reason::OutOfTime => f.write_str("the time given for the whole operation is over"),
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The last step is done.
    Settled,
    /// Something failed, and everything is as it was when the run began.
    RolledBack(Reason),
    /// The run stopped where it was, and traffic stays as it is.
    Held {
        /// Why the run did not go on.
        reason: Reason,
        /// Why it did not roll back either, where it should have.
        instead_of_rollback: Option<String>,
    },
    /// Something failed, and undoing it failed too. A person has to look.
    Stuck {
        /// Why the run did not go on.
        reason: Reason,
        /// Why undoing failed.
        undo: String,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Settled => f.write_str("settled"),
            Outcome::RolledBack(reason) => write!(f, "rolled back, for {reason}"),
            Outcome::Held { reason, instead_of_rollback: None } => write!(f, "held where it was, for {reason}"),
            Outcome::Held { reason, instead_of_rollback: Some(why) } => {
                write!(f, "held where it was, for {reason}; not rolled back, for {why}")
            }
            Outcome::Stuck { reason, undo } => {
                write!(f, "stuck, for {reason}; undoing it failed as well: {undo}. Someone has to look")
            }
        }
    }
}

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, since the run began.
    pub at: Duration,
    /// What, in words: `wrote 10%`, for example.
    pub what: String,
}

/// How a run ended, where things stand, and how it came to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<P> {
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen at the end, or why nothing was.
    pub position: Result<P, String>,
    /// The label of the last step that was done, or of the origin.
    pub reached: String,
    /// Whether the run wrote anything.
    pub wrote: bool,
    /// What happened, in order.
    pub history: Vec<Entry>,
}

impl<P> Report<P> {
    /// The report of a run that had nothing to do where things stand.
    pub(crate) fn idle(position: P, reached: String) -> Self {
        Report { outcome: Outcome::Settled, position: Ok(position), reached, wrote: false, history: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(outcome: Outcome, expect: &str) {
        assert_eq!(outcome.to_string(), expect);
    }

    #[test]
    fn an_outcome_says_what_became_of_the_traffic_and_why() {
        let gate = || Reason::Gate("alarm_names: orders-5xx is in ALARM".to_owned());
        check(Outcome::Settled, "settled");
        check(Outcome::RolledBack(gate()), "rolled back, for a gate failed: alarm_names: orders-5xx is in ALARM");
        let held = |instead_of_rollback| Outcome::Held { reason: Reason::Stopped, instead_of_rollback };
        check(held(None), "held where it was, for the run was stopped");
        let why = held(Some("blue is unhealthy".to_owned()));
        check(why, "held where it was, for the run was stopped; not rolled back, for blue is unhealthy");
        let stuck = Outcome::Stuck { reason: Reason::OutOfTime, undo: "AccessDenied".to_owned() };
        check(
            stuck,
            "stuck, for the time given for the whole operation is over; undoing it failed as well: AccessDenied. Someone \
             has to look",
        );
    }
}
