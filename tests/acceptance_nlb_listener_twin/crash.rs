//! Whatever hits a create, the next apply goes on with what it left, and no listener is left over.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{Certificate, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::faults::{Chances, Fault};
use eksmig_tests::patience::until;

use crate::{Scene, certificate};

const RANGE: &str = "port_range = { from = 8443, to = 8449 }";
/// A create writes these, in this order.
const WRITES: [&str; 2] = ["CreateListener", "AddListenerCertificates"];

fn scene(name: &str) -> Scene {
    let scene = Scene::new(name, ProtocolEnum::Tls, 443);
    let one = Certificate::builder().certificate_arn(certificate("b")).build();
    let request = scene.stage.world.client().add_listener_certificates().listener_arn(&scene.source);
    wait(request.certificates(one).send()).unwrap();
    scene.write(RANGE);
    scene
}

/// The next apply comes to the same end as one that was never disturbed.
#[track_caller]
fn recovers(scene: &Scene) {
    scene.stage.world.emulator().calm(&scene.stage.access_key);
    scene.settle(RANGE);
    assert_eq!(scene.ports(), [443, 8443], "the source and one twin");
    let twin = scene.on(8443);
    let world = &scene.stage.world;
    assert_eq!(world.certificates(twin.listener_arn().unwrap()), world.certificates(&scene.source));
    scene.stage.workspace.destroy().expect_success();
    assert_eq!(scene.ports(), [443], "the source alone is left");
}

#[test]
fn a_kill_around_every_write_leaves_no_listener_over() {
    for (nth, action) in WRITES.into_iter().enumerate() {
        for before in [true, false] {
            let scene = scene(&format!("lkill{nth}{}", u8::from(before)));
            let (emulator, key) = (scene.stage.world.emulator(), &scene.stage.access_key);
            emulator.order(&if before { Fault::hold_before(key, action) } else { Fault::hold_after(key, action) });
            let running = scene.stage.workspace.spawn_apply();
            until(Duration::from_secs(60), action, || (!emulator.held(key).is_empty()).then_some(()));
            running.kill_provider();
            running.wait().expect_failure();
            emulator.release(key);
            recovers(&scene);
        }
    }
}

#[test]
fn a_create_that_only_loses_replies_finds_what_it_made() {
    let scene = scene("llost");
    scene.stage.world.emulator().order(&Fault::lose_reply(&scene.stage.access_key, "CreateListener").times(50));
    scene.stage.configure("max_retries = 2");
    let run = scene.stage.workspace.apply().expect_success();
    assert!(run.warnings().is_empty(), "{}", run.warnings());
    recovers(&scene);
}

#[test]
fn faults_by_chance_leave_no_listener_over() {
    for seed in 0..4 {
        let scene = scene(&format!("lsoak{seed}"));
        let key = &scene.stage.access_key;
        let chances = Chances::new(key, seed).throttle(0.1).unavailable(0.1).reset(0.1).lose_reply(0.2);
        scene.stage.world.emulator().leave_to_chance(&chances);
        scene.stage.configure("max_retries = 2");
        for _ in 0..3 {
            scene.stage.workspace.apply();
        }
        recovers(&scene);
    }
}
