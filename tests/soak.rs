//! Many applies through a bad day at AWS: throttling, errors, lost replies, and Stop in between. All end right, and
//! nothing is written for nothing.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Chances;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::patience::{FairWatch, within};
use eksmig_tests::providers::Providers;
use eksmig_tests::service::Service;
use eksmig_tests::understudy::{Ended, Understudy};
use eksmig_tests::world::forward;
use serde_json::{Value, json};

/// The bad day.
const SEED: u64 = 20;
/// Services that are moved at the same time.
const LANES: usize = 20;
/// Where each is moved, one apply after the other. A destroy that sends everything back to blue is the last.
const WAY: [u8; 4] = [100, 30, 70, 10];

/// Far longer than any run takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What happened to one service.
struct Lane {
    number: usize,
    service: Service,
    routes: Vec<String>,
    terraform: Understudy,
    unread: usize,
}

/// A number from the seed, the same one every time.
fn drawn(of: impl Hash, below: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (SEED, of).hash(&mut hasher);
    hasher.finish() % below
}

impl Lane {
    fn new(number: usize) -> Self {
        let service = Service::at(&format!("soak{number}"), 100, 0);
        let mut routes = vec![service.rule.clone()];
        if number.is_multiple_of(2) {
            let sides = forward(&[(&service.blue, 1), (&service.green, 0)]);
            service.stage.world.set_actions(&service.listener, vec![sides]);
            routes.push(service.listener.clone());
        }
        let terraform = Understudy::of("eksmig_weighted_shift");
        Self { number, service, routes, terraform, unread: 0 }
    }

    fn config(&self, green_weight: u8) -> Value {
        json!({
            "route_arns": self.routes,
            "blue_target_group_arn": self.service.blue.arn,
            "green_target_group_arn": self.service.green.arn,
            "green_weight": green_weight,
            "ramp": {"steps": [20, 60]},
            "gate": {"poll_interval": "1s"},
            "on_destroy": "blue",
        })
    }

    fn day(&self) -> Chances {
        let seed = SEED * 1_000 + self.number as u64;
        Chances::new(&self.service.stage.access_key, seed).throttle(0.2).unavailable(0.05).lose_reply(0.02)
    }

    /// One run, to a weight or to the end.
    fn run(&mut self, green_weight: Option<u8>, providers: &Providers) -> Ended {
        match green_weight {
            Some(green_weight) => self.terraform.apply(providers, &self.config(green_weight)),
            None => self.terraform.destroy(providers),
        }
    }

    /// One run that is stopped after so many calls. Whether the provider was still at it, and answered.
    fn stopped(&mut self, green_weight: Option<u8>, calls: usize, when: &str) -> bool {
        let since = self.service.stage.mark();
        let providers = Providers::on(&self.service.stage);
        let (emulator, key) = (Emulator::shared(), self.service.stage.access_key.clone());
        let (in_flight, ended) = std::thread::scope(|scope| {
            let run = scope.spawn(|| self.run(green_weight, &providers));
            let there = || (run.is_finished() || emulator.calls(&key, since).len() >= calls).then_some(());
            within(LIMIT, there).unwrap();
            let (in_flight, watch) = (!run.is_finished(), FairWatch::start());
            // A call that was on its way when Stop came has not heard it.
            within(LIMIT, || {
                providers.stop();
                run.is_finished().then_some(())
            })
            .unwrap();
            let ended = run.join().unwrap();
            watch.assert_within(Duration::from_secs(2), when);
            (in_flight, ended)
        });
        if self.terraform.said().contains("could not be read") {
            // AWS answered nothing in the time that is left after a stop, and the provider says so. What it keeps is
            // what it knew last, never something that was not there.
            self.unread += 1;
            let ledger = self.ledger();
            self.terraform.assert_known(&self.service, |route| ledger.last_known(route), when);
        } else {
            self.terraform.assert_true(&self.service, when);
        }
        in_flight && !matches!(ended, Ended::Stopped)
    }

    fn assert_at(&self, percent: f64, when: &str) {
        for route in &self.routes {
            let world = &self.service.stage.world;
            assert_eq!(world.green_percent(route, &self.service.blue, &self.service.green), percent, "{when}: {route}");
        }
    }

    fn ledger(&self) -> Ledger {
        Ledger::of(&self.service.stage.calls(0), &self.service.blue.arn, &self.service.green.arn)
    }
}

/// Runs every lane along the way, and hands each run to `go`.
fn soak(go: impl Fn(&mut Lane, usize, Option<u8>, &str) + Sync) -> Vec<Lane> {
    std::thread::scope(|scope| {
        let lanes = (0..LANES).map(|number| {
            let go = &go;
            scope.spawn(move || {
                let mut lane = Lane::new(number);
                Emulator::shared().leave_to_chance(&lane.day());
                for turn in 0..=WAY.len() {
                    let target = WAY.get(turn).copied();
                    let when = format!("lane {number}, run {turn}, to {target:?}");
                    go(&mut lane, turn, target, &when);
                    lane.assert_at(f64::from(target.unwrap_or(0)), &when);
                }
                lane
            })
        });
        let lanes: Vec<_> = lanes.collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    })
}

/// Checks the day's log, and that it was the bad day that was ordered.
fn judge(lanes: &[Lane]) {
    let mut hit = std::collections::BTreeMap::<String, usize>::new();
    let mut total = 0;
    for lane in lanes {
        let ledger = lane.ledger();
        let wrongs = [ledger.never(), ledger.changed_nothing()].concat();
        assert!(wrongs.is_empty(), "lane {}: {wrongs:#?}", lane.number);
        for call in lane.service.stage.calls(0) {
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

#[test]
fn a_hundred_applies_through_a_bad_day_all_end_right() {
    let lanes = soak(|lane, _, target, when| {
        let providers = Providers::on(&lane.service.stage);
        lane.run(target, &providers).expect_success(when);
    });
    judge(&lanes);
}

#[test]
fn a_bad_day_with_stops_leaves_the_truth_behind() {
    let stops = AtomicUsize::new(0);
    let lanes = soak(|lane, turn, target, when| {
        let moment = drawn((lane.number, turn), 24) as usize + 1;
        if lane.stopped(target, moment, &format!("{when}, stopped at call {moment}")) {
            stops.fetch_add(1, Ordering::SeqCst);
        }
        let providers = Providers::on(&lane.service.stage);
        lane.run(target, &providers).expect_success(when);
    });
    judge(&lanes);
    let unread: usize = lanes.iter().map(|lane| lane.unread).sum();
    println!("{unread} of {stops:?} did not learn the end");
    assert!(unread * 5 < stops.load(Ordering::SeqCst), "{unread} did not learn the end");
    println!("{stops:?} runs were stopped in the middle");
    assert!(stops.into_inner() > LANES * 2);
}

#[test]
fn reads_that_lag_behind_writes_make_it_wait_and_write_nothing_twice() {
    let mut lane = Lane::new(LANES);
    let (emulator, key) = (Emulator::shared(), lane.service.stage.access_key.clone());
    emulator.lag_reads(&key, 1_000);
    emulator.leave_to_chance(&Chances::new(&key, SEED).reset(0.1).delay(0.2, 100));
    for target in [Some(100), Some(30), None] {
        let providers = Providers::on(&lane.service.stage);
        lane.run(target, &providers).expect_success("while reads lag");
        lane.assert_at(f64::from(target.unwrap_or(0)), "while reads lag");
    }
    let ledger = lane.ledger();
    assert_eq!([ledger.never(), ledger.changed_nothing()].concat(), [""; 0]);
    assert_eq!(ledger.writes.len(), 10, "{:#?}", ledger.writes);
}
