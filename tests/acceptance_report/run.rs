//! `EKSMIG_EVENTS`, `watch` and `report --events`: a run of many shifts at once, told, followed and drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::emulator::root;
use eksmig_tests::patience::until;
use eksmig_tests::shift::Shift;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{TargetGroup, forward, path};
use serde_json::Value;

use crate::binary::{run, start};

const SECRET: &str = "a-header-that-must-never-be-seen";

/// A stage with so many services at 0 %, each a rule with two target groups of its own.
fn fleet(name: &str, services: usize) -> (Stage, Vec<(String, TargetGroup, TargetGroup)>) {
    let mut stage = Stage::new(name);
    stage.workspace.set("EKSMIG_EVENTS", "events.jsonl");
    let world = &stage.world;
    let fallback = world.target_group("other");
    let balancer = world.application_balancer("lb");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&fallback, 1)])]);
    let service = |nth: usize| {
        let [blue, green] = ["blue", "green"].map(|side| world.target_group(&format!("{side}{nth}")));
        let actions = vec![forward(&[(&blue, 100), (&green, 0)])];
        let rule = world.rule(&listener, nth as i32 + 1, vec![path(&format!("/{nth}/*"))], actions);
        (rule, blue, green)
    };
    let services = (0..services).map(service).collect();
    (stage, services)
}

fn shifts(services: &[(String, TargetGroup, TargetGroup)], more: &str) -> String {
    services.iter().enumerate().fold(String::new(), |mut text, (nth, (rule, blue, green))| {
        let shift = Shift::new(&[rule], blue, green, 100).named(&format!("s{nth}")).ramp("[10]", "2s").gate(more);
        let _ = writeln!(text, "{shift}");
        text
    })
}

/// The attributes that the guide documents, by event; those that may be left out with a question mark.
const DOCUMENTED: [(&str, &str); 7] = [
    ("began", "label green? steps"),
    ("entered", "phase step? at_most_seconds?"),
    ("judged", "gate verdict why?"),
    ("wrote", "step label green?"),
    ("went_back", "label green?"),
    ("troubled", "trouble why?"),
    ("ended", "outcome label green? why?"),
];

/// What is wrong with a line by the documented shape.
fn undocumented(line: &Value) -> Vec<String> {
    let event = line["event"].as_str().unwrap_or_default();
    let Some((_, attributes)) = DOCUMENTED.iter().find(|(name, _)| *name == event) else {
        return vec![format!("no event {event:?}")];
    };
    let words: BTreeSet<&str> = "v at run type id event".split(' ').chain(attributes.split(' ')).collect();
    let known: BTreeSet<&str> = words.iter().map(|word| word.trim_end_matches('?')).collect();
    let found = line.as_object().unwrap();
    let missing = words.iter().filter(|word| !word.ends_with('?') && !found.contains_key(**word));
    let extra = found.keys().filter(|key| !known.contains(key.as_str()));
    let mut wrong: Vec<String> = missing.map(|word| format!("{event} has no {word}")).collect();
    wrong.extend(extra.map(|key| format!("{event} has {key}")));
    if line["v"] != 1 {
        wrong.push("another version".to_owned());
    }
    wrong
}

#[test]
fn shifts_at_once_are_told_line_by_line_followed_and_drawn() {
    let odd: Value = serde_json::from_str(r#"{"v":1,"event":"wrote","song":1}"#).unwrap();
    assert_eq!(undocumented(&odd).len(), 7, "{:?}", undocumented(&odd));

    let (stage, services) = fleet("events", 6);
    let folder = stage.workspace.path();
    let (_, _, sick) = &services[3];
    stage.workspace.write("main.tf", &shifts(&services, ""));
    let mut watching = start(folder, &["watch", "events.jsonl"]);
    let applying = stage.workspace.spawn_apply();
    stage.wait_for_percent(&services[3].0, &services[3].1, sick, 10.0);
    stage.world.set_health(sick, "unhealthy");
    applying.wait().expect_failure();

    let text = std::fs::read_to_string(folder.join("events.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let wrong: Vec<String> = lines.iter().flat_map(undocumented).collect();
    assert_eq!(wrong, Vec::<String>::new());
    let mut ends: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["event"] == "ended") {
        ends.entry(line["outcome"].as_str().unwrap()).or_default().push(line["id"].as_str().unwrap());
    }
    assert_eq!(ends["settled"].len(), 5);
    assert_eq!(ends["rolled_back"], [format!("{}->{}", services[3].1.name, sick.name)]);
    let runs: BTreeSet<&str> = lines.iter().map(|line| line["run"].as_str().unwrap()).collect();
    assert_eq!(runs.len(), 6, "a run for each resource");
    for run in runs {
        let shares: Vec<f64> = lines
            .iter()
            .filter(|line| {
                line["run"] == run && ["began", "wrote", "went_back"].contains(&line["event"].as_str().unwrap())
            })
            .map(|line| line["green"].as_f64().unwrap())
            .collect();
        assert!(shares == [0.0, 10.0, 100.0] || shares == [0.0, 10.0, 0.0], "{shares:?}");
    }

    let said = || std::fs::read_to_string(folder.join("said.out")).unwrap();
    until(Duration::from_secs(30), "end of all in the watch", || {
        let said = said();
        (said.matches("  settled at 100%").count() == 5 && said.contains("  rolled back at 0%: ")).then_some(())
    });
    assert!(said().starts_with("waits for the file") && !said().contains('\u{1b}'), "{}", said());
    assert!(said().contains("gate min_healthy_targets fails: "), "{}", said());
    let interrupted = Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let ended = until(Duration::from_secs(10), "end of the watch", || watching.try_wait().unwrap());
    assert_eq!(ended.code(), Some(130));
    assert!(said().ends_with("0 under way, 5 settled, 1 rolled back\n"), "{}", said());

    let watched = run(folder, &["watch", "events.jsonl", "--until-idle=100ms"], "");
    assert_eq!(watched.code, Some(1), "not all settled: {watched:#?}");

    let drawn = run(folder, &["report", "--events", "events.jsonl", "--svg", "out.svg"], "");
    assert_eq!(drawn.code, Some(0), "{drawn:#?}");
    assert_well_formed(&folder.join("out.svg"));
    let svg = std::fs::read_to_string(folder.join("out.svg")).unwrap();
    assert!(svg.contains("6 runs, 1 did not settle") && svg.contains("rolled back, 0%"), "{svg}");
}

/// By a parser that is no part of the project.
#[track_caller]
fn assert_well_formed(svg: &std::path::Path) {
    let parse = "import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])";
    let parsed = Command::new(root().join(".venv/bin/python")).args(["-c", parse]).arg(svg).output().unwrap();
    assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
}

#[test]
fn nothing_secret_is_told() {
    let (stage, services) = fleet("evsecret", 1);
    let probe = format!(
        "timeout = \"1s\"\n    http_probe = {{ url = \"http://127.0.0.1:1/{SECRET}?token={SECRET}\", headers = {{ x-key = \"{SECRET}\" }} }}"
    );
    let probe = probe.replacen(&format!("/{SECRET}?"), "/health?", 1);
    stage.workspace.write("main.tf", &shifts(&services, &probe));
    stage.workspace.apply().expect_failure();
    let text = std::fs::read_to_string(stage.workspace.path().join("events.jsonl")).unwrap();
    assert!(text.contains("\"gate\":\"http_probe\",\"verdict\":\"fail\""), "{text}");
    assert!(!text.contains(SECRET) && !text.contains("secret-key-of"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_is_said_once_and_fails_nothing() {
    let (mut stage, services) = fleet("evmissing", 3);
    stage.workspace.set("EKSMIG_EVENTS", "missing/events.jsonl");
    stage.workspace.write("main.tf", &shifts(&services, ""));
    let said =
        |run: &eksmig_tests::terraform::Run| run.warnings().matches("missing/events.jsonl: No such file").count();
    assert_eq!(said(&stage.workspace.plan().expect_changes()), 1);
    assert_eq!(said(&stage.workspace.apply_plan().expect_success()), 1);
    let (rule, blue, green) = &services[0];
    assert_eq!(stage.world.green_percent(rule, blue, green), 100.0);
}
