//! Waits that are cut short: traffic stays on the asked side, the state says what is true, and the next apply goes on.

use std::time::Duration;

use eksmig_tests::service::Service;
use serde_json::json;

use crate::{assert_not_drained, at_100, planned, tell_zero, wait, wait_for_a_look};

#[test]
fn a_stop_ends_the_wait_and_the_next_apply_goes_on() {
    let (service, shift) = at_100("drstop");
    let shift = shift.with(&wait("30m"));
    service.stage.write(&[&shift]);
    let since = service.stage.mark();
    let running = service.stage.workspace.spawn_apply();
    wait_for_a_look(&service, since);
    running.interrupt();
    let error = running.wait().expect_failure();
    assert!(error.contains("Blue is not drained") && error.contains("stopped"), "{error}");
    assert_not_drained(&service);
    assert_eq!(planned(&service).0, json!(["update"]));
    tell_zero(&service);
    service.stage.settle(&shift);
}

#[test]
fn a_create_that_is_stopped_in_its_wait_is_gone_on_with_and_not_made_anew() {
    let service = Service::at("drstopnew", 100, 0);
    let shift = service.shift(100).with(&wait("30m"));
    service.stage.write(&[&shift]);
    let running = service.stage.workspace.spawn_apply();
    wait_for_a_look(&service, 0);
    running.interrupt();
    running.wait().expect_failure();
    assert_not_drained(&service);
    service.assert_no_destroy_planned();
    service.stage.workspace.age(Duration::from_secs(3600));
    tell_zero(&service);
    service.stage.settle(&shift);
}

#[test]
fn a_provider_that_is_killed_in_the_wait_waits_again() {
    let service = Service::at("drkill", 100, 0);
    service.stage.settle(&service.shift(0));
    let shift = service.shift(100).with("drop_idle_target_group = true").with(&wait("30m"));
    service.stage.write(&[&shift]);
    let since = service.stage.mark();
    let running = service.stage.workspace.spawn_apply();
    wait_for_a_look(&service, since);
    running.kill_provider();
    running.wait().expect_failure();
    assert_eq!(service.percent(), 100.0);
    assert_eq!(service.standing(&service.rule)["blue"], 0, "it is not taken out before it is drained");

    let hasty = service.shift(100).with("drop_idle_target_group = true").with(&wait("1s"));
    tell_zero(&service);
    let error = service.stage.fail(&hasty);
    assert!(error.contains("60 s without requests since then are not over"), "{error}");
    assert_not_drained(&service);
    service.stage.workspace.age(Duration::from_secs(3600));
    service.stage.settle(&hasty);
    assert!(!service.standing(&service.rule).contains_key("blue"));
}

#[test]
fn a_create_that_ends_without_a_drain_moves_nothing_when_it_is_replaced() {
    let service = Service::at("drtaint", 100, 0);
    let shift = service.shift(100).with("on_destroy = \"blue\"").with(&wait("1s"));
    let error = service.stage.fail(&shift);
    assert!(error.contains("untaint"), "{error}");
    let since = service.stage.mark();
    service.stage.fail(&shift);
    assert!(service.stage.writes(since).is_empty(), "replacing it moves no traffic");
    assert_eq!(service.percent(), 100.0);
    service.stage.workspace.run(&["untaint", "eksmig_weighted_shift.service"]).expect_success();
    service.stage.workspace.age(Duration::from_secs(3600));
    tell_zero(&service);
    service.stage.settle(&shift);
}
