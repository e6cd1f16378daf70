//! REST APIs: instant swaps, stage variables, canaries, and the ways back.

use std::time::Duration;

use eksmig_core::engine::outcome::Outcome;
use eksmig_tests::blocking::wait;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::gateway::Gateway;
use serde_json::json;

use crate::run::{BLUE, Process, Wanted, only, settle, split};

#[test]
fn an_instant_swap_takes_an_edit_and_a_deployment() {
    let gateway = Gateway::new("instant");
    let api = gateway.rest_api(&[BLUE], &[]);
    let before = gateway.integration(&api, "/r0/{proxy+}");
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateIntegration", "CreateDeployment"]);
    let mut after = gateway.integration(&api, "/r0/{proxy+}");
    assert_eq!(after.uri.as_deref(), Some("http://orders.example:9090/{proxy}"));
    after.uri = before.uri.clone();
    assert_eq!(after, before, "everything but the port stays");
    let since = process.mark();
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(process.writes(since), [""; 0]);
}

#[test]
fn a_stage_variable_is_swapped_without_a_deployment() {
    let gateway = Gateway::new("variable");
    let api =
        gateway.rest_api(&["http://orders.example:${stageVariables.port}/{proxy}"], &[("port", "8080"), ("a", "b")]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateStage"]);
    assert_eq!(gateway.served(&api)["variables"], json!({"port": "9090", "a": "b"}));
    settle(&process, &gateway, &Wanted::rest(&api, "0").ramp(&["10"]));
    assert_eq!(gateway.leads_to(&api), only("blue"));
}

#[test]
fn a_stage_variable_is_ramped_by_an_override_of_the_canary() {
    let gateway = Gateway::new("override");
    let api = gateway.rest_api(&["http://${stageVariables.backend}/{proxy}"], &[("backend", "orders.example:8080")]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "10"));
    assert_eq!(gateway.leads_to(&api), split(10.0));
    settle(&process, &gateway, &Wanted::rest(&api, "100").ramp(&["50"]));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateStage"; 4], "canary, 50%, promoted, removed");
}

#[test]
fn a_ramp_goes_through_a_canary_that_is_promoted() {
    let gateway = Gateway::new("canary");
    let api = gateway.rest_api(&[BLUE, "https://orders.example:8080/a/{proxy}"], &[]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "10"));
    assert_eq!(gateway.leads_to(&api), split(10.0));
    assert_eq!(process.writes(0), ["UpdateIntegration", "UpdateIntegration", "CreateDeployment"]);
    let since = process.mark();
    settle(&process, &gateway, &Wanted::rest(&api, "100").ramp(&["10", "33.3"]));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(since), ["UpdateStage"; 3], "33.3%, promoted, removed");
    let since = process.mark();
    settle(&process, &gateway, &Wanted::rest(&api, "100").ramp(&["10", "33.3"]));
    assert_eq!(process.writes(since), [""; 0]);
}

#[test]
fn a_canary_is_taken_back_at_once_and_leaves_nothing_behind() {
    let gateway = Gateway::new("back");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "10"));
    let since = process.mark();
    settle(&process, &gateway, &Wanted::rest(&api, "0"));
    assert_eq!(gateway.leads_to(&api), only("blue"));
    assert_eq!(process.writes(since), ["UpdateStage", "UpdateIntegration"], "first the traffic, then the API");
    assert_eq!(gateway.integration(&api, "/r0/{proxy+}").uri.as_deref(), Some(BLUE));
}

#[test]
fn a_failed_gate_points_the_stage_at_the_deployment_before() {
    let gateway = Gateway::new("rollback");
    let api = gateway.rest_api(&[BLUE], &[]);
    let first = gateway.served(&api)["deployment"].clone();
    let process = Process::new(&gateway);
    let wanted = Wanted { interval: Duration::from_secs(30), ..Wanted::rest(&api, "100") };
    Emulator::shared().set_health_for(&gateway.groups.1.arn, "healthy", 1, "unhealthy");
    let swapped = wait(process.run(&gateway, &wanted)).unwrap();
    assert!(matches!(swapped.report.outcome, Outcome::RolledBack(_)), "{:#?}", swapped.report);
    assert_eq!(gateway.leads_to(&api), only("blue"));
    assert_eq!(gateway.served(&api)["deployment"], first);
    let writes = ["UpdateIntegration", "CreateDeployment", "UpdateStage", "UpdateIntegration"];
    assert_eq!(process.writes(0), writes, "no deployment on the way back");
}

#[test]
fn a_failed_gate_in_a_ramp_takes_the_canary_away() {
    let gateway = Gateway::new("rampback");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    let wanted = Wanted { interval: Duration::from_secs(30), ..Wanted::rest(&api, "100").ramp(&["10", "50"]) };
    Emulator::shared().set_health_for(&gateway.groups.1.arn, "healthy", 3, "unhealthy");
    let swapped = wait(process.run(&gateway, &wanted)).unwrap();
    assert!(matches!(swapped.report.outcome, Outcome::RolledBack(_)), "{:#?}", swapped.report);
    assert_eq!(gateway.leads_to(&api), only("blue"));
    assert_eq!(gateway.integration(&api, "/r0/{proxy+}").uri.as_deref(), Some(BLUE));
}

#[test]
fn green_without_a_healthy_target_gets_nothing() {
    let gateway = Gateway::new("unhealthy");
    let api = gateway.rest_api(&[BLUE], &[]);
    gateway.world.set_health(&gateway.groups.1, "unhealthy");
    let process = Process::new(&gateway);
    let swapped = wait(process.run(&gateway, &Wanted::rest(&api, "100"))).unwrap();
    assert!(matches!(swapped.report.outcome, Outcome::Held { .. }), "{:#?}", swapped.report);
    assert_eq!(process.writes(0), [""; 0]);
}
