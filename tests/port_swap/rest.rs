//! REST APIs: instant swaps, stage variables, canaries, and the ways back.

use std::time::Duration;

use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_tests::blocking::wait;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
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

#[test]
fn all_pages_are_read() {
    let gateway = Gateway::new("pages");
    let api = gateway.rest_api(&[BLUE, BLUE, BLUE], &[]);
    let process = Process::new(&gateway);
    Emulator::shared().limit_pages(&process.access_key, 2);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    assert_eq!(gateway.leads_to(&api), only("green"));
}

#[test]
fn throttling_and_lost_answers_are_survived() {
    let gateway = Gateway::new("faults");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    let (emulator, key) = (Emulator::shared(), &process.access_key);
    emulator.order(&Fault::lose_reply(key, "CreateDeployment"));
    emulator.order(&Fault::lose_reply(key, "UpdateStage").times(2));
    emulator.order(&Fault::unavailable(key, "GetExport").times(2));
    settle(&process, &gateway, &Wanted::rest(&api, "100").ramp(&["10"]));
    assert_eq!(gateway.leads_to(&api), only("green"));
}

#[test]
fn an_edit_that_fails_takes_the_others_of_its_step_back() {
    let gateway = Gateway::new("halfedit");
    let api = gateway.rest_api(&[BLUE, BLUE], &[]);
    let process = Process::new(&gateway);
    Emulator::shared().order(&Fault::unavailable(&process.access_key, "UpdateIntegration").after(1).times(3));
    let report = wait(process.run(&gateway, &Wanted::rest(&api, "100"))).unwrap().report;
    let Outcome::RolledBack(Reason::Write(why)) = &report.outcome else { panic!("{report:#?}") };
    assert!(why.contains("edit the integration of REST API"), "{why}");
    assert_eq!(gateway.leads_to(&api), only("blue"));
    assert_eq!(gateway.first_uri(&api), BLUE);
    assert!(!process.writes(0).contains(&"CreateDeployment".to_owned()));
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
}

#[test]
fn a_stage_that_moved_after_the_review_is_not_begun() {
    let gateway = Gateway::new("stale");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    let wanted = Wanted { reviewed: Some("10"), ..Wanted::rest(&api, "100") };
    let refused = wait(process.run(&gateway, &wanted)).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!("stage prod of REST API {api} had 10% when this was planned and has 0% now; plan again")
    );
    assert_eq!(process.writes(0), [""; 0]);
}

#[test]
fn two_stages_move_together_and_a_third_stays() {
    let gateway = Gateway::new("stages");
    let api = gateway.rest_api(&[BLUE], &[]);
    gateway.also_stage(&api, "beta");
    gateway.also_stage(&api, "third");
    let process = Process::new(&gateway);
    let stages = vec!["prod".to_owned(), "beta".to_owned()];
    let wanted = Wanted { stages, ..Wanted::rest(&api, "100").ramp(&["10"]) };
    settle(&process, &gateway, &wanted);
    let sides = ["prod", "beta", "third"].map(|stage| gateway.side_of(&api, stage));
    assert_eq!(sides, ["green", "green", "blue"]);
    settle(&process, &gateway, &Wanted { target: "0", ..wanted });
    assert_eq!(gateway.side_of(&api, "beta"), "blue");
}

#[test]
fn a_target_of_a_second_version_link_is_swapped() {
    let gateway = Gateway::new("vlinkv2");
    let api = gateway.rest_api(&["https://orders.example/{proxy}"], &[]);
    gateway.target_listener(&api, "/r0/{proxy+}");
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    let found = gateway.integration(&api, "/r0/{proxy+}");
    assert_eq!(found.integration_target.as_ref(), Some(&gateway.listeners.1));
    assert_eq!(found.uri.as_deref(), Some("https://orders.example/{proxy}"), "the name that TLS is checked by stays");
}

#[test]
fn a_step_that_deployed_nothing_is_undone_without_leaving_the_deployment() {
    let gateway = Gateway::new("undoedit");
    let api = gateway.rest_api(&[BLUE, BLUE], &[]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "100"));
    let deployment = gateway.served(&api)["deployment"].clone();
    // The second edit fails, and taking the first back fails too, so that the way back finds something to do.
    Emulator::shared().order(&Fault::unavailable(&process.access_key, "UpdateIntegration").after(1).times(9));
    let report = wait(process.run(&gateway, &Wanted::rest(&api, "0"))).unwrap().report;
    assert!(matches!(&report.outcome, Outcome::RolledBack(Reason::Write(_))), "{report:#?}");
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(gateway.served(&api)["deployment"], deployment);
}

#[test]
fn a_listener_that_goes_away_takes_the_canary_with_it() {
    let gateway = Gateway::new("gone");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    let wanted = Wanted { interval: Duration::from_secs(60), ..Wanted::rest(&api, "100").ramp(&["10", "50"]) };
    let delete = async {
        while gateway.leads_to_now(&api).await != split(10.0) {
            process.clock.sleep(Duration::from_millis(200)).await;
        }
        let client = gateway.world.client();
        client.delete_listener().listener_arn(&gateway.listeners.1).send().await.unwrap();
    };
    let (swapped, ()) = wait(async { tokio::join!(process.run(&gateway, &wanted), delete) });
    let report = swapped.unwrap().report;
    assert!(matches!(report.outcome, Outcome::RolledBack(_)), "{report:#?}");
    assert_eq!(gateway.leads_to(&api), only("blue"));
}
