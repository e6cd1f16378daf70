//! The only loop: runs commands, hears stop, keeps time.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Moment};
use crate::engine::gate::{Gate, Question, Verdict};
use crate::engine::itinerary::{Itinerary, Step};
use crate::engine::observer::{Happening, Observer, Phase, Waypoint};
use crate::engine::outcome::{Entry, Outcome, Reason, Report};
use crate::engine::transition::{Command, Event, OnFailure, Rules, State, StepRule, transition};
use crate::engine::work::{Settlement, Work, WorkError};

/// How long a write in flight may take to answer once the run is to stop. A resource answers within two seconds of
/// a stop, so this leaves time to read back.
const GRACE: Duration = Duration::from_millis(1200);
/// How long after a stop the last look may go on. A write that used up its grace leaves the rest of this to the look.
/// What is missing to two seconds is left to a busy machine.
const LAST_LOOK: Duration = Duration::from_millis(1500);
/// How long the last look may take otherwise.
const UNHURRIED_LOOK: Duration = Duration::from_secs(60);
/// How long one look at what was written may take.
const SETTLE_ANSWER: Duration = Duration::from_secs(60);
/// How long to wait between two looks at what was written.
const SETTLE_PAUSE: Duration = Duration::from_secs(2);
/// How long a step may wait for its turn to write, which many shifts at once have to share.
const READY: Duration = Duration::from_secs(1800);
/// How long a gate may take to answer before its answer is inconclusive.
const GATE_ANSWER: Duration = Duration::from_secs(60);

/// How a run is paced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pacing {
    /// Between two polls of the gates.
    pub poll_interval: Duration,
    /// How long a step may wait for its gates to pass before it begins.
    pub gate_timeout: Duration,
    /// How many failing polls in a row make a fail, at least 1.
    pub failure_threshold: u32,
    /// What to do then.
    pub on_failure: OnFailure,
}

impl Default for Pacing {
    fn default() -> Self {
        Pacing {
            poll_interval: Duration::from_secs(10),
            gate_timeout: Duration::from_secs(600),
            failure_threshold: 1,
            on_failure: OnFailure::RollBack,
        }
    }
}

/// Runs itineraries.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Asked before every step and through every bake.
    pub gates: Vec<Arc<dyn Gate>>,
    /// How fast, and what to do on a failure.
    pub pacing: Pacing,
    /// Ends the run where it is.
    pub stop: CancellationToken,
    /// How long the whole run may take; none for as long as it takes.
    pub time_limit: Option<Duration>,
    /// Who is told what happens; nobody, as a rule.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Driver {
    /// A driver that asks these gates at the usual pace, and that nobody stops, hurries or watches:
    /// `Driver { stop, ..Driver::new(clock, gates) }` for one that can be stopped.
    pub fn new(clock: Arc<dyn Clock>, gates: Vec<Arc<dyn Gate>>) -> Self {
        let (pacing, stop) = (Pacing::default(), CancellationToken::new());
        Self { clock, gates, pacing, stop, time_limit: None, observer: None }
    }

    /// Walks the itinerary, and says how it ended and where things stand.
    pub async fn run<W: Work>(&self, work: &W, itinerary: &Itinerary<W::Goal>) -> Report<W::Position> {
        let rule = |step: &Step<W::Goal>| StepRule {
            bakes: !step.interval.is_zero(),
            raises: step.rising.blue || step.rising.green,
        };
        let rules = Rules {
            steps: itinerary.steps.iter().map(rule).collect(),
            failure_threshold: self.pacing.failure_threshold.max(1),
            on_failure: self.pacing.on_failure,
        };
        let began = self.clock.now();
        let mut run = Run {
            driver: self,
            work,
            itinerary,
            began,
            entered: began,
            done: None,
            wrote: false,
            history: Vec::new(),
            last: String::new(),
            stopped: OnceLock::new(),
            just_seen: false,
            verdicts: vec![None; self.gates.len()],
            phase: None,
            unseen: false,
        };
        run.tell_that_it_began();

        let mut state = State::Ready;
        let mut event = Event::Begin;
        loop {
            run.note(&event);
            run.just_seen = event == Event::Seen;
            let (next, command) = match transition(&rules, state.clone(), event) {
                Ok(next) => next,
                Err(impossible) => {
                    let reason = Reason::Write(format!("the engine is at fault: {impossible}"));
                    (State::Done, Command::End(Outcome::Stuck { reason, undo: "nothing was undone".to_owned() }))
                }
            };
            if std::mem::discriminant(&next) != std::mem::discriminant(&state) {
                run.entered = self.clock.now();
                run.last.clear();
                run.tell_what_it_is_about(&next);
            }
            let on_the_way_back = !matches!(
                next,
                State::Gating { .. } | State::Applying { .. } | State::Settling { .. } | State::Baking { .. }
            );
            state = next;
            let over = self.time_limit.is_some_and(|limit| self.clock.now().since(began) >= limit);
            event = match command {
                Command::End(outcome) => return run.report(outcome).await,
                _ if self.stop.is_cancelled() => Event::Stop,
                _ if over && !on_the_way_back => Event::OutOfTime,
                command => run.execute(command).await,
            };
        }
    }
}

struct Run<'a, W: Work> {
    driver: &'a Driver,
    work: &'a W,
    itinerary: &'a Itinerary<W::Goal>,
    began: Moment,
    /// When the present state was entered.
    entered: Moment,
    /// The last step that is done.
    done: Option<usize>,
    wrote: bool,
    history: Vec<Entry>,
    /// What was seen or said last in the present state.
    last: String,
    /// When the stop was heard.
    stopped: OnceLock<Moment>,
    /// Whether the last thing that happened was a read that saw what was written.
    just_seen: bool,
    /// What each gate said last.
    verdicts: Vec<Option<Verdict>>,
    /// What the run is about, as was told last.
    phase: Option<(Phase, Option<usize>)>,
    /// Whether it was told that what was written is not seen, which every look says anew.
    unseen: bool,
}

/// What came first.
enum First<T> {
    Answer(T),
    Stop,
    Timeout,
}

impl<W: Work> Run<'_, W> {
    async fn execute(&mut self, command: Command) -> Event {
        let pacing = &self.driver.pacing;
        let itinerary = self.itinerary;
        match command {
            Command::AskBefore { step, wait } => {
                if wait && let Some(over) = self.pause(pacing.gate_timeout).await {
                    return over;
                }
                self.ask_in_turn(itinerary.question(step), step < itinerary.steps.len()).await
            }
            Command::AskUndo { step, wait } => self.ask(itinerary.undo_question(step), wait, pacing.gate_timeout).await,
            Command::AskBack { step, wait } => {
                self.ask(itinerary.rollback_question(step), wait, pacing.gate_timeout).await
            }
            Command::AskBaking { step } => {
                let interval = itinerary.steps.get(step).map_or(Duration::ZERO, |step| step.interval);
                self.ask(itinerary.baking_question(step), true, interval).await
            }
            Command::Apply { step } => {
                let Some(wanted) = itinerary.steps.get(step) else {
                    return Event::Written;
                };
                self.wrote = true;
                let written = match self.in_flight(self.work.apply(&wanted.goal)).await {
                    None => return Event::Abandoned,
                    Some(Ok(())) => Event::Written,
                    Some(Err(WorkError::Moved(why))) => {
                        self.wrote = self.done.is_some();
                        return Event::Moved(why);
                    }
                    Some(Err(WorkError::Stopped)) => return Event::Stop,
                    Some(Err(WorkError::Failed(why))) => {
                        self.tell(format!("wrote {} in part at most", wanted.label));
                        return Event::WriteFailed(why);
                    }
                };
                self.done = Some(step);
                self.tell(format!("wrote {}", wanted.label));
                self.inform(&Happening::Wrote { step, at: self.waypoint(wanted) });
                written
            }
            Command::Verify { step, wait } => match itinerary.steps.get(step) {
                Some(wanted) => self.verify(&wanted.goal, wait).await,
                None => Event::Seen,
            },
            Command::Undo { step } => {
                let before = step.checked_sub(1).and_then(|before| itinerary.steps.get(before));
                let label = itinerary.label_after(step.checked_sub(1));
                self.undo(before.map_or(&itinerary.origin, |before| &before.goal), label).await
            }
            Command::RollBack => {
                let event = self.undo(&itinerary.origin, &itinerary.origin_label).await;
                if event == Event::Written {
                    self.done = None;
                }
                event
            }
            Command::VerifyBack { wait } => self.verify(&itinerary.origin, wait).await,
            Command::End(_) => Event::Stop,
        }
    }

    /// Asks the gates of a step that is written next if they pass: with the turn to write in hand, so that what they say
    /// is not old by the time of the write.
    async fn ask_in_turn(&mut self, question: Question, writes: bool) -> Event {
        if writes {
            match self.within(READY, self.work.ready()).await {
                First::Stop => return Event::Stop,
                First::Answer(()) => {}
                First::Timeout => return Event::Inconclusive(format!("no turn to write in {} s", READY.as_secs())),
            }
        }
        let event = self.judge(question).await;
        if event != Event::Passed {
            self.work.release();
        }
        event
    }

    /// Asks the gates, after a poll if `wait`, and no later than when the state has lasted `limit`.
    async fn ask(&mut self, question: Question, wait: bool, limit: Duration) -> Event {
        if wait && let Some(over) = self.pause(limit).await {
            return over;
        }
        self.judge(question).await
    }

    /// Waits for the next poll. Says what is over, if that is what came first.
    async fn pause(&mut self, limit: Duration) -> Option<Event> {
        let left = limit.saturating_sub(self.driver.clock.now().since(self.entered));
        if left.is_zero() {
            return Some(Event::Elapsed(std::mem::take(&mut self.last)));
        }
        let pause = self.driver.pacing.poll_interval.max(Duration::from_millis(100)).min(left);
        if let First::Stop = self.within(pause, std::future::pending::<()>()).await {
            return Some(Event::Stop);
        }
        // A bake without a complaint is over; the gates are asked again at once, before the next step.
        (pause == left && self.last.is_empty()).then(|| Event::Elapsed(String::new()))
    }

    /// Asks every gate that has a say.
    async fn judge(&mut self, question: Question) -> Event {
        let mut unclear = Vec::new();
        let mut failing = Vec::new();
        let mut hopeless = Vec::new();
        for (nth, gate) in self.driver.gates.iter().enumerate().filter(|(_, gate)| gate.watches(question)) {
            let verdict = match self.within(GATE_ANSWER, gate.judge(question)).await {
                First::Stop => return Event::Stop,
                First::Answer(verdict) => verdict,
                First::Timeout => Verdict::Inconclusive(format!("no answer within {} s", GATE_ANSWER.as_secs())),
            };
            tracing::debug!(gate = gate.name(), ?verdict, "asked a gate");
            self.tell_verdict(nth, gate.name(), &verdict);
            match verdict {
                Verdict::Pass => {}
                Verdict::Fail(why) => failing.push(format!("{}: {why}", gate.name())),
                Verdict::Inconclusive(why) => unclear.push(format!("{}: {why}", gate.name())),
                Verdict::Unanswerable(why) => hopeless.push(format!("{}: {why}", gate.name())),
            }
        }
        if !hopeless.is_empty() {
            hopeless.append(&mut failing);
            self.last = hopeless.join("; ");
            return Event::Unanswerable(self.last.clone());
        }
        if !failing.is_empty() {
            self.last = failing.join("; ");
            return Event::Failed(self.last.clone());
        }
        if !unclear.is_empty() {
            self.last = unclear.join("; ");
            return Event::Inconclusive(self.last.clone());
        }
        self.last.clear();
        Event::Passed
    }

    async fn verify(&mut self, goal: &W::Goal, wait: bool) -> Event {
        if wait {
            if self.driver.clock.now().since(self.entered) >= self.work.settle_timeout() {
                return Event::Elapsed(std::mem::take(&mut self.last));
            }
            if let First::Stop = self.within(SETTLE_PAUSE, std::future::pending::<()>()).await {
                return Event::Stop;
            }
        }
        self.last = match self.within(SETTLE_ANSWER, self.work.settled(goal)).await {
            First::Stop => return Event::Stop,
            First::Answer(Ok(Settlement::Settled)) => return Event::Seen,
            First::Answer(Ok(Settlement::Unfinished(seen))) => {
                self.last = seen;
                return Event::Unfinished(self.last.clone());
            }
            First::Answer(Ok(Settlement::Pending(seen))) => seen,
            First::Answer(Err(why)) => why,
            First::Timeout => "reading back got no answer".to_owned(),
        };
        Event::Unseen(self.last.clone())
    }

    async fn undo(&mut self, to: &W::Goal, label: &str) -> Event {
        match self.in_flight(self.work.undo(to)).await {
            None => Event::Abandoned,
            Some(Ok(())) => {
                self.tell(format!("went back to {label}"));
                let to = Waypoint { label, green: self.work.green_at(to), interval: Duration::ZERO };
                self.inform(&Happening::WentBack { to });
                Event::Written
            }
            Some(Err(WorkError::Moved(why))) => Event::Moved(why),
            Some(Err(WorkError::Failed(why))) => Event::WriteFailed(why),
            Some(Err(WorkError::Stopped)) => Event::Stop,
        }
    }

    /// Lets a write finish. After a stop it has the grace period for that; none if it did not use it.
    async fn in_flight<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let grace = async {
            self.driver.stop.cancelled().await;
            let stopped = *self.stopped.get_or_init(|| self.driver.clock.now());
            self.driver.clock.sleep(GRACE.saturating_sub(self.driver.clock.now().since(stopped))).await;
        };
        tokio::select! {
            biased;
            answer = write => Some(answer),
            () = grace => None,
        }
    }

    /// Waits for an answer, but not past a stop or `limit`.
    async fn within<T>(&self, limit: Duration, answer: impl Future<Output = T>) -> First<T> {
        tokio::select! {
            biased;
            () = self.driver.stop.cancelled() => First::Stop,
            answer = answer => First::Answer(answer),
            () = self.driver.clock.sleep(limit) => First::Timeout,
        }
    }

    fn note(&mut self, event: &Event) {
        self.tell_trouble(event);
        match event {
            Event::Failed(why) => self.tell(format!("a gate fails: {why}")),
            Event::Inconclusive(why) => self.tell(format!("a gate cannot tell: {why}")),
            Event::Unanswerable(why) => self.tell(format!("a gate will never be able to tell: {why}")),
            Event::Unseen(why) => self.tell(format!("not seen yet: {why}")),
            Event::Unfinished(why) => self.tell(format!("more to write: {why}")),
            Event::WriteFailed(why) => self.tell(format!("a write failed: {why}")),
            Event::Moved(why) => self.tell(format!("changed by someone else: {why}")),
            Event::Stop | Event::Abandoned => self.tell("stop".to_owned()),
            Event::OutOfTime => self.tell("out of time".to_owned()),
            Event::Begin | Event::Passed | Event::Elapsed(_) | Event::Written | Event::Seen => {}
        }
    }

    /// Writes down what happened. What repeats itself is written once.
    fn tell(&mut self, what: String) {
        if self.history.last().is_some_and(|entry| entry.what == what) {
            return;
        }
        let at = self.driver.clock.now().since(self.began);
        tracing::info!(at_seconds = at.as_secs(), "{what}");
        self.history.push(Entry { at, what });
    }

    async fn report(self, outcome: Outcome) -> Report<W::Position> {
        let out_of_time = async {
            tokio::select! {
                biased;
                () = self.driver.stop.cancelled() => {}
                () = self.driver.clock.sleep(UNHURRIED_LOOK) => return,
            }
            let stopped = *self.stopped.get_or_init(|| self.driver.clock.now());
            self.driver.clock.sleep(LAST_LOOK.saturating_sub(self.driver.clock.now().since(stopped))).await;
        };
        let look = async {
            match self.work.seen().filter(|_| self.just_seen) {
                Some(seen) => Ok(seen),
                None => self.work.observe().await,
            }
        };
        let position = tokio::select! {
            biased;
            seen = look => seen,
            () = out_of_time => Err("no answer came in time".to_owned()),
        };
        let reached = self.itinerary.label_after(self.done).to_owned();
        let green = position.as_ref().ok().and_then(|position| self.work.green_seen(position));
        self.inform(&Happening::Ended { outcome: &outcome, reached: &reached, green });
        Report { outcome, position, reached, wrote: self.wrote, history: self.history }
    }
}

mod telling;

#[cfg(test)]
mod tests;
