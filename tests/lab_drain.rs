//! The drain of real requests: a session that outlives the shift keeps the apply waiting until it is over.
//!
//! CloudWatch counts by the minute and late, so that this takes as long as it does: four to five minutes.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::TargetGroupAttribute;
use eksmig_tests::blocking::wait;
use eksmig_tests::lab::Lab;
use eksmig_tests::lab::visit::Visit;
use eksmig_tests::patience::{Watch, until};
use eksmig_tests::world::sticky_forward;

/// How long the session goes on after the shift.
const SESSION: Duration = Duration::from_secs(80);
/// How long its cookie lasts.
const COOKIE: Duration = Duration::from_secs(20);
/// What the wait takes from the session's last request on: its minute to the end, a whole one, and two for CloudWatch.
const DRAIN: Duration = Duration::from_secs(60 + 60 + 120);
/// What a busy machine, two looks and Terraform take besides.
const SLACK: Duration = Duration::from_secs(60);

#[test]
fn the_apply_waits_for_a_session_that_outlives_the_shift() {
    let lab = Lab::start("drain");
    let service = &lab.service;
    let world = &service.stage.world;
    let weights = [(&service.blue, 100), (&service.green, 0)];
    world.set_actions(&service.rule, vec![sticky_forward(&weights, COOKIE.as_secs() as i32)]);
    let delay = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds").value("0").build();
    let modify = world.client().modify_target_group_attributes().target_group_arn(&service.blue.arn).attributes(delay);
    wait(modify.send()).unwrap();
    lab.site.plane.catch_up();

    let door = Visit::to(lab.site.plane.address(&service.listener), "/orders/42");
    let mut answer = door.make();
    assert_eq!(answer.cluster(), "blue");
    let shift = service.shift(100).with("drop_idle_target_group = true");
    let shift = shift.with("wait_for_drain = {\n    window  = \"1m\"\n    timeout = \"15m\"\n  }");
    service.stage.write(&[&shift]);
    let load = lab.load(20);
    let mut running = service.stage.workspace.spawn_apply();
    let session = |answer: &mut eksmig_tests::lab::visit::Answer| {
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        *answer = door.clone().with("cookie", &cookie).make();
        answer.cluster().to_owned()
    };
    until(Duration::from_secs(60), "green at 100 %", || {
        assert_eq!(session(&mut answer), "blue");
        (service.percent() == 100.0).then_some(())
    });
    lab.site.plane.catch_up();
    let shifted = Watch::start();
    until(SESSION * 2, "end of the session", || {
        assert_eq!(session(&mut answer), "blue", "the cookie holds though blue's weight is 0");
        assert_eq!(door.make().cluster(), "green");
        (shifted.passed() >= SESSION).then_some(())
    });
    let over = Watch::start();
    assert!(!running.has_ended(), "the session goes on: {}", running.output());
    running.wait_for(DRAIN + SLACK).expect_success();
    let took = over.passed();
    assert!(took >= DRAIN - Duration::from_secs(60), "{took:?} after the session's last request");
    let tally = load.stop();
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert!(service.state()["drained_at"].is_string());
    assert!(!service.standing(&service.rule).contains_key("blue"), "it is taken out after the drain");
    service.stage.workspace.assert_settled();
}
