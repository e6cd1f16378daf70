//! `eksmig_weighted_shift` stopped where it hurts: between the two writes of one step, and where AWS tells no more. It
//! begins nothing new, answers within two seconds, and keeps what it knows.

use std::time::Duration;

use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::patience::{FairWatch, until};
use eksmig_tests::providers::Providers;
use eksmig_tests::scene::{Scene as Routes, Standing};
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::understudy::{Ended, Understudy};
use eksmig_tests::world::forward;
use serde_json::{Value, json};

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// What is moved.
struct Both<'a>(&'a Service);

impl Routes for Both<'_> {
    const TYPE: &'static str = "eksmig_weighted_shift";
    const WEIGHTS: &'static str = "routes";
    const WRITES: &'static str = "Modify*";

    fn stage(&self) -> &Stage {
        &self.0.stage
    }

    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        json!({
            "route_arns": [self.0.rule, self.0.listener],
            "blue_target_group_arn": self.0.blue.arn,
            "green_target_group_arn": self.0.green.arn,
            "green_weight": green_weight,
            "ramp": {"steps": [30]},
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    fn standing(&self) -> Standing {
        [&self.0.rule, &self.0.listener].map(|route| (route.clone(), self.0.standing(route))).into()
    }

    fn ledger(&self, calls: &[Call]) -> Ledger {
        Ledger::of(calls, &self.0.blue.arn, &self.0.green.arn)
    }
}

/// A rule and a listener that are moved over 30 % to 100 %; the listener is written first.
struct Scene {
    service: Service,
    terraform: Understudy,
}

impl Scene {
    /// A shift that settled on blue, or that does not exist yet.
    fn set(name: &str, exists: bool) -> Self {
        let service = Service::at(name, 100, 0);
        let weights = [(&service.blue, 100), (&service.green, 0)];
        service.stage.world.set_actions(&service.listener, vec![forward(&weights)]);
        let mut scene = Self { service, terraform: Understudy::of("eksmig_weighted_shift") };
        if exists {
            scene.apply(0).expect_success("nothing to do yet");
        }
        scene
    }

    fn apply(&mut self, green_weight: u8) -> Ended {
        let config = Both(&self.service).config(green_weight, Side::Blue);
        self.terraform.apply(&Providers::on(&self.service.stage, Both::TYPE), &config)
    }

    /// Applies with this fault, calls `stop` once a call is held by it, and waits for the answer to the stop.
    #[track_caller]
    fn stopped(&mut self, fault: &Fault, stop: impl FnOnce(&Providers)) {
        let (emulator, key) = (Emulator::shared(), &self.service.stage.access_key);
        let (providers, config) =
            (Providers::on(&self.service.stage, Both::TYPE), Both(&self.service).config(100, Side::Blue));
        emulator.order(fault);
        std::thread::scope(|scope| {
            let run = scope.spawn(|| self.terraform.apply(&providers, &config));
            until(LIMIT, "held call", || (!emulator.held(key).is_empty()).then_some(()));
            stop(&providers);
            let watch = FairWatch::start();
            let ended = run.join().unwrap();
            watch.assert_within(Duration::from_secs(2), "an answer to the stop");
            assert!(matches!(ended, Ended::Answered(_)), "{ended:?}");
        });
        assert!(self.terraform.said().contains("the run was stopped"), "{}", self.terraform.said());
    }

    /// Green's percents of the listener and of the rule.
    fn percents(&self) -> (f64, f64) {
        let Service { stage, listener, blue, green, .. } = &self.service;
        (stage.world.green_percent(listener, blue, green), self.service.percent())
    }

    /// Green's shares of the listener and of the rule that are kept.
    fn kept(&self) -> (Value, Value) {
        let state = self.terraform.state().unwrap();
        let share = |route: &String| state["routes"][route]["share"].clone();
        (share(&self.service.listener), share(&self.service.rule))
    }

    /// Goes on after the stop, to the end, and never back.
    #[track_caller]
    fn assert_goes_on(&mut self) {
        let key = self.service.stage.access_key.clone();
        Emulator::shared().calm(&key);
        self.apply(100).expect_success("after the stop");
        let ledger = Both(&self.service).ledger(&self.service.stage.calls(0));
        ledger.assert_safe(Side::Green, "stopped and gone on");
        assert_eq!(self.percents(), (100.0, 100.0));
    }
}

/// Stops a run when the first of a step's two writes has gone through and its answer is on the way.
#[track_caller]
fn stopped_between_two_routes(mut scene: Scene) {
    let key = scene.service.stage.access_key.clone();
    scene.stopped(&Fault::hold_after(&key, "ModifyListener"), |providers| {
        providers.stop();
        Emulator::shared().release(&key);
    });
    assert!(scene.terraform.said().contains("held at 30%/0%"), "{}", scene.terraform.said());
    let writes = scene.service.stage.writes(0);
    assert_eq!(writes.len(), 1, "nothing new begins after a stop: {writes:#?}");
    assert_eq!(scene.percents(), (30.0, 0.0));
    scene.terraform.assert_true(&Both(&scene.service), "stopped between two routes");
    assert_eq!(scene.terraform.state().unwrap()["status"], "held");
    scene.assert_goes_on();
}

#[test]
fn a_stop_between_two_routes_of_a_create_leaves_the_second_alone() {
    stopped_between_two_routes(Scene::set("stopcreate", false));
}

#[test]
fn a_stop_between_two_routes_of_an_update_leaves_the_second_alone() {
    stopped_between_two_routes(Scene::set("stopupdate", true));
}

#[test]
fn a_stop_while_nothing_can_be_read_keeps_what_was_written() {
    for (name, exists) in [("unreadcreate", false), ("unreadupdate", true)] {
        let mut scene = Scene::set(name, exists);
        let key = scene.service.stage.access_key.clone();
        scene.stopped(&Fault::hold_after(&key, "ModifyRule"), |providers| {
            Emulator::shared().order(&Fault::hold_before(&key, "Describe*").times(1000));
            let written = Emulator::shared().held(&key);
            Emulator::shared().release(&key);
            let reads = || Emulator::shared().held(&key).iter().any(|call| !written.contains(call));
            until(LIMIT, "held read", || reads().then_some(()));
            providers.stop();
        });
        assert!(scene.terraform.said().contains("could not be read"), "{}", scene.terraform.said());
        assert_eq!(scene.kept(), (30.into(), 30.into()));
        scene.terraform.assert_true(&Both(&scene.service), name);
        scene.assert_goes_on();
    }
}

#[test]
fn a_stop_in_a_write_that_nobody_answers_keeps_what_was_known_before_it() {
    let mut scene = Scene::set("unanswered", true);
    let key = scene.service.stage.access_key.clone();
    scene.stopped(&Fault::hold_after(&key, "ModifyRule"), |providers| {
        Emulator::shared().order(&Fault::hold_before(&key, "Describe*").times(1000));
        providers.stop();
    });
    assert!(scene.terraform.said().contains("could not be read"), "{}", scene.terraform.said());
    // The rule was written as well, and nobody said so.
    assert_eq!((scene.kept(), scene.percents()), ((30.into(), 0.into()), (30.0, 30.0)));
    scene.assert_goes_on();
}
