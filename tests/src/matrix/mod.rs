//! A resource struck before and after each of its writes, then run again: the same end, and nothing on the way that must
//! never happen.

mod act;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::patience::{FairWatch, until};
use crate::scene::{Scene, When};
use crate::understudy::{Ended, Understudy};

pub use act::Act;

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// What happens to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// It is killed.
    Kill,
    /// It is asked to stop.
    Stop,
}

/// How everything ends, by names that are the same in every scene of a kind.
#[derive(Debug, PartialEq)]
struct End {
    weights: Vec<BTreeMap<String, i64>>,
    status: Option<String>,
    share: Option<Value>,
}

/// A blow to an act in scenes of one kind.
#[derive(Debug)]
pub struct Matrix<'a, F> {
    /// What the scenes are called.
    pub name: &'a str,
    /// Makes a scene.
    pub set: F,
    /// What is done in it.
    pub act: Act,
    /// What happens to the provider meanwhile.
    pub blow: Blow,
    /// How many scenes are played at a time: several where an act mostly waits.
    pub at_once: usize,
}

impl<S: Scene, F: Fn() -> S + Sync> Matrix<'_, F> {
    /// Strikes the act at each of its writes, and says how many points that made.
    #[track_caller]
    pub fn play(&self) -> usize {
        let (writes, end) = self.uninterrupted();
        assert!(writes > 0, "{} {:?} writes nothing", self.name, self.act);
        let points = (0..writes).flat_map(|nth| [(nth, When::Before), (nth, When::After)]);
        let points: Vec<(u32, When)> = points.collect();
        for some in points.chunks(self.at_once) {
            std::thread::scope(|scope| {
                for (nth, when) in some {
                    scope.spawn(|| self.struck(*nth, *when, &end));
                }
            });
        }
        points.len()
    }

    /// The writes that the act takes, and how everything ends.
    fn uninterrupted(&self) -> (u32, End) {
        let scene = (self.set)();
        let mut terraform = Understudy::of(S::TYPE);
        self.act.prepare(&scene, &mut terraform);
        let since = scene.mark();
        self.act.perform(&scene, &mut terraform, &scene.providers()).expect_success("uninterrupted");
        self.judge(&scene, since, &format!("{} {:?}, uninterrupted", self.name, self.act));
        (scene.written(since).try_into().unwrap(), end(&scene, &terraform))
    }

    fn struck(&self, nth: u32, when: When, expected: &End) {
        let Self { name, act, blow, .. } = self;
        let point = format!("{blow:?} {when:?} write {} of {act:?} of {name}", nth + 1);
        let scene = (self.set)();
        let mut terraform = Understudy::of(S::TYPE);
        act.prepare(&scene, &mut terraform);
        let since = scene.mark();
        scene.hold(nth, when);

        let providers = scene.providers();
        std::thread::scope(|scope| {
            let run = scope.spawn(|| act.perform(&scene, &mut terraform, &providers));
            until(LIMIT, &format!("held write: {point}"), || {
                let written = || scene.ledger(&scene.calls(since)).writes;
                assert!(!run.is_finished(), "{point}: over before it was struck: {:?}", written());
                scene.is_held().then_some(())
            });
            let watch = FairWatch::start();
            match blow {
                Blow::Kill => providers.kill(),
                Blow::Stop => providers.stop(),
            }
            let ended = run.join().unwrap();
            match blow {
                Blow::Kill => assert!(matches!(ended, Ended::Lost), "{point}: {ended:?}"),
                Blow::Stop => {
                    watch.assert_within(Duration::from_secs(2), &point);
                    assert!(matches!(ended, Ended::Answered(_)), "{point}: {ended:?}");
                }
            }
        });
        until(LIMIT, &format!("end of the held write: {point}"), || (!scene.is_held()).then_some(()));
        if *blow == Blow::Stop {
            terraform.assert_true_after_stop(&scene, &point);
        }
        drop(providers);

        act.perform(&scene, &mut terraform, &scene.providers()).expect_success(&point);
        assert_eq!(end(&scene, &terraform), *expected, "{point}");
        self.judge(&scene, since, &point);
        let since = scene.mark();
        let again = act.perform(&scene, &mut terraform, &scene.providers());
        assert!(matches!(again, Ended::Unchanged), "{point}: {again:?}");
        assert_eq!(scene.written(since), 0, "{point}");
    }

    /// Panics with all that must never happen and did since this call.
    fn judge(&self, scene: &S, since: u64, point: &str) {
        let calls = scene.calls(since);
        let ledger = scene.ledger(&calls);
        ledger.assert_safe(self.act.towards(), point);
        assert_eq!([ledger.changed_nothing(), scene.wrongs(&calls)].concat(), [""; 0], "{point}");
    }
}

fn end(scene: &impl Scene, terraform: &Understudy) -> End {
    let state = terraform.state();
    End {
        weights: scene.standing().into_values().collect(),
        status: state.as_ref().map(|state| state["status"].as_str().unwrap().to_owned()),
        share: state.map(|state| state["observed_green_weight"].clone()),
    }
}
