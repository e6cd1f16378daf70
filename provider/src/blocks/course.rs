//! How a shift goes: the words that every resource has which moves traffic.

use std::sync::Arc;
use std::time::Duration;

use eksmig_core::drain::Wait;
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::gate::Gate as CoreGate;
use eksmig_core::engine::observer::Observer;
use eksmig_core::engine::shift::{Aim, Idle};
use eksmig_core::engine::transition::OnFailure;
use eksmig_core::schedule::{Ramp, Schedule};
use eksmig_core::share::Share;
use tfplugin::{CancellationToken, Diagnostic, Diagnostics, Field, Reader, Value};

use crate::blocks::gate::{self, Gate};
use crate::blocks::policy::{self, OnDestroy};
use crate::blocks::timeouts::{self, Timeouts};
use crate::blocks::{drain, ramp, share, take};
use crate::report;
use crate::session::Session;

/// The course as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct WrittenCourse {
    /// Green's share.
    pub target: Field<Share>,
    /// How to get there.
    pub ramp: Field<Ramp>,
    /// What must hold on the way.
    pub gate: Field<Gate>,
    /// What to do on a failure.
    pub on_failure: Field<OnFailure>,
    /// What a destroy does.
    pub on_destroy: Field<OnDestroy>,
    /// What becomes of a side at weight 0.
    pub idle: Field<Idle>,
    /// What is asked of the idle side in the end.
    pub drain: Field<Option<Wait>>,
    /// How long things may take.
    pub timeouts: Field<Timeouts>,
}

/// The course as run: all of it known.
#[derive(Debug, Clone)]
pub struct Course {
    /// Green's share, and the way there.
    pub aim: Aim,
    /// What must hold on the way.
    pub gate: Gate,
    /// What to do on a failure.
    pub on_failure: OnFailure,
    /// What a destroy does.
    pub on_destroy: OnDestroy,
    /// What is asked of the idle side in the end, where there is one.
    pub drain: Option<Wait>,
    /// How long things may take.
    pub timeouts: Timeouts,
}

/// Reads a course. `drop_idle` is the argument that has the idle side taken out, where there is one.
pub fn read(root: &Reader<'_>, drop_idle: Option<&str>, errors: &mut Diagnostics) -> WrittenCourse {
    let idle = || -> Result<Field<Idle>, Diagnostic> {
        let Some(name) = drop_idle else { return Ok(Field::Known(Idle::Keep)) };
        Ok(root.attr(name).bool()?.known_or(false).map(|drop| if drop { Idle::Drop } else { Idle::Keep }))
    };
    WrittenCourse {
        target: take(errors, share::read(&root.attr("green_weight"))),
        ramp: take(errors, ramp::read(&root.attr("ramp"))),
        gate: take(errors, gate::read(&root.attr("gate"))),
        on_failure: take(errors, policy::read_on_failure(&root.attr("on_failure"))).known_or(OnFailure::default()),
        on_destroy: take(errors, policy::read_on_destroy(&root.attr("on_destroy"))).known_or(OnDestroy::default()),
        idle: take(errors, idle()),
        drain: take(errors, drain::read(&root.attr("wait_for_drain"))),
        timeouts: take(errors, timeouts::read(&root.attr("timeouts"))),
    }
}

impl WrittenCourse {
    /// The course, if all of it is known.
    pub fn known(self) -> Option<Course> {
        let target = self.target.known()?;
        Some(Course {
            drain: self.drain.known()?.filter(|_| !target.is_split()),
            aim: Aim { target, ramp: self.ramp.known()?, idle: self.idle.known()? },
            gate: self.gate.known()?,
            on_failure: self.on_failure.known()?,
            on_destroy: self.on_destroy.known()?,
            timeouts: self.timeouts.known()?,
        })
    }

    /// What a destroy does to the traffic, which is nothing after a create that did not finish.
    pub fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        let on_destroy = self.on_destroy.clone().known().filter(|_| !unfinished).unwrap_or(OnDestroy::Keep);
        report::destroying(prior, on_destroy, unfinished)
    }

    /// The schedule from 0, where what it is made of is known.
    pub fn schedule_from_zero(&self) -> Option<Schedule> {
        match (&self.ramp, &self.target) {
            (Field::Known(ramp), Field::Known(target)) => Some(Schedule::new(ramp, &[Share::BLUE], *target)),
            _ => None,
        }
    }

    /// The least time that the drain takes; none where that is not known.
    pub fn drain_from_zero(&self) -> Option<Duration> {
        match (&self.drain, &self.target) {
            (Field::Known(wait), Field::Known(target)) => Some(least(wait.filter(|_| !target.is_split()))),
            _ => None,
        }
    }

    /// Where the ramp does not fit into the time of a create or an update.
    pub fn too_short(&self) -> Vec<Diagnostic> {
        timeouts::too_short(&self.timeouts, &self.ramp, &self.target, self.drain_from_zero().unwrap_or_default())
    }
}

/// The least time that a wait takes.
pub fn least(wait: Option<Wait>) -> Duration {
    wait.map_or(Duration::ZERO, |wait| wait.least())
}

impl Course {
    /// How long a create or an update may take.
    pub fn time_limit(&self, prior: Option<&Value>) -> Duration {
        if prior.is_some() { self.timeouts.update } else { self.timeouts.create }
    }

    /// What drives the shift under these gates, and tells `observer` of it.
    pub fn driver(
        &self,
        session: &Session,
        observer: Option<Arc<dyn Observer>>,
        gates: Vec<Arc<dyn CoreGate>>,
        stop: CancellationToken,
        time_limit: Duration,
    ) -> Driver {
        let pacing = self.gate.pacing(self.on_failure);
        Driver { clock: session.clock.clone(), gates, pacing, stop, time_limit: Some(time_limit), observer }
    }
}
