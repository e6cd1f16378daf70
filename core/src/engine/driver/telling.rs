//! Telling the observer of a run what happens in it.

use std::time::Duration;

use super::{READY, Run};
use crate::engine::gate::Verdict;
use crate::engine::itinerary::Step;
use crate::engine::observer::{Happening, Phase, Trouble, Waypoint};
use crate::engine::transition::{Event, State};
use crate::engine::work::Work;

impl<W: Work> Run<'_, W> {
    /// Tells whoever watches.
    pub(super) fn inform(&self, happening: &Happening<'_>) {
        if let Some(observer) = &self.driver.observer {
            observer.tell(happening);
        }
    }

    pub(super) fn tell_that_it_began(&self) {
        let itinerary = self.itinerary;
        let green = self.work.green_at(&itinerary.origin);
        let origin = Waypoint { label: &itinerary.origin_label, green, interval: Duration::ZERO };
        let steps: Vec<Waypoint<'_>> = itinerary.steps.iter().map(|step| self.waypoint(step)).collect();
        self.inform(&Happening::Began { origin, steps: &steps });
    }

    pub(super) fn waypoint<'a>(&self, step: &'a Step<W::Goal>) -> Waypoint<'a> {
        Waypoint { label: &step.label, green: self.work.green_at(&step.goal), interval: step.interval }
    }

    /// Tells what the run is about in a state, if that is something else than before, and how long that may last.
    pub(super) fn tell_what_it_is_about(&mut self, state: &State) {
        let now = Phase::of(state);
        if now == self.phase {
            return;
        }
        self.phase = now;
        self.unseen = false;
        let Some((phase, step)) = now else { return };
        let (gates, settling) = (self.driver.pacing.gate_timeout, self.work.settle_timeout());
        let baking = step.and_then(|step| self.itinerary.steps.get(step)).map(|step| step.interval);
        let at_most = match phase {
            Phase::Gating => Some(gates.saturating_add(READY)),
            Phase::Writing => None,
            Phase::Settling => Some(settling),
            Phase::Baking => baking,
            Phase::Undoing | Phase::RollingBack => Some(gates.saturating_add(settling)),
        };
        self.inform(&Happening::Entered { phase, step, at_most });
    }

    /// Tells of trouble, if an event is any.
    pub(super) fn tell_trouble(&mut self, event: &Event) {
        let Some(trouble) = Trouble::of(event) else { return };
        let unseen = matches!(trouble, Trouble::Unseen(_));
        if !(unseen && self.unseen) {
            self.inform(&Happening::Troubled(trouble));
        }
        self.unseen |= unseen;
    }

    /// Tells what the gate numbered `nth` says, unless it said so last.
    pub(super) fn tell_verdict(&mut self, nth: usize, gate: &str, verdict: &Verdict) {
        if let Some(last) = self.verdicts.get_mut(nth)
            && last.as_ref() != Some(verdict)
        {
            *last = Some(verdict.clone());
            self.inform(&Happening::Judged { gate, verdict });
        }
    }
}
