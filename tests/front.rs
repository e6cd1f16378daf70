//! The emulator's front: faults from a script and from a seed, calls that are held, AWS's buckets, reads that lag.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::config::retry::RetryConfig;
use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::blocking::wait;
use eksmig_tests::calls::Call;
use eksmig_tests::faults::{Chances, Fault};
use eksmig_tests::ledger::Ledger;
use eksmig_tests::patience::until;
use eksmig_tests::world::{TargetGroup, World, forward, path};

const LIMIT: Duration = Duration::from_secs(30);

/// A rule that is shared by two target groups, and a client that asks once and takes what comes.
struct Scene {
    world: World,
    rule: String,
    listener: String,
    blue: TargetGroup,
    green: TargetGroup,
    once: Client,
}

impl Scene {
    fn set(name: &str) -> Self {
        let world = World::new(name);
        let balancer = world.application_balancer("lb");
        let (blue, green) = (world.target_group("blue"), world.target_group("green"));
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
        let sides = vec![forward(&[(&blue, 100), (&green, 0)])];
        let rule = world.rule(&listener, 1, vec![path("/")], sides);
        let config = aws_sdk_elasticloadbalancingv2::config::Builder::from(world.config());
        let once = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        Self { world, rule, listener, blue, green, once }
    }

    fn key(&self) -> String {
        format!("WORLD{}", self.world.name().replace('-', ""))
    }

    fn calls(&self) -> Vec<Call> {
        self.world.emulator().calls(&self.key(), 0)
    }

    fn percent(&self) -> f64 {
        self.world.green_percent(&self.rule, &self.blue, &self.green)
    }

    /// Sends green so much, once.
    fn write(&self, green: i32) -> Result<(), String> {
        let action = forward(&[(&self.blue, 100 - green), (&self.green, green)]);
        let request = self.once.modify_rule().rule_arn(&self.rule).actions(action);
        wait(request.send()).map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
    }

    /// Asks about the rule, once.
    fn read(&self) -> Result<(), String> {
        let request = self.once.describe_rules().rule_arns(&self.rule);
        wait(request.send()).map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
    }
}

/// What became of 200 reads and 50 writes with this seed.
fn fates(name: &str, seed: u64, between: impl Fn(&Scene)) -> Vec<Option<String>> {
    let scene = Scene::set(name);
    let chances = Chances::new(&scene.key(), seed).throttle(0.2).unavailable(0.05).lose_reply(0.1).reset(0.1);
    scene.world.emulator().leave_to_chance(&chances);
    let since = scene.calls().last().unwrap().number;
    for turn in 0..50 {
        let _ = scene.write(turn);
        between(&scene);
        for _ in 0..4 {
            let _ = scene.read();
        }
    }
    let calls = scene.world.emulator().calls(&scene.key(), since);
    let asked = calls.into_iter().filter(|call| ["ModifyRule", "DescribeRules"].contains(&call.action.as_str()));
    asked.map(|call| call.fault).collect()
}

#[test]
fn a_seed_decides_the_fate_of_every_call() {
    let first = fates("seed", 1, |_| ());
    // Calls of another action in between change nothing.
    let again = fates("seed", 1, |scene| drop(wait(scene.once.describe_account_limits().send())));
    assert_eq!(first, again);
    assert_ne!(first, fates("seed", 2, |_| ()));
    let hit = |kind: &str| first.iter().flatten().filter(|fault| *fault == kind).count();
    for (kind, expected) in [("throttle", 50), ("unavailable", 12), ("lose_reply", 25), ("reset", 25)] {
        assert!((expected / 2..expected * 2).contains(&hit(kind)), "{kind} hit {} of 250", hit(kind));
    }
}

#[test]
fn a_calm_comes_when_it_is_asked_for() {
    let scene = Scene::set("calm");
    let emulator = scene.world.emulator();
    emulator.leave_to_chance(&Chances::new(&scene.key(), 1).throttle(1.0));
    emulator.order(&Fault::throttle(&scene.key(), "Describe*").times(1_000));
    assert_eq!([scene.read(), scene.write(10)], [Err("Throttling".to_owned()), Err("Throttling".to_owned())]);
    emulator.calm(&scene.key());
    assert_eq!([scene.read(), scene.write(10)], [Ok(()), Ok(())]);
}

#[test]
fn a_held_call_waits_to_be_released() {
    let scene = Scene::set("held");
    let emulator = scene.world.emulator();
    for (fault, percent) in
        [(Fault::hold_before(&scene.key(), "Modify*"), 0.0), (Fault::hold_after(&scene.key(), "Modify*"), 20.0)]
    {
        emulator.order(&fault);
        std::thread::scope(|scope| {
            let write = scope.spawn(|| scene.write(20));
            until(LIMIT, "held call", || (emulator.held(&scene.key()).len() == 1).then_some(()));
            assert_eq!(scene.percent(), percent);
            assert!(!write.is_finished());
            emulator.release(&scene.key());
            assert_eq!(write.join().unwrap(), Ok(()));
        });
        assert_eq!(scene.percent(), 20.0);
        assert!(emulator.held(&scene.key()).is_empty());
    }
}

#[test]
fn a_call_held_before_its_effect_goes_with_its_client() {
    let scene = Scene::set("gone");
    let emulator = scene.world.emulator();
    for (fault, percent) in
        [(Fault::hold_before(&scene.key(), "Modify*"), 0.0), (Fault::hold_after(&scene.key(), "Modify*"), 30.0)]
    {
        emulator.order(&fault);
        let action = forward(&[(&scene.blue, 70), (&scene.green, 30)]);
        let request = scene.once.modify_rule().rule_arn(&scene.rule).actions(action);
        let (leave, told) = tokio::sync::oneshot::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                wait(async {
                    tokio::select! {
                        answer = request.send() => panic!("answered: {answer:?}"),
                        told = told => told.unwrap(),
                    }
                });
            });
            until(LIMIT, "held call", || (!emulator.held(&scene.key()).is_empty()).then_some(()));
            leave.send(()).unwrap();
        });
        until(LIMIT, "end of the held call", || emulator.held(&scene.key()).is_empty().then_some(()));
        assert_eq!(scene.percent(), percent);
    }
    let writes: Vec<_> = scene.calls().into_iter().filter(|call| call.action == "ModifyRule").collect();
    assert_eq!(writes.iter().map(|call| call.effect.is_some()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_log_tells_what_a_write_did() {
    let scene = Scene::set("effect");
    scene.world.set_health(&scene.green, "unhealthy");
    scene.write(50).unwrap();
    scene.world.emulator().set_health_for(&scene.green.arn, "initial", 1, "healthy");
    scene.write(60).unwrap();
    let calls = scene.calls();
    let ledger = Ledger::of(&calls, &scene.blue.arn, &scene.green.arn);
    assert_eq!(ledger.writes.len(), 2);
    assert_eq!(ledger.writes[0].before, [(scene.blue.arn.clone(), 100), (scene.green.arn.clone(), 0)].into());
    assert_eq!(ledger.writes[0].after, [(scene.blue.arn.clone(), 50), (scene.green.arn.clone(), 50)].into());
    assert_eq!(ledger.writes[0].healthy, [(scene.blue.arn.clone(), 2), (scene.green.arn.clone(), 0)].into());
    // What the log finds out is not a look that counts.
    assert_eq!(ledger.raised_the_dead().len(), 2);
    let health = || {
        let found = wait(scene.once.describe_target_health().target_group_arn(&scene.green.arn).send()).unwrap();
        found.target_health_descriptions()[0].target_health().unwrap().state().unwrap().as_str().to_owned()
    };
    assert_eq!([health(), health()], ["initial", "healthy"]);
}

#[test]
fn reads_lag_behind_writes_for_a_while() {
    let scene = Scene::set("stale");
    let (world, emulator) = (&scene.world, scene.world.emulator());
    world.set_actions(&scene.listener, vec![forward(&[(&scene.blue, 1), (&scene.green, 0)])]);
    emulator.lag_reads(&scene.key(), 600_000);
    scene.write(40).unwrap();
    scene.write(80).unwrap();
    world.set_actions(&scene.listener, vec![forward(&[(&scene.blue, 1), (&scene.green, 1)])]);
    assert_eq!(scene.percent(), 40.0, "the state before the last write");
    assert_eq!(world.green_percent(&scene.listener, &scene.blue, &scene.green), 0.0);
    // Whoever did not ask for it sees the present.
    let other = World::new("stale");
    assert_eq!(other.green_percent(&scene.rule, &scene.blue, &scene.green), 80.0);
    emulator.lag_reads(&scene.key(), 300);
    until(LIMIT, "sight of the write", || (scene.percent() == 80.0).then_some(()));
    emulator.calm(&scene.key());
    scene.write(90).unwrap();
    assert_eq!(scene.percent(), 90.0);
}

#[test]
fn the_buckets_are_those_of_elastic_load_balancing() {
    let scene = Scene::set("buckets");
    let emulator = scene.world.emulator();
    emulator.keep_buckets(&scene.key());
    let since = scene.calls().last().unwrap().number;
    for _ in 0..60 {
        let _ = scene.write(10);
        let _ = scene.read();
    }
    let calls = emulator.calls(&scene.key(), since);
    for (action, size, rate) in [("ModifyRule", 20.0, 3.0), ("DescribeRules", 40.0, 10.0)] {
        let of: Vec<&Call> = calls.iter().filter(|call| call.action == action).collect();
        let through = of.iter().take_while(|call| call.fault.is_none()).count();
        assert!(through >= size as usize, "{action}: the {through}th was refused");
        let (passed, taken) = (of.last().unwrap().at - of[0].at, of.iter().filter(|call| call.succeeded()).count());
        // A token more, for the clock of the log is not that of the bucket.
        assert!(taken as f64 <= size + passed * rate + 1.0, "{action}: {taken} taken in {passed} s");
        let refused = of.iter().find(|call| !call.succeeded()).map(|call| (call.status, call.code.as_deref()));
        if let Some(refused) = refused {
            assert_eq!(refused, (Some(400), Some("Throttling")));
        }
    }
    assert!(calls.iter().any(|call| call.fault.as_deref() == Some("bucket")));
    // Another access key has buckets of its own, and these are full of nothing unless it asks for them.
    let other = World::new("buckets");
    for _ in 0..50 {
        wait(other.client().describe_account_limits().send()).unwrap();
    }
}
