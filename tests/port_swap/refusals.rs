//! What is refused, and names why.

use eksmig_core::apigateway::port_swap::Undeployed;
use eksmig_core::elb::PortPairError;
use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_tests::blocking::wait;
use eksmig_tests::gateway::Gateway;

use crate::run::{BLUE, Process, Wanted, only, settle};

/// Plans and runs a swap, both of which must be refused with these words, and nothing written.
#[track_caller]
fn refused(gateway: &Gateway, wanted: &Wanted, words: &str) {
    let process = Process::new(gateway);
    let since = process.mark();
    for error in [
        wait(process.plan(gateway, wanted)).map(drop).unwrap_err().to_string(),
        wait(process.run(gateway, wanted)).map(drop).unwrap_err().to_string(),
    ] {
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(process.writes(since), [""; 0]);
}

#[test]
fn an_api_with_nothing_on_either_port_is_refused() {
    let gateway = Gateway::new("nothing");
    let api = gateway.rest_api(&["http://orders.example:7070/{proxy}"], &[]);
    refused(&gateway, &Wanted::rest(&api, "100"), "no integration that it serves leads to port 8080 or to port 9090");
    let wanted = Wanted::rest(&api, "100");
    refused(&gateway, &wanted.clone().routes(&["ANY /r0/{proxy+}".to_owned()]), ":7070/{proxy}");
    refused(&gateway, &wanted.routes(&["GET /r0".to_owned()]), "the API has no route GET /r0");
}

#[test]
fn a_canary_of_someone_else_is_refused() {
    let gateway = Gateway::new("theirs");
    let api = gateway.rest_api(&[BLUE], &[]);
    gateway.foreign_canary(&api);
    refused(&gateway, &Wanted::rest(&api, "100"), "a canary release of someone else");
}

#[test]
fn a_variable_that_moves_more_than_the_swap_is_refused() {
    let gateway = Gateway::new("sharedvar");
    let uri = "http://orders.example:${stageVariables.port}/{proxy}";
    let api = gateway.rest_api(&[uri, uri], &[("port", "8080")]);
    let wanted = Wanted::rest(&api, "100").routes(&["ANY /r0/{proxy+}".to_owned()]);
    refused(&gateway, &wanted, "stage variable port also leads ANY /r1/{proxy+}");
}

#[test]
fn other_peoples_undeployed_edits_are_named_and_not_shipped() {
    let gateway = Gateway::new("foreign");
    let api = gateway.rest_api(&[BLUE, "http://users.example:7070/{proxy}"], &[]);
    gateway.edit(&api, "/r1/{proxy+}", "/timeoutInMillis", "5000");
    let process = Process::new(&gateway);
    let plan = wait(process.plan(&gateway, &Wanted::rest(&api, "100"))).unwrap();
    let named = "ANY /r1/{proxy+}: timeoutInMillis \"7000\" is to become \"5000\"";
    assert_eq!(plan.undeployed["prod"], [named]);
    for steps in [vec![], vec!["10"]] {
        let swapped = wait(process.run(&gateway, &Wanted::rest(&api, "100").ramp(&steps))).unwrap();
        let Outcome::RolledBack(Reason::Write(why)) = &swapped.report.outcome else { panic!("{:#?}", swapped.report) };
        assert!(why.contains(named), "{why}");
    }
    assert_eq!(process.writes(0), [""; 0]);
    settle(&process, &gateway, &Wanted { undeployed: Undeployed::Deploy, ..Wanted::rest(&api, "100") });
    assert_eq!(gateway.served(&api)["routes"][1]["integration"]["timeoutInMillis"], 5000);
}

#[test]
fn listeners_that_are_no_pair_are_refused() {
    let (gateway, other) = (Gateway::new("pair"), Gateway::new("otherpair"));
    let process = Process::new(&gateway);
    let pair = |blue: &str, green: &str| wait(process.pair(blue, green)).unwrap_err();
    let (blue, green) = &gateway.listeners;
    assert!(matches!(pair(blue, &other.listeners.1), PortPairError::OtherBalancer { .. }));
    assert!(matches!(pair(blue, blue), PortPairError::Same(_)));
    let last = if green.ends_with('0') { "1" } else { "0" };
    assert!(matches!(pair(blue, &format!("{}{last}", &green[..green.len() - 1])), PortPairError::Missing(_)));
    let udp = gateway.udp_listener(9443);
    assert!(matches!(pair(blue, &udp), PortPairError::Protocols { .. }));
}

#[test]
fn a_stage_that_someone_moves_meanwhile_is_left_alone() {
    let gateway = Gateway::new("moved");
    let api = gateway.rest_api(&[BLUE], &[]);
    let process = Process::new(&gateway);
    settle(&process, &gateway, &Wanted::rest(&api, "10"));
    let wanted =
        Wanted { interval: std::time::Duration::from_secs(10), ..Wanted::rest(&api, "100").ramp(&["20", "50"]) };
    let meddle = async {
        while gateway.leads_to_now(&api).await.1.is_none_or(|(percent, _)| percent != 20.0) {
            process.clock.sleep(std::time::Duration::from_millis(200)).await;
        }
        gateway.set_canary_percent(&api, "7").await;
    };
    let (swapped, ()) = wait(async { tokio::join!(process.run(&gateway, &wanted), meddle) });
    let report = swapped.unwrap().report;
    assert!(
        matches!(&report.outcome, Outcome::Held { reason: Reason::Moved(_) | Reason::NotSettled(_), .. }),
        "{report:#?}"
    );
    assert_eq!(gateway.leads_to(&api).1.unwrap().0, 7.0);
    settle(&process, &gateway, &Wanted::rest(&api, "0"));
    assert_eq!(gateway.leads_to(&api), only("blue"));
}
