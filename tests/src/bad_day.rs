//! Many applies through a bad day at AWS: throttling, errors and lost replies, drawn from a seed.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::emulator::Emulator;
use crate::faults::Chances;
use crate::ledger::Side;
use crate::patience::{FairWatch, within};
use crate::providers::Providers;
use crate::scene::{Scene, percents};
use crate::understudy::{Ended, Understudy};

/// The bad day.
pub const SEED: u64 = 20;
/// Where each resource is moved, one apply after the other. A destroy that sends everything back to blue is the last.
pub const WAY: [u8; 4] = [100, 30, 70, 10];
/// How many applies that are.
pub const RUNS: usize = WAY.len() + 1;

/// Far longer than any run takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What happens to one resource.
#[derive(Debug)]
pub struct Lane<S> {
    /// Its number among all.
    pub number: usize,
    /// Where it moves traffic.
    pub scene: S,
    /// After how many of its runs that were stopped the provider could not tell the end, and said so.
    pub unread: usize,
    terraform: Understudy,
}

/// A number from the seed, the same one every time.
pub fn drawn(of: impl Hash, below: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (SEED, of).hash(&mut hasher);
    hasher.finish() % below
}

/// A run that is struck once so many calls were made with an access key. `strike` can ask whether the run is over. Whether
/// it was still going on then, and what it came to.
pub fn struck(
    access_key: &str,
    calls: usize,
    run: impl FnOnce() -> Ended + Send,
    strike: impl FnOnce(&dyn Fn() -> bool),
) -> (bool, Ended) {
    let emulator = Emulator::shared();
    let since = emulator.calls(access_key, 0).last().map_or(0, |call| call.number);
    std::thread::scope(|scope| {
        let run = scope.spawn(run);
        let there = || (run.is_finished() || emulator.calls(access_key, since).len() >= calls).then_some(());
        within(LIMIT, there).unwrap();
        let in_flight = !run.is_finished();
        strike(&|| run.is_finished());
        (in_flight, run.join().unwrap())
    })
}

impl<S: Scene> Lane<S> {
    /// A lane on which nothing has happened yet.
    pub fn new(number: usize, scene: S) -> Self {
        Self { number, scene, unread: 0, terraform: Understudy::of(S::TYPE) }
    }

    /// One run, to a weight or to the end.
    pub fn run(&mut self, green_weight: Option<u8>, providers: &Providers) -> Ended {
        match green_weight {
            Some(green_weight) => self.terraform.apply(providers, &self.scene.config(green_weight, Side::Blue)),
            None => self.terraform.destroy(providers),
        }
    }

    /// One run that is stopped after so many calls. Whether the provider was still at it, and answered.
    pub fn stopped(&mut self, green_weight: Option<u8>, calls: usize, when: &str) -> bool {
        let (in_flight, ended) = self.strike(green_weight, calls, |providers, over| {
            let watch = FairWatch::start();
            providers.stop_until(over);
            watch.assert_within(Duration::from_secs(2), when);
        });
        self.unread += usize::from(self.terraform.assert_true_after_stop(&self.scene, when));
        in_flight && !matches!(ended, Ended::Stopped)
    }

    /// One run whose provider is killed after so many calls. Whether it was still at it.
    pub fn killed(&mut self, green_weight: Option<u8>, calls: usize) -> bool {
        matches!(self.strike(green_weight, calls, |providers, _| providers.kill()), (true, Ended::Lost))
    }

    /// One run that is struck after so many calls. Whether it was still going on then, and what it came to.
    fn strike(
        &mut self,
        green_weight: Option<u8>,
        calls: usize,
        strike: impl FnOnce(&Providers, &dyn Fn() -> bool),
    ) -> (bool, Ended) {
        let (key, providers) = (self.scene.stage().access_key.clone(), self.scene.providers());
        struck(&key, calls, || self.run(green_weight, &providers), |over| strike(&providers, over))
    }

    /// Panics unless green has this percent everywhere.
    #[track_caller]
    pub fn assert_at(&self, percent: f64, when: &str) {
        for (route, found) in percents(&self.scene.standing()) {
            assert_eq!(found, percent, "{when}: {route}");
        }
    }

    /// What must not happen on any way, and did; and what was written for nothing.
    pub fn wrongs(&self) -> Vec<String> {
        let calls = self.scene.calls(0);
        let ledger = self.scene.ledger(&calls);
        [ledger.never(), ledger.changed_nothing(), self.scene.wrongs(&calls)].concat()
    }
}

/// Runs so many lanes along a way at a time, and hands each run to `go`: the lane, which run it is, where to, and how to
/// call it. A destroy follows the way.
pub fn soak<S: Scene>(
    lanes: usize,
    way: &[u8],
    set: impl Fn(usize) -> S + Sync,
    go: impl Fn(&mut Lane<S>, usize, Option<u8>, &str) + Sync,
) -> Vec<Lane<S>> {
    std::thread::scope(|scope| {
        let lanes = (0..lanes).map(|number| {
            let (go, set) = (&go, &set);
            scope.spawn(move || {
                let mut lane = Lane::new(number, set(number));
                let key = &lane.scene.stage().access_key;
                let day = Chances::new(key, SEED * 1_000 + number as u64);
                Emulator::shared().leave_to_chance(&day.throttle(0.2).unavailable(0.05).lose_reply(0.02));
                for turn in 0..=way.len() {
                    let target = way.get(turn).copied();
                    let when = format!("lane {number}, run {turn}, to {target:?}");
                    go(&mut lane, turn, target, &when);
                    lane.assert_at(lane.scene.percent(target.unwrap_or(0)), &when);
                }
                lane
            })
        });
        let lanes: Vec<_> = lanes.collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    })
}

/// Checks the day's log, and that it was the bad day that was ordered.
#[track_caller]
pub fn judge<S: Scene>(lanes: &[Lane<S>]) {
    let mut hit = BTreeMap::<String, usize>::new();
    let mut total = 0;
    for lane in lanes {
        let wrongs = lane.wrongs();
        assert!(wrongs.is_empty(), "lane {}: {wrongs:#?}", lane.number);
        for call in lane.scene.stage().calls(0) {
            total += 1;
            *hit.entry(call.fault.unwrap_or_else(|| "none".to_owned())).or_default() += 1;
        }
    }
    println!("{total} calls: {hit:?}");
    for (kind, percent) in [("throttle", 20), ("unavailable", 5), ("lose_reply", 2)] {
        let share = hit[kind] * 1000 / total;
        assert!(share > percent * 6 && share < percent * 14, "{kind} hit {} of {total}", hit[kind]);
    }
}
