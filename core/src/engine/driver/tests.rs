use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use expect_test::{Expect, expect};

use super::*;
use crate::clock::SteppedClock;
use crate::engine::gate::{Side, Sides};

const MINUTE: Duration = Duration::from_secs(60);

/// A share in percent that does what it is told, unless told otherwise.
#[derive(Debug, Default)]
struct FakeWork {
    share: Mutex<u32>,
    /// How many writes go through before one fails.
    fails_at: Option<usize>,
    fails_back: bool,
    /// Someone else moves the share after the nth write.
    moved_after: Option<usize>,
    /// How many reads come before a write is seen; none for never.
    lag: Option<usize>,
    writes: Mutex<Vec<u32>>,
    reads: Mutex<usize>,
    stop_in_write: Option<CancellationToken>,
    hangs: bool,
    /// Told to stop while it waits for room to write.
    stop_before_write: Option<CancellationToken>,
}

#[async_trait]
impl Work for FakeWork {
    type Goal = u32;
    type Position = u32;

    async fn observe(&self) -> Result<u32, String> {
        Ok(*self.share.lock().unwrap())
    }

    async fn ready(&self) {
        if let Some(stop) = &self.stop_before_write {
            stop.cancel();
            std::future::pending::<()>().await;
        }
    }

    async fn apply(&self, goal: &u32) -> Result<(), WorkError> {
        let nth = self.writes.lock().unwrap().len();
        if self.moved_after == Some(nth) {
            return Err(WorkError::Moved("it is 77 now".to_owned()));
        }
        self.writes.lock().unwrap().push(*goal);
        if let Some(stop) = &self.stop_in_write {
            stop.cancel();
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if self.fails_at == Some(nth) {
            return Err(WorkError::Failed("throttled".to_owned()));
        }
        *self.share.lock().unwrap() = *goal;
        Ok(())
    }

    async fn settled(&self, goal: &u32) -> Result<Settlement, String> {
        let mut reads = self.reads.lock().unwrap();
        *reads += 1;
        let seen = *self.share.lock().unwrap();
        Ok(match self.lag {
            Some(lag) if *reads <= lag => Settlement::Pending(format!("still not {goal}")),
            _ if seen == *goal => Settlement::Settled,
            _ => Settlement::Pending(format!("it is {seen}")),
        })
    }

    async fn undo(&self, to: &u32) -> Result<(), WorkError> {
        self.writes.lock().unwrap().push(*to);
        if self.fails_back {
            return Err(WorkError::Failed("throttled again".to_owned()));
        }
        *self.share.lock().unwrap() = *to;
        Ok(())
    }
}

/// Says for a side what is written in its script, then the last of it for ever.
#[derive(Debug)]
struct FakeGate {
    side: Side,
    script: Mutex<VecDeque<Verdict>>,
    stop_when_asked: Option<(usize, CancellationToken)>,
    asked: Mutex<usize>,
}

fn gate(side: Side, script: Vec<Verdict>) -> Arc<dyn Gate> {
    Arc::new(FakeGate { side, script: Mutex::new(script.into()), stop_when_asked: None, asked: Mutex::new(0) })
}

fn bad() -> Verdict {
    Verdict::Fail("0 of 2 healthy".to_owned())
}

fn unclear() -> Verdict {
    Verdict::Inconclusive("3 requests".to_owned())
}

#[async_trait]
impl Gate for FakeGate {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.contains(self.side)
    }

    async fn judge(&self, _: Question) -> Verdict {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        if let Some((nth, stop)) = &self.stop_when_asked
            && *asked == *nth
        {
            stop.cancel();
        }
        let mut script = self.script.lock().unwrap();
        let verdict = script.front().cloned().unwrap_or(Verdict::Pass);
        if script.len() > 1 {
            script.pop_front();
        }
        verdict
    }
}

fn itinerary(shares: &[u32], interval: Duration) -> Itinerary<u32> {
    let step = |share: &u32| Step {
        goal: *share,
        label: format!("{share}%"),
        rising: Sides::only(Side::Green),
        serving: Sides { blue: *share < 100, green: *share > 0 },
        interval,
    };
    Itinerary {
        origin: 0,
        origin_label: "0%".to_owned(),
        origin_serving: Sides::only(Side::Blue),
        steps: shares.iter().map(step).collect(),
    }
}

struct Setting {
    clock: Arc<SteppedClock>,
    driver: Driver,
}

fn setting(gates: Vec<Arc<dyn Gate>>) -> Setting {
    let clock = Arc::new(SteppedClock::new());
    let driver = Driver {
        clock: clock.clone(),
        gates,
        pacing: Pacing::default(),
        stop: CancellationToken::new(),
        time_limit: None,
        observer: None,
    };
    Setting { clock, driver }
}

#[track_caller]
fn check(report: &Report<u32>, work: &FakeWork, expect: &Expect) {
    let mut text = format!("{:?}\nat {:?}, reached {}\n", report.outcome, report.position, report.reached);
    text += &format!("writes {:?}\n", work.writes.lock().unwrap());
    for entry in &report.history {
        text += &format!("{:>5}s {}\n", entry.at.as_secs(), entry.what);
    }
    expect.assert_eq(&text);
}

#[tokio::test]
async fn a_ramp_bakes_after_every_step_and_takes_no_time_here() {
    let setting = setting(vec![gate(Side::Green, vec![Verdict::Pass])]);
    let work = FakeWork { lag: Some(1), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[1, 10, 100], 5 * MINUTE)).await;
    assert_eq!(setting.clock.passed(), 15 * MINUTE + SETTLE_PAUSE);
    check(
        &report,
        &work,
        &expect![[r#"
        Settled
        at Ok(100), reached 100%
        writes [1, 10, 100]
            0s wrote 1%
            0s not seen yet: still not 1
          302s wrote 10%
          602s wrote 100%
    "#]],
    );
}

#[tokio::test]
async fn nothing_rises_for_a_green_that_never_comes_up() {
    let setting = setting(vec![gate(Side::Green, vec![bad()])]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    assert_eq!(setting.clock.passed(), Pacing::default().gate_timeout);
    assert!(!report.wrote);
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: GateTimeout("fake: 0 of 2 healthy"), instead_of_rollback: None }
        at Ok(0), reached 0%
        writes []
            0s a gate fails: fake: 0 of 2 healthy
    "#]],
    );
}

#[tokio::test]
async fn a_gate_that_will_never_tell_ends_the_wait_at_once() {
    let denied = Verdict::Unanswerable("AccessDenied".to_owned());
    let setting = setting(vec![gate(Side::Green, vec![bad()]), gate(Side::Green, vec![unclear(), denied])]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    assert_eq!(setting.clock.passed(), Pacing::default().poll_interval);
    assert!(!report.wrote);
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: Gate("fake: AccessDenied; fake: 0 of 2 healthy"), instead_of_rollback: None }
        at Ok(0), reached 0%
        writes []
            0s a gate fails: fake: 0 of 2 healthy
           10s a gate will never be able to tell: fake: AccessDenied; fake: 0 of 2 healthy
    "#]],
    );
}

#[tokio::test]
async fn green_may_come_up_late() {
    let setting = setting(vec![gate(Side::Green, vec![bad(), unclear(), Verdict::Pass])]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[100], Duration::ZERO)).await;
    check(
        &report,
        &work,
        &expect![[r#"
        Settled
        at Ok(100), reached 100%
        writes [100]
            0s a gate fails: fake: 0 of 2 healthy
           10s a gate cannot tell: fake: 3 requests
           20s wrote 100%
    "#]],
    );
}

#[tokio::test]
async fn green_turning_bad_in_a_bake_goes_back_to_blue() {
    let green = gate(Side::Green, vec![Verdict::Pass, Verdict::Pass, Verdict::Pass, bad()]);
    let setting = setting(vec![green, gate(Side::Blue, vec![Verdict::Pass])]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 100], 15 * Duration::from_secs(1))).await;
    check(
        &report,
        &work,
        &expect![[r#"
        RolledBack(Gate("fake: 0 of 2 healthy"))
        at Ok(0), reached 0%
        writes [10, 100, 0]
            0s wrote 10%
           15s wrote 100%
           25s a gate fails: fake: 0 of 2 healthy
           25s went back to 0%
    "#]],
    );
}

#[tokio::test]
async fn both_sides_bad_holds_and_says_so() {
    let green = gate(Side::Green, vec![Verdict::Pass, bad()]);
    let blue = gate(Side::Blue, vec![Verdict::Fail("blue is empty".to_owned())]);
    let setting = setting(vec![green, blue]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: Gate("fake: 0 of 2 healthy"), instead_of_rollback: Some("fake: blue is empty") }
        at Ok(10), reached 10%
        writes [10]
            0s wrote 10%
           10s a gate fails: fake: 0 of 2 healthy
           10s a gate fails: fake: blue is empty
    "#]],
    );
}

#[tokio::test]
async fn a_gate_that_cannot_tell_neither_passes_nor_fails() {
    let setting = setting(vec![gate(Side::Green, vec![Verdict::Pass, unclear()])]);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[100], MINUTE)).await;
    // The bake, and then the gates' own deadline.
    assert_eq!(setting.clock.passed(), MINUTE + Pacing::default().gate_timeout);
    check(
        &report,
        &work,
        &expect![[r#"
        RolledBack(GateTimeout("fake: 3 requests"))
        at Ok(0), reached 0%
        writes [100, 0]
            0s wrote 100%
           10s a gate cannot tell: fake: 3 requests
          660s went back to 0%
    "#]],
    );
}

#[tokio::test]
async fn a_last_step_that_raises_nothing_waits_for_the_bake_before_it_to_be_clear() {
    let setting = setting(vec![gate(Side::Green, vec![Verdict::Pass, unclear(), unclear(), Verdict::Pass])]);
    let work = FakeWork::default();
    let mut way = itinerary(&[50], 10 * Duration::from_secs(1));
    let last =
        Step { goal: 51, label: "the idle side taken out".to_owned(), rising: Sides::NONE, ..way.steps[0].clone() };
    way.steps.push(Step { interval: Duration::ZERO, ..last });
    let report = setting.driver.run(&work, &way).await;
    check(
        &report,
        &work,
        &expect![[r#"
            Settled
            at Ok(51), reached the idle side taken out
            writes [50, 51]
                0s wrote 50%
               10s a gate cannot tell: fake: 3 requests
               30s wrote the idle side taken out
        "#]],
    );
}

#[tokio::test]
async fn a_failed_write_is_undone_and_a_failed_undo_is_said() {
    let setting = setting(Vec::new());
    let work = FakeWork { fails_at: Some(1), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    check(
        &report,
        &work,
        &expect![[r#"
            RolledBack(Write("throttled"))
            at Ok(0), reached 0%
            writes [10, 100, 10, 0]
                0s wrote 10%
               60s wrote 100% in part at most
               60s a write failed: throttled
               60s went back to 10%
               60s went back to 0%
        "#]],
    );

    let work = FakeWork { fails_at: Some(1), fails_back: true, ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    check(
        &report,
        &work,
        &expect![[r#"
            Stuck { reason: Write("throttled"), undo: "throttled again" }
            at Ok(10), reached 10%
            writes [10, 100, 10]
                0s wrote 10%
               60s wrote 100% in part at most
               60s a write failed: throttled
               60s a write failed: throttled again
        "#]],
    );
}

#[tokio::test]
async fn someone_elses_change_is_left_alone() {
    let setting = setting(Vec::new());
    let work = FakeWork { moved_after: Some(1), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: Moved("it is 77 now"), instead_of_rollback: None }
        at Ok(10), reached 10%
        writes [10]
            0s wrote 10%
           60s changed by someone else: it is 77 now
    "#]],
    );
}

#[tokio::test]
async fn what_is_never_seen_is_a_failure() {
    let setting = setting(Vec::new());
    let work = FakeWork { lag: Some(usize::MAX), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10], MINUTE)).await;
    let Outcome::Stuck { reason: Reason::NotSettled(_), .. } = report.outcome else {
        panic!("{:?}", report.outcome);
    };
}

#[tokio::test]
async fn stop_lets_the_write_finish_and_begins_nothing() {
    let mut setting = setting(Vec::new());
    let stop = CancellationToken::new();
    setting.driver.stop = stop.clone();
    let work = FakeWork { stop_in_write: Some(stop), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    assert_eq!(setting.clock.passed(), Duration::ZERO);
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: Stopped, instead_of_rollback: None }
        at Ok(10), reached 10%
        writes [10]
            0s wrote 10%
            0s stop
    "#]],
    );
}

#[tokio::test]
async fn a_write_that_hangs_is_given_up_within_two_seconds_of_a_stop() {
    let mut setting = setting(Vec::new());
    let stop = CancellationToken::new();
    setting.driver.stop = stop.clone();
    let work = FakeWork { stop_in_write: Some(stop), hangs: true, ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    assert!(setting.clock.passed() < Duration::from_secs(2));
    assert_eq!(report.outcome, Outcome::Held { reason: Reason::StoppedInWrite, instead_of_rollback: None });
}

#[tokio::test]
async fn a_step_that_waits_for_room_to_write_is_not_a_write_in_flight() {
    let mut setting = setting(Vec::new());
    let stop = CancellationToken::new();
    setting.driver.stop = stop.clone();
    let work = FakeWork { stop_before_write: Some(stop), ..FakeWork::default() };
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    assert_eq!(report.outcome, Outcome::Held { reason: Reason::Stopped, instead_of_rollback: None });
    assert!(!report.wrote && setting.clock.passed().is_zero());
}

#[tokio::test]
async fn stop_in_a_bake_ends_it_at_once() {
    let mut setting = setting(Vec::new());
    let stop = CancellationToken::new();
    setting.driver.stop = stop.clone();
    setting.driver.gates = vec![Arc::new(FakeGate {
        side: Side::Green,
        script: Mutex::new(VecDeque::new()),
        stop_when_asked: Some((3, stop)),
        asked: Mutex::new(0),
    })];
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: Stopped, instead_of_rollback: None }
        at Ok(10), reached 10%
        writes [10]
            0s wrote 10%
           20s stop
    "#]],
    );
}

#[tokio::test]
async fn out_of_time_holds() {
    let mut setting = setting(Vec::new());
    setting.driver.time_limit = Some(2 * MINUTE);
    let work = FakeWork::default();
    let report = setting.driver.run(&work, &itinerary(&[10, 20, 100], 90 * Duration::from_secs(1))).await;
    check(
        &report,
        &work,
        &expect![[r#"
        Held { reason: OutOfTime, instead_of_rollback: None }
        at Ok(20), reached 20%
        writes [10, 20]
            0s wrote 10%
           90s wrote 20%
          120s out of time
    "#]],
    );
}

/// Fails each write in turn: whatever happens, the share ends where it began or is said to be stuck.
#[tokio::test]
async fn a_fault_at_every_step_can_be_undone() {
    for nth in 0..3 {
        let setting = setting(Vec::new());
        let work = FakeWork { fails_at: Some(nth), ..FakeWork::default() };
        let report = setting.driver.run(&work, &itinerary(&[10, 50, 100], MINUTE)).await;
        assert_eq!(report.outcome, Outcome::RolledBack(Reason::Write("throttled".to_owned())));
        assert_eq!(report.position, Ok(0));
    }
}

/// Writes down what it is told.
#[derive(Debug, Default)]
struct FakeObserver(Mutex<Vec<String>>);

impl Observer for FakeObserver {
    fn tell(&self, happening: &Happening<'_>) {
        let text = match happening {
            Happening::Began { origin, steps } => {
                format!("began at {}, to {:?}", origin.label, steps.iter().map(|step| step.label).collect::<Vec<_>>())
            }
            Happening::Entered { phase, step, at_most } => format!("{phase:?} {step:?}, at most {at_most:?}"),
            Happening::Judged { gate, verdict } => format!("{gate} says {verdict:?}"),
            Happening::Wrote { step, at } => format!("wrote {step}, {} {:?}", at.label, at.interval),
            Happening::WentBack { to } => format!("went back to {}", to.label),
            Happening::Troubled(trouble) => format!("{trouble:?}"),
            Happening::Ended { outcome, reached, .. } => format!("{outcome:?} at {reached}"),
        };
        self.0.lock().unwrap().push(text);
    }
}

#[tokio::test]
async fn whoever_watches_is_told_each_thing_once() {
    let observer = Arc::new(FakeObserver::default());
    let script = vec![unclear(), unclear(), Verdict::Pass, Verdict::Pass, Verdict::Pass, bad()];
    let mut setting = setting(vec![gate(Side::Green, script)]);
    setting.driver.observer = Some(observer.clone());
    let work = FakeWork { lag: Some(3), ..FakeWork::default() };
    setting.driver.run(&work, &itinerary(&[10, 100], MINUTE)).await;
    expect![[r#"
        began at 0%, to ["10%", "100%"]
        Gating Some(0), at most Some(2400s)
        fake says Inconclusive("3 requests")
        fake says Pass
        Writing Some(0), at most None
        wrote 0, 10% 60s
        Settling Some(0), at most Some(60s)
        Unseen("still not 10")
        Baking Some(0), at most Some(60s)
        fake says Fail("0 of 2 healthy")
        RollingBack None, at most Some(660s)
        went back to 0%
        RolledBack(Gate("fake: 0 of 2 healthy")) at 0%
    "#]]
    .assert_eq(&(observer.0.lock().unwrap().join("\n") + "\n"));
}

#[tokio::test]
async fn whoever_watches_is_told_of_a_write_that_fails_and_of_a_stop() {
    let observer = Arc::new(FakeObserver::default());
    let mut setting = setting(vec![]);
    setting.driver.observer = Some(observer.clone());
    let work = FakeWork { fails_at: Some(1), stop_in_write: Some(setting.driver.stop.clone()), ..FakeWork::default() };
    let failing = FakeWork { fails_at: Some(1), ..FakeWork::default() };
    setting.driver.run(&failing, &itinerary(&[10, 100], Duration::ZERO)).await;
    setting.driver.run(&work, &itinerary(&[10, 100], Duration::ZERO)).await;
    expect![[r#"
        began at 0%, to ["10%", "100%"]
        Gating Some(0), at most Some(2400s)
        Writing Some(0), at most None
        wrote 0, 10% 0ns
        Settling Some(0), at most Some(60s)
        Gating Some(1), at most Some(2400s)
        Writing Some(1), at most None
        WriteFailed("throttled")
        Undoing Some(1), at most Some(660s)
        went back to 10%
        RollingBack None, at most Some(660s)
        went back to 0%
        RolledBack(Write("throttled")) at 0%
        began at 0%, to ["10%", "100%"]
        Gating Some(0), at most Some(2400s)
        Writing Some(0), at most None
        wrote 0, 10% 0ns
        Settling Some(0), at most Some(60s)
        Stop
        Held { reason: Stopped, instead_of_rollback: None } at 10%
    "#]]
    .assert_eq(&(observer.0.lock().unwrap().join("\n") + "\n"));
}

/// Brings about one unit at a time, each seen after a look.
#[derive(Debug, Default)]
struct Piecemeal {
    done: Mutex<u32>,
    stalls_at: Option<u32>,
}

#[async_trait]
impl Work for Piecemeal {
    type Goal = u32;
    type Position = u32;

    async fn observe(&self) -> Result<u32, String> {
        Ok(*self.done.lock().unwrap())
    }

    async fn apply(&self, _: &u32) -> Result<(), WorkError> {
        let mut done = self.done.lock().unwrap();
        *done += u32::from(self.stalls_at != Some(*done));
        Ok(())
    }

    async fn settled(&self, goal: &u32) -> Result<Settlement, String> {
        let done = *self.done.lock().unwrap();
        Ok(if done < *goal { Settlement::Unfinished(format!("{done} of {goal}")) } else { Settlement::Settled })
    }

    async fn undo(&self, to: &u32) -> Result<(), WorkError> {
        *self.done.lock().unwrap() = *to;
        Ok(())
    }
}

async fn piecemeal(stalls_at: Option<u32>) -> (Report<u32>, Duration) {
    let clock = Arc::new(SteppedClock::new());
    let pacing = Pacing { on_failure: OnFailure::Hold, ..Pacing::default() };
    let (stop, time_limit) = (CancellationToken::new(), None);
    let driver = Driver { clock: clock.clone(), gates: Vec::new(), pacing, stop, time_limit, observer: None };
    let work = Piecemeal { stalls_at, ..Piecemeal::default() };
    let report = driver.run(&work, &itinerary(&[5], Duration::ZERO)).await;
    (report, clock.passed())
}

#[tokio::test]
async fn a_step_is_written_piece_by_piece_and_no_longer_than_it_may_take_to_settle() {
    let (report, took) = piecemeal(None).await;
    assert_eq!((report.outcome, report.position), (Outcome::Settled, Ok(5)));
    // The second piece follows at once on the first, and each other one after a pause.
    assert_eq!(took, 4 * SETTLE_PAUSE);
    let (report, took) = piecemeal(Some(3)).await;
    let reason = Reason::NotSettled("3 of 5".to_owned());
    assert_eq!(report.outcome, Outcome::Held { reason, instead_of_rollback: None });
    assert_eq!(took, Duration::from_secs(60));
}
