//! The stories in `examples/migrations/`, applied pull request by pull request.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::batches::{Batches, Sides};
use eksmig_tests::emulator::root;
use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::probe_server::ProbeServer;
use eksmig_tests::rest_api::RestApi;
use eksmig_tests::stage::Stage;
use eksmig_tests::swap::Swaps;
use eksmig_tests::zone::Zone;

const BLUE: &str = "ingress.blue.example.com";
const GREEN: &str = "ingress.green.example.com";

/// The story's files of variables, in order.
fn pull_requests(story: &str) -> Vec<PathBuf> {
    let folder = root().join("examples/migrations").join(story).join("pull-requests");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Applies a pull request, which must leave nothing to do.
#[track_caller]
fn apply(stage: &Stage, file: &Path) {
    let option = format!("-var-file={}", file.display());
    let flags = ["-json", "-input=false", &option];
    stage.workspace.run(&[&["apply", "-auto-approve"], &flags[..]].concat()).expect_success();
    let again = stage.workspace.run(&[&["plan", "-detailed-exitcode"], &flags[..]].concat());
    assert_eq!(again.code, Some(0), "a plan right after {} should be empty: {again:#?}", file.display());
}

#[test]
fn the_ingress_story_moves_every_name_and_ends_with_simple_records_on_green() {
    let zone = Zone::empty("story");
    let (stage, domain) = (&zone.stage, zone.name.trim_start_matches("orders."));
    let names = ["checkout", "orders"].map(|service| format!("{service}.{domain}"));
    for name in &names {
        zone.put(zone.named(name, "CNAME", BLUE, None));
    }
    let (probe, alarms, alarm) = (ProbeServer::start(), Alarms::of(&stage.world), format!("{domain}-5xx"));
    alarms.make(&alarm, StateValue::Ok);
    let story = root().join("examples/migrations/route53-ingress");
    for file in ["main.tf", "variables.tf"] {
        stage.workspace.write(file, &std::fs::read_to_string(story.join(file)).unwrap());
    }
    let place = format!(
        "zone_id = {:?}\ndomain = {domain:?}\nhealth_url = {:?}\nalarms = [{alarm:?}]\nttl = 1\ninterval = \"1s\"\n",
        zone.id,
        probe.url()
    );
    stage.workspace.write("terraform.tfvars", &place);

    let mut seen = Vec::new();
    for file in pull_requests("route53-ingress") {
        apply(stage, &file);
        seen.push(zone.all_weights("CNAME"));
    }
    let pair = |blue, green| BTreeMap::from([("blue".to_owned(), blue), ("green".to_owned(), green)]);
    let simple = || BTreeMap::from([(String::new(), -1)]);
    let expected = [
        [pair(1, 0), pair(1, 0)],
        [pair(1, 0), pair(99, 1)],
        [pair(99, 1), pair(90, 10)],
        [pair(50, 50), pair(50, 50)],
        [pair(0, 100), pair(0, 100)],
        [simple(), simple()],
    ];
    assert_eq!(seen, expected, "checkout, and orders");

    let answers = [GREEN.to_owned()];
    let batches = Batches::of(&zone.batches(), Sides { blue: "blue", green: "green", green_answers: &answers });
    batches.ledger().assert_safe(Side::Green, "the whole story");
    assert_eq!(batches.ledger().changed_nothing(), [""; 0]);
    let outputs = stage.workspace.run(&["output", "-json"]).expect_success();
    assert!(outputs.stdout.contains("blue_is_needed_until"), "{}", outputs.stdout);
    assert!(probe.asked() > 0, "no gate asked");
}

#[test]
fn the_api_gateway_story_moves_every_service_and_goes_back_from_where_it_says() {
    let swaps = Swaps::new("apistory");
    let (stage, gateway) = (&swaps.stage, &swaps.gateway);
    let api = RestApi::new(&gateway.world, &gateway.balancer);
    let routes = ["checkout", "orders", "users"].map(|service| format!("ANY /{service}/{{proxy+}}"));
    for route in &routes {
        api.route(route, "http://apis.example.com:8080/{proxy}");
    }
    api.deploy("prod", &[]);
    let (alarms, alarm) = (Alarms::of(&gateway.world), format!("{}-5xx", gateway.world.name()));
    alarms.make(&alarm, StateValue::Ok);
    let story = root().join("examples/migrations/nlb-api-gateway");
    for file in ["main.tf", "variables.tf"] {
        stage.workspace.write(file, &std::fs::read_to_string(story.join(file)).unwrap());
    }
    let (blue, green) = &gateway.listeners;
    let place = format!(
        "rest_api_id = {:?}\nblue_listener_arn = {blue:?}\ngreen_listener_arn = {green:?}\nalarms = [{alarm:?}]\n\
         interval = \"1s\"\n",
        api.id
    );
    stage.workspace.write("terraform.tfvars", &place);

    let files = pull_requests("nlb-api-gateway");
    // Forwards; back from the second, and on; and back from the last.
    let way = [0, 1, 0, 1, 2, 3, 0];
    let percent = |percent: f64| Some((percent, vec!["blue".to_owned(), "green".to_owned()]));
    let expected = [
        ("blue blue blue", None, vec![]),
        ("blue blue blue", percent(10.0), vec!["UpdateIntegration", "CreateDeployment", "UpdateStage"]),
        ("blue blue blue", None, vec!["UpdateStage", "UpdateIntegration"]),
        ("blue blue blue", percent(10.0), vec!["UpdateIntegration", "CreateDeployment", "UpdateStage"]),
        ("blue green blue", None, vec!["UpdateStage"; 3]),
        (
            "green green green",
            None,
            [["UpdateIntegration"; 2].as_slice(), &["CreateDeployment"], &["UpdateStage"; 4]].concat(),
        ),
        ("blue blue blue", None, [["UpdateIntegration"; 3].as_slice(), &["CreateDeployment"]].concat()),
    ];
    for (number, (sides, canary, writes)) in way.into_iter().zip(expected) {
        let since = stage.mark();
        apply(stage, &files[number]);
        let file = files[number].display();
        let served: Vec<String> = routes.iter().map(|route| gateway.served_side(&api.id, route)).collect();
        assert_eq!((served.join(" "), gateway.leads_to(&api.id).1), (sides.to_owned(), canary), "{file}");
        let written: Vec<String> = stage.writes(since).into_iter().map(|call| call.action).collect();
        assert_eq!(written, writes, "{file}");
    }
    let ledger = Ledger::of(&stage.calls(0), blue, green);
    assert_eq!([ledger.never(), ledger.changed_nothing()].concat(), [""; 0]);
}
