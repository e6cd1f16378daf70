//! Every type of the provider in a report, and in the file of events where it has runs.

use eksmig_tests::nodes::Nodes;
use eksmig_tests::stage::Stage;
use eksmig_tests::swap::Swaps;
use eksmig_tests::terraform::Workspace;
use eksmig_tests::twin;
use eksmig_tests::zone::Zone;
use serde_json::Value;

use crate::binary::run;

/// The rows of a report of the next plan, which must break nothing and be known to the last word.
#[track_caller]
fn rows(workspace: &Workspace) -> Vec<String> {
    workspace.plan().expect_changes();
    let said = run(workspace.path(), &["report", "--max-step=100"], &workspace.saved_plan().to_string());
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert!(!said.stdout.contains("does not know") && !said.stdout.contains('?'), "{}", said.stdout);
    said.stdout.lines().filter(|line| line.starts_with("| `") || line.starts_with("| ⚠")).map(str::to_owned).collect()
}

/// Applies, and the events of it: what happened, and how far it was by its label and by green's share.
#[track_caller]
fn told(workspace: &Workspace) -> Vec<(String, String, Option<f64>)> {
    workspace.apply_plan().expect_success();
    let text = std::fs::read_to_string(workspace.path().join("events.jsonl")).unwrap();
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let places = events.filter(|event| event["label"].is_string());
    places.map(|event| (text(&event["event"]), text(&event["label"]), event["green"].as_f64())).collect()
}

fn at(event: &str, label: &str, green: Option<f64>) -> (String, String, Option<f64>) {
    (event.to_owned(), label.to_owned(), green)
}

const RAMP: &str = "ramp = {\n steps = [50]\n interval = \"1s\"\n }\n gate = { poll_interval = \"1s\" }";
const STEPS: &str = "`░░░░░░░░░░` 0 % → `██████████` 100 % | 50, 100, each 1s | ";

#[test]
fn a_record_shift_has_its_ttl_in_its_duration() {
    let mut zone = Zone::at("reprec", 100, 0);
    zone.settle(&zone.shift("[\"A\"]", 0.0, "", ""));
    zone.stage.workspace.set("EKSMIG_EVENTS", "events.jsonl");
    zone.write(&zone.shift("[\"A\"]", 100.0, "", RAMP));
    assert_eq!(rows(&zone.stage.workspace), [format!("| ⚠ `orders` | {STEPS}4s | 1 healthy |")]);
    let way = [
        at("began", "0%", Some(0.0)),
        at("wrote", "50%", Some(50.0)),
        at("wrote", "100%", Some(100.0)),
        at("ended", "100%", Some(100.0)),
    ];
    assert_eq!(told(&zone.stage.workspace), way);
}

#[test]
fn a_swap_of_ports_is_a_shift() {
    let mut swaps = Swaps::new("repswap");
    let api = swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]);
    let api = format!("rest_api_id = {api:?}");
    swaps.settle(&swaps.hcl(&api, 0.0, ""));
    swaps.stage.workspace.set("EKSMIG_EVENTS", "events.jsonl");
    swaps.stage.workspace.write("main.tf", &swaps.hcl(&api, 100.0, RAMP));
    assert_eq!(rows(&swaps.stage.workspace), [format!("| ⚠ `orders` | {STEPS}2s | 1 healthy |")]);
    let told = told(&swaps.stage.workspace);
    assert_eq!(told.last(), Some(&at("ended", "100%", Some(100.0))));
    assert!(told.contains(&at("wrote", "50%", Some(50.0))), "{told:?}");
}

#[test]
fn a_cut_over_has_sides_in_place_of_shares() {
    let halves = "ramp = { batch_percent = 50 }\n  gate = { poll_interval = \"1s\" }";
    let mut nodes = Nodes::named("repnodes");
    nodes.settle("blue", halves);
    nodes.stage.workspace.set("EKSMIG_EVENTS", "events.jsonl");
    nodes.write("green", halves);
    let row = "| `nodes` | `blue` → `green` | green 100 %, blue 50 %, blue 0 % | 0s | `100 % healthy` |";
    assert_eq!(rows(&nodes.stage.workspace), [row.replace("| `nodes`", "| ⚠ `nodes`")], "no step has an interval");
    let told = told(&nodes.stage.workspace);
    assert_eq!(told.first(), Some(&at("began", "blue registered", None)));
    assert_eq!(told.last(), Some(&at("ended", "4 of 4 of blue deregistered", None)));
}

#[test]
fn twins_are_made_and_move_nothing() {
    use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
    let stage = Stage::new("reptwin");
    let source = stage.world.target_group_of("blue", ProtocolEnum::Http, 0);
    stage.workspace.write("main.tf", &twin::group(&source.arn, ""));
    assert_eq!(rows(&stage.workspace), ["| `green` | made |  |  |  |"]);
}
