//! Twins made, changed and destroyed through a bad day at AWS, struck by Stop and kill in between: no target group and no
//! listener is ever left that the next apply does not go on with.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::bad_day::{SEED, drawn, struck};
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Chances;
use eksmig_tests::patience::FairWatch;
use eksmig_tests::providers::Providers;
use eksmig_tests::stage::Stage;
use eksmig_tests::understudy::{Ended, Understudy};
use eksmig_tests::world::forward;
use serde_json::{Value, json};

/// Twins that are made at the same time.
const LANES: usize = 20;
/// About as many calls as the longest run makes.
const CALLS: u64 = 24;

/// What is made after what.
struct Twin {
    stage: Stage,
    balancer: String,
    type_name: &'static str,
    /// The configuration, but for what changes from one apply to the next.
    config: Value,
}

impl Twin {
    /// Twins of target groups and of listeners in turn.
    fn set(number: usize) -> Self {
        let stage = Stage::new(&format!("soaktwin{number}"));
        let world = &stage.world;
        let blue = world.target_group_of("blue", ProtocolEnum::Tcp, 0);
        world.set_group_attribute(&blue.arn, "deregistration_delay.timeout_seconds", "30");
        let balancer = world.network_balancer("lb");
        let source = world.listener(&balancer, ProtocolEnum::Tcp, 443, vec![forward(&[(&blue, 1)])]);
        let (type_name, config) = if number.is_multiple_of(2) {
            ("eksmig_target_group_twin", json!({"source_arn": blue.arn}))
        } else {
            let green = world.target_group_of("green", ProtocolEnum::Tcp, 0);
            let ports = json!({"from": 8443, "to": 8449});
            let config = json!({"source_arn": source, "target_group_arn": green.arn, "port_range": ports});
            ("eksmig_nlb_listener_twin", config)
        };
        Self { stage, balancer, type_name, config }
    }

    /// The ARNs of all target groups and listeners.
    fn all(&self) -> Vec<String> {
        let groups = self.stage.world.groups().into_iter().filter_map(|group| group.target_group_arn);
        let listeners = self.stage.world.listeners_of(&self.balancer);
        groups.chain(listeners.into_values().filter_map(|one| one.listener_arn)).collect()
    }

    /// The configuration with a tag.
    fn tagged(&self, tag: &str) -> Value {
        let mut config = self.config.clone();
        config["tags"] = json!({"wave": tag});
        config
    }
}

/// One run: to a twin with this tag, or to none.
fn run(twin: &Twin, terraform: &mut Understudy, tag: Option<&str>, providers: &Providers) -> Ended {
    match tag {
        Some(tag) => terraform.apply(providers, &twin.tagged(tag)),
        None => terraform.destroy(providers),
    }
}

/// A twin's life, each run of it struck and then run again. Counts the runs that were killed and stopped in the middle.
fn life(number: usize, strikes: &[AtomicUsize; 2]) {
    let twin = Twin::set(number);
    let sources = twin.all();
    let mut terraform = Understudy::of(twin.type_name);
    let key = &twin.stage.access_key;
    let day = Chances::new(key, SEED * 1_000 + number as u64).throttle(0.08).unavailable(0.04).reset(0.04);
    Emulator::shared().leave_to_chance(&day.lose_reply(0.08));
    for (turn, tag) in [Some("one"), Some("two"), None].into_iter().enumerate() {
        let (blow, moment) = (number / 2 % 2, drawn((number, turn, "twin"), CALLS) as usize + 1);
        let when = format!("lane {number}, run {turn}, to {tag:?}, struck at call {moment}");
        let providers = Providers::on(&twin.stage, twin.type_name);
        let (in_flight, ended) = struck(
            key,
            moment,
            || run(&twin, &mut terraform, tag, &providers),
            |over| match blow {
                0 => providers.kill(),
                _ => {
                    let watch = FairWatch::start();
                    providers.stop_until(over);
                    watch.assert_within(Duration::from_secs(2), &when);
                }
            },
        );
        let hit = in_flight && !matches!(ended, Ended::Stopped);
        strikes[blow].fetch_add(hit.into(), Ordering::SeqCst);
        assert!(twin.all().len() <= sources.len() + 1, "{when}: {:?}", twin.all());
        run(&twin, &mut terraform, tag, &Providers::on(&twin.stage, twin.type_name)).expect_success(&when);
        let made: Vec<String> = twin.all().into_iter().filter(|arn| !sources.contains(arn)).collect();
        let state = terraform.state();
        let known: Vec<&str> = state.iter().filter_map(|state| state["arn"].as_str()).collect();
        assert_eq!(made, known, "{when}: left over, or lost");
        if let (Some(tag), [arn]) = (tag, made.as_slice()) {
            assert_eq!(twin.stage.world.tags(arn)["wave"], tag, "{when}");
        }
    }
    Emulator::shared().calm(key);
    assert_eq!(twin.all(), sources, "lane {number}: the sources alone are left");
}

#[test]
fn twins_struck_on_a_bad_day_leave_nothing_over() {
    let strikes = [AtomicUsize::new(0), AtomicUsize::new(0)];
    std::thread::scope(|scope| {
        for number in 0..LANES {
            let strikes = &strikes;
            scope.spawn(move || life(number, strikes));
        }
    });
    let [kills, stops] = strikes.map(AtomicUsize::into_inner);
    println!("{kills} runs were killed in the middle, and {stops} stopped");
    assert!(kills > LANES / 2 && stops > LANES / 2);
}
