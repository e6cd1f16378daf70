//! Who is told what happens in a run, while it happens.

use std::fmt;
use std::time::Duration;

use crate::engine::gate::Verdict;
use crate::engine::outcome::Outcome;
use crate::engine::transition::{Event, State};
use crate::share::Share;

/// Someone who watches a run. What they do with what they are told is no concern of the run's: it must neither fail nor
/// take long.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Tells what has just happened.
    fn tell(&self, happening: &Happening<'_>);
}

/// A place on the way of a run: the origin, or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waypoint<'a> {
    /// Its name, as in logs: `10%`.
    pub label: &'a str,
    /// Green's share there; none where there is not one share to name.
    pub green: Option<Share>,
    /// How long it bakes.
    pub interval: Duration,
}

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A step waits for its gates.
    Gating,
    /// A step is written.
    Writing,
    /// A step is read back.
    Settling,
    /// A step bakes.
    Baking,
    /// A step that was written in part is taken back.
    Undoing,
    /// The run goes back to its origin.
    RollingBack,
}

impl Phase {
    /// The phase of a state, and its step where it has one; none before and after the run.
    pub(super) fn of(state: &State) -> Option<(Self, Option<usize>)> {
        Some(match state {
            State::Ready | State::Done => return None,
            State::Gating { step, .. } => (Phase::Gating, Some(*step)),
            State::Applying { step } => (Phase::Writing, Some(*step)),
            State::Settling { step } => (Phase::Settling, Some(*step)),
            State::Baking { step, .. } => (Phase::Baking, Some(*step)),
            State::UndoGating { step, .. } | State::Undoing { step, .. } => (Phase::Undoing, Some(*step)),
            State::RollbackGating { .. } | State::RollingBack { .. } | State::RollbackSettling { .. } => {
                (Phase::RollingBack, None)
            }
        })
    }
}

/// Something that goes wrong, or ends the run, without being a gate's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// What was written is not seen yet; the text says what is.
    Unseen(&'a str),
    /// A write failed.
    WriteFailed(&'a str),
    /// Someone else changed what the run moves.
    Moved(&'a str),
    /// The run is to stop.
    Stop,
    /// The time for the whole run is over.
    OutOfTime,
}

impl<'a> Trouble<'a> {
    /// What of an event is trouble; none of one that is not, or that the gates' verdicts tell already.
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        match event {
            Event::Unseen(why) => Some(Trouble::Unseen(why)),
            Event::WriteFailed(why) => Some(Trouble::WriteFailed(why)),
            Event::Moved(why) => Some(Trouble::Moved(why)),
            Event::Stop | Event::Abandoned => Some(Trouble::Stop),
            Event::OutOfTime => Some(Trouble::OutOfTime),
            Event::Failed(_) | Event::Inconclusive(_) | Event::Unanswerable(_) => None,
            Event::Begin | Event::Passed | Event::Elapsed(_) | Event::Written => None,
            Event::Seen | Event::Unfinished(_) => None,
        }
    }
}

/// Something that happened in a run. Steps are numbered from zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening<'a> {
    /// The run began.
    Began {
        /// Where it began.
        origin: Waypoint<'a>,
        /// The steps that it takes.
        steps: &'a [Waypoint<'a>],
    },
    /// It is about something else now.
    Entered {
        /// About what.
        phase: Phase,
        /// Of which step, where it is about one. One past the last is the last look at the gates.
        step: Option<usize>,
        /// How long this may last; none where that is not set.
        at_most: Option<Duration>,
    },
    /// A gate says something else than it said last.
    Judged {
        /// The gate.
        gate: &'a str,
        /// What it says.
        verdict: &'a Verdict,
    },
    /// A step is written.
    Wrote {
        /// The step.
        step: usize,
        /// What it brings about.
        at: Waypoint<'a>,
    },
    /// An earlier place is written back.
    WentBack {
        /// That place.
        to: Waypoint<'a>,
    },
    /// Something went wrong, or is to end the run.
    Troubled(Trouble<'a>),
    /// The run ended.
    Ended {
        /// How.
        outcome: &'a Outcome,
        /// The label of the last step that was done, or of the origin.
        reached: &'a str,
        /// Green's share as it was seen at the end; none where it was not seen, or there is not one share.
        green: Option<Share>,
    },
}
