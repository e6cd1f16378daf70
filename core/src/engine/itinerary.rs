//! The way of one run: where it began, and the steps it takes.

use std::time::Duration;

use crate::engine::gate::{Question, Sides};

/// One step of a run, over any kind of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<T> {
    /// What the work is asked to bring about. It says the whole of what should be, not a difference, so that doing
    /// it twice is doing it once.
    pub goal: T,
    /// How the step is named in logs and errors: `10%`, for example.
    pub label: String,
    /// The sides whose share the step raises. Gates are asked about these; a step that raises none is not gated.
    pub rising: Sides,
    /// The sides that serve once the step is done.
    pub serving: Sides,
    /// How long the step bakes.
    pub interval: Duration,
}

/// Where a run began and the steps it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Itinerary<T> {
    /// What was there when the run began: where a roll-back leads.
    pub origin: T,
    /// How the origin is named in logs and errors.
    pub origin_label: String,
    /// The sides that serve at the origin.
    pub origin_serving: Sides,
    /// The steps, in order.
    pub steps: Vec<Step<T>>,
}

impl<T> Itinerary<T> {
    /// What the gates are asked before step `nth` begins, with the steps before it done: about the sides that it raises,
    /// and about those that the step before it raised and baked, for a bake that ended unclear is not over.
    pub(super) fn question(&self, nth: usize) -> Question {
        let before = nth.checked_sub(1);
        let baked = before.and_then(|before| self.steps.get(before)).filter(|step| !step.interval.is_zero());
        let rising = self.steps.get(nth).into_iter().chain(baked).fold(Sides::NONE, |sides, step| Sides {
            blue: sides.blue || step.rising.blue,
            green: sides.green || step.rising.green,
        });
        Question { rising, serving: self.serving_after(before) }
    }

    /// What the gates are asked while step `nth` bakes.
    pub(super) fn baking_question(&self, nth: usize) -> Question {
        let rising = self.steps.get(nth).map_or(Sides::NONE, |step| step.rising);
        Question { rising, serving: self.serving_after(Some(nth)) }
    }

    /// What the gates are asked before step `nth`, which was written in part, is taken back: about the sides that it took
    /// traffic from.
    pub(super) fn undo_question(&self, nth: usize) -> Question {
        let rose = self.steps.get(nth).map_or(Sides::NONE, |step| step.rising);
        Question { rising: Sides { blue: rose.green, green: rose.blue }, serving: self.serving_after(Some(nth)) }
    }

    /// What the gates are asked before a run that did the steps up to `nth` goes back to its origin: about the sides
    /// that the steps took traffic from.
    pub(super) fn rollback_question(&self, nth: usize) -> Question {
        let rose = |side: fn(&Sides) -> bool| self.steps.iter().take(nth + 1).any(|step| side(&step.rising));
        let rising = Sides { blue: rose(|sides| sides.green), green: rose(|sides| sides.blue) };
        Question { rising, serving: self.serving_after(Some(nth)) }
    }

    /// The label of what stands once step `nth` is done; the origin's for none.
    pub(super) fn label_after(&self, nth: Option<usize>) -> &str {
        nth.and_then(|nth| self.steps.get(nth)).map_or(&self.origin_label, |step| &step.label)
    }

    fn serving_after(&self, nth: Option<usize>) -> Sides {
        nth.and_then(|nth| self.steps.get(nth)).map_or(self.origin_serving, |step| step.serving)
    }
}
