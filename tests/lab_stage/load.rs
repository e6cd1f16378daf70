//! A load through a stage whose port is moved, as `eksmig_nlb_port_swap` moves it, by calls of the test's own.

use std::time::Duration;

use aws_sdk_apigateway::types::Op;
use eksmig_tests::http_api::HttpApi;
use eksmig_tests::lab::gateway::{Gateway, StageName};
use eksmig_tests::lab::load::Load;
use eksmig_tests::lab::ports::{GREEN, Ports};
use eksmig_tests::lab::turn;
use eksmig_tests::patience::until;
use eksmig_tests::world::World;

use super::scene::{ORDER, PROD, Scene};

/// Requests a second.
const RATE: u32 = 200;
/// How many requests a share is told by.
const ENOUGH: usize = 600;
/// How many of them have to be due to green, if any: that none of 15 comes happens once in three million times.
const DUE: f64 = 15.0;
/// How long that many may take, on a machine that builds something else meanwhile.
const LIMIT: Duration = Duration::from_secs(30);

/// A stage under load.
struct Show {
    scene: Scene,
    load: Load,
    first: String,
}

impl Show {
    fn start(name: &str) -> Self {
        let (mut scene, first) = Scene::of_orders(name);
        scene.gateway.note_share(&scene.prod, ORDER, &scene.ports.green_listener);
        let load = scene.gateway.load(&scene.prod, ORDER, RATE);
        Self { scene, load, first }
    }

    /// Panics unless requests from now on meet this percent and none fails. By lot, one share in 15,000 is off by more
    /// than four standard errors.
    #[track_caller]
    fn assert_share(&self, percent: f64) {
        let journal = &self.scene.ports.site.journal;
        self.scene.gateway.catch_up();
        until(LIMIT, &format!("note of {percent} %"), || (self.asked().last() == Some(&percent)).then_some(()));
        let (from, share) = (journal.now(), percent / 100.0);
        let enough = if share > 0.0 { ENOUGH.max((DUE / share) as usize) } else { ENOUGH };
        let count = until(LIMIT, "requests at that share", || {
            let count = self.load.tally().within(from, journal.now());
            (count.sent >= enough).then_some(count)
        });
        assert_eq!(count.failed, 0, "{:?}", self.load.tally().failures());
        assert!(count.green > 0 || share == 0.0, "green gets nothing at {percent} %: {count:?}");
        let measured = count.percent().unwrap();
        let error = 100.0 * (share * (1.0 - share) / count.sent as f64).sqrt();
        println!("asked {percent} %, measured {measured:.2} %: {count:?}");
        assert!((measured - percent).abs() <= 4.0 * error, "asked {percent} %, measured {measured} %: {count:?}");
    }

    /// The percents that the stage followed, in order.
    fn asked(&self) -> Vec<f64> {
        self.scene.ports.site.journal.asked().into_iter().map(|(_, percent)| percent).collect()
    }
}

#[test]
fn nothing_fails_from_0_to_100_and_back_and_each_step_serves_its_share() {
    let _turn = turn();
    let show = Show::start("swap");
    let api = &show.scene.api;
    show.assert_share(0.0);
    api.edit_orders(&GREEN.to_string());
    api.deploy_canary(PROD, 1.0, &[]);
    show.assert_share(1.0);
    for percent in [10.0, 50.0, 100.0] {
        api.set_percent(PROD, percent);
        show.assert_share(percent);
    }
    api.promote(PROD);
    show.assert_share(100.0);
    let asked = show.scene.ports.site.journal.now();
    api.patch_stage(PROD, &[(Op::Replace, "/deploymentId", &show.first)]);
    show.assert_share(0.0);
    let back = show.scene.ports.site.journal.asked().last().unwrap().0;
    println!("back {:?} after it was asked", back - asked);
    assert_eq!(show.asked(), [0.0, 1.0, 10.0, 50.0, 100.0, 0.0]);
    let total = show.load.stop();
    println!("{:?}, half within {:?}, 99 % within {:?}", total.total(), total.percentile(50), total.percentile(99));
    assert_eq!(total.total().failed, 0, "{:?}", total.failures());
}

#[test]
fn nothing_fails_while_an_http_apis_listener_is_changed_and_changed_back() {
    let _turn = turn();
    let world = World::new("relisten");
    let ports = Ports::start(&world);
    let api = HttpApi::new(&world);
    let integration = api.route("ANY /orders/{proxy+}", &ports.blue_listener);
    api.stage("$default", true);
    let stage = StageName::new(&api.id, "$default");
    let gateway = Gateway::start(&world, &ports.site, &[&stage]);
    let load = gateway.load(&stage, ORDER, RATE);
    let green_of = |from: Duration| {
        let count = until(LIMIT, "requests at one listener", || {
            let count = load.tally().within(from, ports.site.journal.now());
            (count.sent >= ENOUGH / 2).then_some(count)
        });
        count.percent().unwrap()
    };
    for (listener, percent) in [(&ports.green_listener, 100.0), (&ports.blue_listener, 0.0)] {
        api.edit(&integration, listener);
        gateway.catch_up();
        assert_eq!(green_of(ports.site.journal.now()), percent);
    }
    let tally = load.stop();
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
}

#[test]
fn a_swap_whose_deployment_is_forgotten_moves_nothing() {
    let _turn = turn();
    let show = Show::start("forgotten");
    show.assert_share(0.0);
    show.scene.api.edit_orders(&GREEN.to_string());
    show.scene.gateway.catch_up();
    let edited = show.scene.ports.site.journal.now();
    until(LIMIT, "requests after the edit", || {
        let count = show.load.tally().within(edited, show.scene.ports.site.journal.now());
        (count.sent >= ENOUGH).then_some(())
    });
    assert_eq!(show.asked(), [0.0]);
    let total = show.load.stop().total();
    assert_eq!((total.green, total.failed), (0, 0), "{total:?}");
    assert!(total.other >= 2 * ENOUGH, "{total:?}");
}
