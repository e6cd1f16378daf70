//! The drain of the idle side after a shift, whatever it moved: how it is planned, waited for and saved.

pub mod side;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eksmig_core::clock::{Moment, utc};
use eksmig_core::drain::{self, IdleSide, Limits, Wait};
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::standing::Shifted;
use eksmig_core::share::Share;
use tfplugin::{CancellationToken, Diagnostic, Diagnostics, Value};

use crate::blocks::course::{Course, least};
use crate::private::Private;
use crate::report;
use crate::saved::{self, Status};
use crate::session::Session;

/// The attribute that says when the idle side was seen drained.
pub const DRAINED_AT: &str = "drained_at";

/// The wait that an update is to end with: where a share moves, or the drain was not seen yet.
pub fn due(prior: &Value, course: &Course, moves: bool) -> Option<Wait> {
    course.drain.filter(|_| moves || prior.attr(DRAINED_AT).is_null())
}

/// Plans what an update knows of the drain.
pub fn plan(planned: &mut Value, wait: Option<Wait>, moves: bool) {
    if wait.is_some() {
        planned.set_attr(DRAINED_AT, Value::unknown());
    } else if moves {
        planned.set_attr(DRAINED_AT, Value::Null);
    }
}

/// Forgets what was known of a drain, for the share is another one.
pub fn forget(state: &mut Value, private: &mut Private) {
    state.set_attr(DRAINED_AT, Value::Null);
    private.idle_since = None;
}

/// Warns of what keeps a side longer than CloudWatch takes to tell, or that this could not be found out.
pub async fn warnings(session: &Session, course: &Course, wait: Option<Wait>, side: IdleSide) -> Vec<Diagnostic> {
    let Some(wait) = wait.filter(|_| !session.applies()) else { return Vec::new() };
    let watched = side.watched(&session.reader);
    let name = idle(course.aim.target);
    let uncounted = match watched.uncounted().await {
        Err(error) => return vec![report::drain::unread(name, &error.to_string())],
        Ok(uncounted) => uncounted.iter().map(|why| report::drain::uncounted(name, why)),
    };
    let mut warnings: Vec<Diagnostic> = uncounted.collect();
    if let Ok(holds) = watched.holds().await {
        warnings.extend(report::drain::takes(name, &wait, holds));
    }
    warnings
}

/// The side without weight, in words.
pub fn idle(target: Share) -> &'static str {
    if target == Share::BLUE { "green" } else { "blue" }
}

/// The wait of one apply.
pub struct Drain<'a> {
    session: &'a Session,
    stop: CancellationToken,
    began: Moment,
    time_limit: Duration,
    wait: Option<Wait>,
    target: Share,
}

impl<'a> Drain<'a> {
    /// That of an apply which begins now. It is waited where the plan says that the drain is seen by it.
    pub fn of(
        session: &'a Session,
        course: &Course,
        planned: &Value,
        stop: &CancellationToken,
        time_limit: Duration,
    ) -> Self {
        let wait = course.drain.filter(|_| planned.attr(DRAINED_AT).is_unknown());
        let (stop, began) = (stop.clone(), session.clock.now());
        Self { session, stop, began, time_limit, wait, target: course.aim.target }
    }

    /// The least time that it takes.
    pub fn least(&self) -> Duration {
        least(self.wait)
    }

    /// Whether the idle side stays in until it is drained.
    pub fn is_due(&self) -> bool {
        self.wait.is_some()
    }

    /// How long ago the apply began.
    pub fn passed(&self) -> Duration {
        self.session.clock.now().since(self.began)
    }

    /// Notes since when one side has all of it, `now` being when that can be known to be so where this run brought it
    /// about or nothing is known.
    pub fn note_idle<K: Ord>(&self, private: &mut Private, shifted: &Shifted<K>, now: SystemTime) {
        let arrived = shifted.report.outcome == Outcome::Settled && !self.target.is_split();
        let moved = saved::moved(&shifted.before, saved::seen(shifted));
        let known = private.idle_since.filter(|_| !moved);
        private.idle_since = arrived.then(|| known.unwrap_or_else(|| seconds(now)));
    }

    /// Writes that the drain was not seen where it was due, once it is written how the shift ended. A destroy by which
    /// Terraform replaces what was not drained when it was made is told by that not to move traffic.
    pub fn write_status(&self, state: &mut Value) {
        let settled = state.attr("status").as_str() == Some(Status::Settled.as_str());
        if settled && self.is_due() && state.attr(DRAINED_AT).is_null() {
            state.set_attr("status", Status::Undrained.as_str());
        }
    }

    /// Waits, where that is due and the shift arrived, and writes down what was seen. Whether it waited. The side is
    /// called `name`.
    ///
    /// # Errors
    ///
    /// What remains of it.
    pub async fn wait(
        &self,
        state: &mut Value,
        private: &Private,
        outcome: &Outcome,
        side: IdleSide,
        name: &str,
    ) -> Result<bool, Diagnostics> {
        let arrived = *outcome == Outcome::Settled;
        let Some(wait) = self.wait.filter(|_| arrived) else {
            if state.attr(DRAINED_AT).is_unknown() {
                state.set_attr(DRAINED_AT, Value::Null);
            }
            return Ok(false);
        };
        let since = private.idle_since.map_or_else(|| self.session.clock.wall(), time);
        let left = self.time_limit.saturating_sub(self.passed());
        let limits = Limits { clock: self.session.clock.clone(), stop: self.stop.clone(), left };
        tracing::info!(side = idle(self.target), name, "waiting until it is drained");
        match drain::wait(&side.watched(&self.session.reader), &wait, since, &limits).await {
            Ok(seen) => {
                state.set_attr(DRAINED_AT, Value::from(utc(seen)));
                Ok(true)
            }
            Err(undrained) => {
                state.set_attr(DRAINED_AT, Value::Null);
                Err(report::drain::undrained(self.target, name, &wait, &undrained).into())
            }
        }
    }
}

/// What is told of a wait: after a stop of a create as a warning, for an error would have Terraform replace the object
/// next time, and it ends with an error of its own.
pub fn told(diagnostics: Diagnostics, creating: bool, stop: &CancellationToken) -> Diagnostics {
    let soften = creating && stop.is_cancelled();
    diagnostics.into_iter().map(|one| if soften { report::softened(one) } else { one }).collect()
}

fn seconds(time: SystemTime) -> u64 {
    let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    passed.as_secs() + u64::from(passed.subsec_nanos() > 0)
}

fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}
