//! HTTP APIs.

use eksmig_core::apigateway::port_swap::Refusal;
use eksmig_core::engine::outcome::Outcome;
use eksmig_tests::blocking::wait;
use eksmig_tests::gateway::Gateway;

use crate::run::{Process, Wanted, only, settle};

#[test]
fn a_stage_that_deploys_by_itself_moves_with_the_edit() {
    let gateway = Gateway::new("auto");
    let api = gateway.http_api(true);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::http(&api, "100"));
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateIntegration"], "two routes, one integration");
    settle(&process, &gateway, &Wanted::http(&api, "0"));
    assert_eq!(gateway.leads_to(&api), only("blue"));
}

#[test]
fn another_stage_is_deployed_to_and_waited_for() {
    let gateway = Gateway::new("manual");
    let api = gateway.http_api(false);
    gateway.pace_deployments(&api, 3, None);
    let process = Process::new(&gateway);
    settle(
        &process,
        &gateway,
        &Wanted::http(&api, "100").routes(&["$default".to_owned(), "ANY /orders/{proxy+}".to_owned()]),
    );
    assert_eq!(gateway.leads_to(&api), only("green"));
    assert_eq!(process.writes(0), ["UpdateIntegration", "CreateDeployment"]);
}

#[test]
fn a_deployment_that_fails_is_taken_back() {
    let gateway = Gateway::new("fails");
    let api = gateway.http_api(false);
    gateway.pace_deployments(&api, 1, Some("no such VPC link"));
    let process = Process::new(&gateway);
    let swapped = wait(process.run(&gateway, &Wanted::http(&api, "100"))).unwrap();
    let Outcome::RolledBack(reason) = &swapped.report.outcome else { panic!("{:#?}", swapped.report) };
    assert!(reason.to_string().contains("FAILED no such VPC link"), "{reason}");
    assert_eq!(gateway.leads_to(&api), only("blue"));
    let writes = ["UpdateIntegration", "CreateDeployment", "UpdateStage", "UpdateIntegration"];
    assert_eq!(process.writes(0), writes);
}

#[test]
fn a_part_of_the_requests_is_refused() {
    let gateway = Gateway::new("parts");
    let api = gateway.http_api(true);
    let process = Process::new(&gateway);
    for wanted in [Wanted::http(&api, "30"), Wanted::http(&api, "100").ramp(&["10"])] {
        let refused = wait(process.plan(&gateway, &wanted)).unwrap_err();
        assert!(matches!(refused, Refusal::NoParts(_)), "{refused}");
        let refused = wait(process.run(&gateway, &wanted)).unwrap_err();
        assert!(matches!(refused, Refusal::NoParts(_)), "{refused}");
    }
    assert_eq!(process.writes(0), [""; 0]);
}

#[test]
fn another_stage_that_deploys_by_itself_is_not_moved_by_the_way() {
    let gateway = Gateway::new("byitself");
    let api = gateway.http_api(true);
    gateway.automatic_stage(&api, "beta");
    let process = Process::new(&gateway);
    let refused = wait(process.run(&gateway, &Wanted::http(&api, "100"))).unwrap_err().to_string();
    assert!(refused.contains("stage beta deploys every edit by itself and would move as well"), "{refused}");
    assert_eq!(process.writes(0), [""; 0]);
    let stages = vec!["prod".to_owned(), "beta".to_owned()];
    settle(&process, &gateway, &Wanted { stages, ..Wanted::http(&api, "100") });
}
