//! What comes next: one total function over every state and event. Pure; all time and all calls are the driver's.

use crate::engine::outcome::{Outcome, Reason};

/// What to do when a gate fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Return to the share seen when the run began.
    #[default]
    RollBack,
    /// Stay.
    Hold,
}

/// What the transitions depend on of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRule {
    /// Whether it bakes.
    pub bakes: bool,
    /// Whether it raises the share of a side.
    pub raises: bool,
}

/// What the transitions of one run depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What matters of each step.
    pub steps: Vec<StepRule>,
    /// How many failing polls in a row make a fail, at least 1.
    pub failure_threshold: u32,
    /// What to do then.
    pub on_failure: OnFailure,
}

impl Rules {
    /// Whether no traffic was moved before this step. Then nobody is at risk yet, and the run may wait for a side to
    /// come up, as it has nothing to roll back.
    fn patient(&self, step: usize) -> bool {
        !self.steps.iter().take(step).any(|rule| rule.raises)
    }

    /// Whether a step moves no traffic, after others that did. A failure of it is no reason to move any.
    fn tidies_up(&self, step: usize) -> bool {
        self.steps.get(step).is_some_and(|rule| !rule.raises) && !self.patient(step)
    }

    fn bakes(&self, step: usize) -> bool {
        self.steps.get(step).is_some_and(|rule| rule.bakes)
    }
}

/// Where a run is. Steps are numbered from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing has begun.
    Ready,
    /// Waiting for the gates of a step that has not begun. A step past the last one stands for the last look at the
    /// gates after the last bake.
    Gating {
        /// The step.
        step: usize,
        /// Failing polls in a row.
        fails: u32,
    },
    /// Writing a step.
    Applying {
        /// The step.
        step: usize,
    },
    /// Reading a step back, and writing more of it where that shows that more can be written. All of that within the time
    /// that settling has.
    Settling {
        /// The step.
        step: usize,
    },
    /// Keeping watch over a step for its interval.
    Baking {
        /// The step.
        step: usize,
        /// Failing polls in a row.
        fails: u32,
    },
    /// Asking whether the sides that taking a step back would raise can serve.
    UndoGating {
        /// The step.
        step: usize,
        /// What failed.
        reason: Reason,
    },
    /// Taking back a step of which a write failed.
    Undoing {
        /// The step.
        step: usize,
        /// What failed.
        reason: Reason,
    },
    /// Asking whether the side that a roll-back leads to can serve.
    RollbackGating {
        /// The furthest step that was written.
        step: usize,
        /// What failed.
        reason: Reason,
    },
    /// Writing the origin back.
    RollingBack {
        /// What failed.
        reason: Reason,
    },
    /// Reading the origin back, and writing more of it as in [`State::Settling`].
    RollbackSettling {
        /// What failed.
        reason: Reason,
    },
    /// The run is over.
    Done,
}

/// What can happen to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The run begins.
    Begin,
    /// Every gate that has a say passes.
    Passed,
    /// A gate fails.
    Failed(String),
    /// No gate fails, and at least one could not tell.
    Inconclusive(String),
    /// A gate cannot tell, and will not be able to however often it is asked. It counts as a fail, and where fails are
    /// waited out, this one is not.
    Unanswerable(String),
    /// The time of the state is over: a bake's interval, or a deadline. The text says what was seen or said last.
    Elapsed(String),
    /// What was asked for is written, or undone.
    Written,
    /// Nothing is written, since someone else changed things.
    Moved(String),
    /// A write failed.
    WriteFailed(String),
    /// What was written is seen.
    Seen,
    /// What was written is not seen, or could not be read.
    Unseen(String),
    /// What was written is seen, and it was not the whole of the step: there is more to write now.
    Unfinished(String),
    /// The run is to stop. Arrives between two commands, never in the middle of a write.
    Stop,
    /// The run was to stop in the middle of a write, and its answer did not come in time.
    Abandoned,
    /// The time for the whole run is over. Not sent once a run is on its way back.
    OutOfTime,
}

/// What the driver is to do next; it answers with an [`Event`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask the gates about a step that has not begun; the time the state has is the gates' own.
    AskBefore {
        /// The step.
        step: usize,
        /// Whether to wait a poll first.
        wait: bool,
    },
    /// Ask the gates about a step that bakes; the time the state has is the step's interval.
    AskBaking {
        /// The step.
        step: usize,
    },
    /// Ask the gates about taking back a step that was written in part.
    AskUndo {
        /// The step.
        step: usize,
        /// Whether to wait a poll first.
        wait: bool,
    },
    /// Ask the gates about going back to the origin from a step.
    AskBack {
        /// The furthest step that was written.
        step: usize,
        /// Whether to wait a poll first.
        wait: bool,
    },
    /// Write a step.
    Apply {
        /// The step.
        step: usize,
    },
    /// Read a step back.
    Verify {
        /// The step.
        step: usize,
        /// Whether to wait first.
        wait: bool,
    },
    /// Bring back what stood before a step.
    Undo {
        /// The step.
        step: usize,
    },
    /// Bring back the origin.
    RollBack,
    /// Read the origin back.
    VerifyBack {
        /// Whether to wait first.
        wait: bool,
    },
    /// End.
    End(Outcome),
}

/// An event that cannot happen in a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen in {state:?}")]
pub struct Impossible {
    /// The state.
    pub state: State,
    /// The event.
    pub event: Event,
}

/// The state and the command that follow an event.
///
/// # Errors
///
/// [`Impossible`], where the driver sent an event that the state does not know.
pub fn transition(rules: &Rules, state: State, event: Event) -> Result<(State, Command), Impossible> {
    use Event as E;
    use State as S;

    let next = match (state, event) {
        (S::Ready, E::Begin) if rules.steps.is_empty() => done(Outcome::Settled),
        (S::Ready, E::Begin) => gate(0, false),

        (S::Gating { step, .. }, E::Passed) if step >= rules.steps.len() => done(Outcome::Settled),
        (S::Gating { step, .. }, E::Passed) => (S::Applying { step }, Command::Apply { step }),
        (S::Gating { step, fails }, E::Inconclusive(_)) => {
            (S::Gating { step, fails }, Command::AskBefore { step, wait: true })
        }
        (S::Gating { step, .. }, E::Failed(_)) if rules.patient(step) => gate(step, true),
        (S::Gating { step, .. }, E::Unanswerable(why)) if rules.patient(step) => held(Reason::Gate(why)),
        (S::Gating { step, fails }, E::Failed(why) | E::Unanswerable(why)) => match fails + 1 {
            fails if fails >= rules.failure_threshold => failed(rules, step - 1, Reason::Gate(why)),
            fails => (S::Gating { step, fails }, Command::AskBefore { step, wait: true }),
        },
        (S::Gating { step, .. }, E::Elapsed(why)) if rules.patient(step) => held(Reason::GateTimeout(why)),
        (S::Gating { step, .. }, E::Elapsed(why)) => failed(rules, step - 1, Reason::GateTimeout(why)),

        (S::Applying { step }, E::Written) => (S::Settling { step }, Command::Verify { step, wait: false }),
        (S::Applying { .. } | S::Settling { .. }, E::Moved(why)) => held(Reason::Moved(why)),
        (S::Applying { step } | S::Settling { step }, E::WriteFailed(why)) if rules.tidies_up(step) => {
            held(Reason::Write(why))
        }
        (S::Applying { step } | S::Settling { step }, E::WriteFailed(why)) => {
            (S::UndoGating { step, reason: Reason::Write(why) }, Command::AskUndo { step, wait: false })
        }

        (S::Settling { step }, E::Seen) if rules.bakes(step) => {
            (S::Baking { step, fails: 0 }, Command::AskBaking { step })
        }
        (S::Settling { step }, E::Seen) if step + 1 == rules.steps.len() => done(Outcome::Settled),
        (S::Settling { step }, E::Seen) => gate(step + 1, false),
        (S::Settling { step }, E::Unseen(_)) => (S::Settling { step }, Command::Verify { step, wait: true }),
        (S::Settling { step }, E::Unfinished(_)) => (S::Settling { step }, Command::Apply { step }),
        (S::Settling { step }, E::Written) => (S::Settling { step }, Command::Verify { step, wait: true }),
        (S::Settling { step }, E::Elapsed(why)) if rules.tidies_up(step) => held(Reason::NotSettled(why)),
        (S::Settling { step }, E::Elapsed(why)) => failed(rules, step, Reason::NotSettled(why)),

        (S::Baking { step, .. }, E::Passed) => (S::Baking { step, fails: 0 }, Command::AskBaking { step }),
        (S::Baking { step, fails }, E::Inconclusive(_)) => (S::Baking { step, fails }, Command::AskBaking { step }),
        (S::Baking { step, fails }, E::Failed(why) | E::Unanswerable(why)) => match fails + 1 {
            fails if fails >= rules.failure_threshold => failed(rules, step, Reason::Gate(why)),
            fails => (S::Baking { step, fails }, Command::AskBaking { step }),
        },
        // The fails are carried over: a gate that is failing does not start afresh because a bake is over.
        (S::Baking { step, fails }, E::Elapsed(_)) => {
            (S::Gating { step: step + 1, fails }, Command::AskBefore { step: step + 1, wait: false })
        }

        (S::UndoGating { step, reason }, E::Passed) => (S::Undoing { step, reason }, Command::Undo { step }),
        (S::UndoGating { step, reason }, E::Inconclusive(_)) => {
            (S::UndoGating { step, reason }, Command::AskUndo { step, wait: true })
        }
        (
            S::UndoGating { reason, .. } | S::RollbackGating { reason, .. },
            E::Failed(why) | E::Unanswerable(why) | E::Elapsed(why),
        ) => done(Outcome::Held { reason, instead_of_rollback: Some(why) }),
        (S::Undoing { reason, .. } | S::RollingBack { reason } | S::RollbackSettling { reason }, E::Moved(why)) => {
            done(Outcome::Held { reason, instead_of_rollback: Some(Reason::Moved(why).to_string()) })
        }
        (S::Undoing { reason, .. }, E::WriteFailed(undo)) => done(Outcome::Stuck { reason, undo }),
        (S::Undoing { step: 0, reason }, E::Written) => {
            (S::RollbackSettling { reason }, Command::VerifyBack { wait: false })
        }
        (S::Undoing { step, reason }, E::Written) => failed(rules, step - 1, reason),

        (S::RollbackGating { reason, .. }, E::Passed) => (S::RollingBack { reason }, Command::RollBack),
        (S::RollbackGating { step, reason }, E::Inconclusive(_)) => {
            (S::RollbackGating { step, reason }, Command::AskBack { step, wait: true })
        }
        (S::RollingBack { reason }, E::Written) => {
            (S::RollbackSettling { reason }, Command::VerifyBack { wait: false })
        }
        (S::RollingBack { reason }, E::WriteFailed(undo)) => done(Outcome::Stuck { reason, undo }),
        (S::RollbackSettling { reason }, E::Seen) => done(Outcome::RolledBack(reason)),
        (S::RollbackSettling { reason }, E::Unseen(_)) => {
            (S::RollbackSettling { reason }, Command::VerifyBack { wait: true })
        }
        (S::RollbackSettling { reason }, E::Unfinished(_)) => (S::RollbackSettling { reason }, Command::RollBack),
        (S::RollbackSettling { reason }, E::Written) => {
            (S::RollbackSettling { reason }, Command::VerifyBack { wait: true })
        }
        (S::RollbackSettling { reason }, E::WriteFailed(undo) | E::Elapsed(undo)) => {
            done(Outcome::Stuck { reason, undo })
        }

        (S::Gating { .. } | S::Applying { .. } | S::Settling { .. } | S::Baking { .. }, E::OutOfTime) => {
            held(Reason::OutOfTime)
        }
        (S::Gating { .. } | S::Applying { .. } | S::Settling { .. } | S::Baking { .. }, E::Stop) => {
            held(Reason::Stopped)
        }
        (
            S::UndoGating { reason, .. }
            | S::Undoing { reason, .. }
            | S::RollbackGating { reason, .. }
            | S::RollingBack { reason }
            | S::RollbackSettling { reason },
            E::Stop,
        ) => done(Outcome::Held { reason, instead_of_rollback: Some(Reason::Stopped.to_string()) }),
        (S::Applying { .. } | S::Settling { .. }, E::Abandoned) => held(Reason::StoppedInWrite),
        (S::Undoing { reason, .. } | S::RollingBack { reason } | S::RollbackSettling { reason }, E::Abandoned) => {
            done(Outcome::Stuck { reason, undo: Reason::StoppedInWrite.to_string() })
        }

        (state, event) => return Err(Impossible { state, event }),
    };
    Ok(next)
}

fn gate(step: usize, wait: bool) -> (State, Command) {
    (State::Gating { step, fails: 0 }, Command::AskBefore { step, wait })
}

fn done(outcome: Outcome) -> (State, Command) {
    (State::Done, Command::End(outcome))
}

fn held(reason: Reason) -> (State, Command) {
    done(Outcome::Held { reason, instead_of_rollback: None })
}

/// What follows a failure with the steps up to `step` written.
fn failed(rules: &Rules, step: usize, reason: Reason) -> (State, Command) {
    match rules.on_failure {
        OnFailure::Hold => held(reason),
        OnFailure::RollBack => (State::RollbackGating { step, reason }, Command::AskBack { step, wait: false }),
    }
}

#[cfg(test)]
mod tests;
