//! `eksmig_route53_shift` moves weighted records: up and down, all types at once, and nothing but the two weights.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_route53::primitives::{DateTime, DateTimeFormat};
use aws_sdk_route53::types::{ChangeAction, ResourceRecordSet};
use eksmig_tests::faults::Fault;
use eksmig_tests::patience::until;
use eksmig_tests::zone::Zone;
use serde_json::json;

const ADDRESS: &str = "eksmig_route53_shift.orders";
const A: &str = "[\"A\"]";

/// Records without their weights: what a shift must leave as it was.
fn bare(records: BTreeMap<String, ResourceRecordSet>) -> Vec<ResourceRecordSet> {
    let without = |mut record: ResourceRecordSet| {
        record.weight = None;
        record
    };
    records.into_values().map(without).collect()
}

#[test]
fn only_the_two_weights_move_beside_a_stranger() {
    let zone = Zone::at("r53only", 90, 0);
    zone.put(zone.record("A", "192.0.2.3", Some(("other", 10))));
    zone.put(zone.record("TXT", "\"kept\"", None));
    let before = bare(zone.records("A"));
    zone.settle(&zone.shift(A, 0.0, "", ""));
    assert!(zone.batches().is_empty(), "green has 0 % already, so nothing is to be written");
    for percent in [30.0, 100.0, 0.0] {
        zone.settle(&zone.shift(A, percent, "", ""));
        assert_eq!(zone.percent("A"), percent);
        let weights = zone.weights("A");
        assert_eq!(weights["other"] * 9, weights["blue"] + weights["green"], "the stranger's share: {weights:?}");
        assert_eq!(bare(zone.records("A")), before, "at {percent} %");
    }
    assert_eq!(zone.batches().len(), 3);
}

#[test]
fn types_move_in_one_batch_and_a_ramp_keeps_its_steps() {
    let zone = Zone::at("r53types", 100, 0);
    zone.put(zone.record("AAAA", "2001:db8::1", Some(("blue", 1))));
    zone.put(zone.record("AAAA", "2001:db8::2", Some(("green", 0))));
    let ramp = "ramp = {\n steps = [10, 50]\n interval = \"1s\"\n }";
    let run = zone.settle(&zone.shift("[\"A\", \"AAAA\"]", 100.0, "", ramp));
    assert!(run.took >= Duration::from_secs(6), "three TTLs and three intervals of a second: {:?}", run.took);
    assert_eq!((zone.percent("A"), zone.percent("AAAA")), (100.0, 100.0));
    let batches = zone.batches();
    assert_eq!(batches.len(), 3, "one batch a step");
    for batch in &batches {
        let sent = batch.parameters.to_string();
        assert!(sent.contains("<Type>AAAA</Type>") && sent.contains("<Type>A</Type>"), "{sent}");
    }
    let state = zone.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&json!("settled"), &json!(100)));
    assert_eq!((&state["ttl_seconds"], &state["minimum_duration"]), (&json!(1), &json!("6s")));
}

#[test]
fn an_alias_stays_one_and_a_missing_green_is_made() {
    let zone = Zone::empty("r53alias");
    zone.put(zone.alias(zone.record("A", "", Some(("blue", 5)))));
    let green = "alias = {\n name = \"green.eu-west-1.elb.amazonaws.com\"\n zone_id = \"Z32O12XQLNTSW2\"\n }";
    let before = zone.records("A").remove("blue");
    zone.settle(&zone.shift(A, 0.0, green, ""));
    let records = zone.records("A");
    assert_eq!(records.get("blue"), before.as_ref());
    let made = records["green"].alias_target().unwrap();
    assert!(made.dns_name().starts_with("green.") && made.evaluate_target_health());
    assert_eq!(records["green"].weight(), Some(0));
    assert_eq!(zone.stage.workspace.values(ADDRESS)["ttl_seconds"], 60);
}

#[test]
fn a_simple_record_is_refused_and_adopted_where_asked() {
    let zone = Zone::empty("r53simple");
    zone.put(zone.record("A", "192.0.2.1", None));
    let green = "ttl = 1\n records = [\"192.0.2.2\"]";
    let error = zone.fail(&zone.shift(A, 30.0, green, ""));
    assert!(error.contains("adopt_simple_record"), "{error}");
    assert!(zone.batches().is_empty());
    zone.settle(&zone.shift(A, 30.0, green, "adopt_simple_record = true"));
    assert_eq!(zone.percent("A"), 30.0);
    let records = zone.records("A");
    assert_eq!((records.len(), records["blue"].ttl()), (2, Some(1)));
}

#[test]
fn a_finished_shift_ends_as_a_simple_record_on_green() {
    let zone = Zone::empty("r53drop");
    zone.put(zone.record("A", "192.0.2.1", None));
    let green = "ttl = 1\n records = [\"192.0.2.2\"]";
    let more = "adopt_simple_record = true\n drop_idle_record = true";
    zone.settle(&zone.shift(A, 50.0, green, more));
    zone.settle(&zone.shift(A, 100.0, green, more));
    let value = |records: BTreeMap<String, ResourceRecordSet>| records[""].resource_records()[0].value().to_owned();
    assert_eq!(value(zone.records("A")), "192.0.2.2");
    let state = zone.stage.workspace.values(ADDRESS);
    assert_eq!(state["records"]["A"], json!({"blue_weight": null, "green_weight": 1, "share": 100}));
    assert_eq!(state["answers"]["A"], json!({"blue": null, "green": "192.0.2.2"}));
    // Nobody may take green's record for blue's now, though a simple record may be adopted.
    let error = zone.fail(&zone.shift(A, 50.0, green, more));
    assert!(error.contains("No record for blue"), "{error}");
}

#[test]
fn a_run_that_dies_at_the_very_end_knows_whose_the_simple_record_is() {
    let zone = Zone::at("r53dropkill", 0, 100);
    zone.settle(&zone.shift(A, 100.0, "", ""));
    let more = "adopt_simple_record = true\n drop_idle_record = true";
    zone.write(&zone.shift(A, 100.0, "", more));
    zone.pace(json!({"polls": 1000}));
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "a simple record", || zone.records("A").contains_key("").then_some(()));
    running.kill_provider();
    running.wait_for(Duration::from_secs(60));
    zone.pace(json!({}));
    let before = zone.batches().len();
    zone.settle(&zone.shift(A, 100.0, "", more));
    assert_eq!(zone.batches().len(), before, "it was all done");
    assert_eq!(zone.stage.workspace.values(ADDRESS)["observed_green_weight"], 100);
}

#[test]
fn an_argument_that_moves_nothing_leaves_what_is_known() {
    let zone = Zone::at("r53same", 0, 100);
    zone.settle(&zone.shift(A, 100.0, "", ""));
    let before = zone.stage.workspace.values(ADDRESS)["effective_at"].clone();
    zone.settle(&zone.shift(A, 100.0, "", "on_failure = \"hold\""));
    assert_eq!(zone.stage.workspace.values(ADDRESS)["effective_at"], before);
}

#[test]
fn an_idle_record_beside_a_stranger_is_deleted_alone() {
    let zone = Zone::at("r53dropother", 100, 0);
    zone.put(zone.record("A", "192.0.2.3", Some(("other", 50))));
    zone.settle(&zone.shift(A, 100.0, "", "drop_idle_record = true"));
    assert_eq!(zone.weights("A"), BTreeMap::from([("green".to_owned(), 100), ("other".to_owned(), 50)]));
}

#[test]
fn until_when_both_sides_are_needed_is_said() {
    let zone = Zone::at("r53until", 100, 0);
    zone.settle(&zone.shift(A, 30.0, "", ""));
    let at = |name: &str| zone.stage.workspace.values(ADDRESS)[name].as_str().unwrap().to_owned();
    let settled = at("effective_at");
    zone.put(zone.record("A", "192.0.2.2", Some(("green", 70))));
    zone.stage.workspace.spawn(&["apply", "-refresh-only", "-json", "-auto-approve"]).wait().expect_success();
    assert!(at("effective_at") > settled, "someone wrote since: {settled}, {}", at("effective_at"));
    zone.pace(json!({"polls": 1000}));
    zone.write(&zone.shift(A, 100.0, "", ""));
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "100 %", || (zone.percent("A") == 100.0).then_some(()));
    running.interrupt();
    let error = running.wait_for(Duration::from_secs(20)).expect_failure();
    assert!(error.contains("Both sides are needed until then"), "{error}");
    zone.pace(json!({}));
}

/// The run before it died when it had moved everything: old answers are kept for the TTL all the same.
#[test]
fn a_run_that_only_drops_the_idle_record_says_until_when_blue_is_needed() {
    let (zone, ttl) = (Zone::empty("r53late"), 300);
    for (value, side) in [("192.0.2.1", ("blue", 1)), ("192.0.2.2", ("green", 0))] {
        let mut record = zone.record("A", value, Some(side));
        record.ttl = Some(ttl);
        zone.put(record);
    }
    let shift = zone.shift(A, 100.0, "", "drop_idle_record = true");
    zone.write(&shift);
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "100 %", || (zone.percent("A") == 100.0).then_some(()));
    running.kill_provider();
    running.wait_for(Duration::from_secs(60));
    // Of a create that died nothing is known but what the records say.
    zone.settle(&shift);
    let told = zone.stage.workspace.values(ADDRESS)["effective_at"].as_str().unwrap().to_owned();
    let told = DateTime::from_str(&told, DateTimeFormat::DateTime).unwrap().as_secs_f64();
    let batches = zone.batches();
    assert_eq!(batches.len(), 2, "100 %, and blue's record away: {batches:?}");
    assert!(told >= batches[0].at + ttl as f64, "{told} is before {}", batches[0].at + ttl as f64);
}

#[test]
fn records_of_external_dns_are_refused_by_the_owners_name() {
    let zone = Zone::at("r53edns", 100, 0);
    let heritage =
        "\"heritage=external-dns,external-dns/owner=blue-cluster,external-dns/resource=ingress/shop/orders\"";
    let name = format!("a-{}", zone.name);
    zone.put(zone.named(&name, "TXT", heritage, Some(("blue", 1))));
    let error = zone.fail(&zone.shift(A, 30.0, "", ""));
    assert!(error.contains("blue-cluster") && error.contains("ingress/shop/orders"), "{error}");
    assert!(zone.batches().is_empty());
    zone.settle(&zone.shift(A, 30.0, "", "external_dns = \"override\""));
    assert_eq!(zone.percent("A"), 30.0);
}

#[test]
fn a_step_waits_until_its_change_is_in_sync() {
    let zone = Zone::at("r53sync", 100, 0);
    zone.pace(json!({"polls": 2}));
    zone.settle(&zone.shift(A, 30.0, "", ""));
    let asked = zone.stage.calls(0).into_iter().filter(|call| call.action == "GetChange").count();
    assert!(asked >= 3, "two answers PENDING and one INSYNC: {asked}");
}

#[test]
fn what_someone_else_moved_is_seen_and_moved_back() {
    let zone = Zone::at("r53drift", 100, 0);
    zone.settle(&zone.shift(A, 30.0, "", ""));
    zone.put(zone.record("A", "192.0.2.2", Some(("green", 70))));
    zone.stage.workspace.plan().expect_changes();
    let change = zone.stage.workspace.change(ADDRESS);
    assert_eq!(change["before"]["records"]["A"]["green_weight"], 70);
    assert_eq!(change["after"]["records"]["A"]["green_weight"], 30);
    assert_eq!(change["after"]["minimum_duration"], "1s", "the TTL counts");
    zone.stage.workspace.apply_plan().expect_success();
    assert_eq!(zone.percent("A"), 30.0);
}

#[test]
fn a_stale_plan_is_refused() {
    let zone = Zone::at("r53stale", 100, 0);
    zone.settle(&zone.shift(A, 0.0, "", ""));
    zone.write(&zone.shift(A, 50.0, "", ""));
    zone.stage.workspace.plan().expect_changes();
    zone.put(zone.record("A", "192.0.2.2", Some(("green", 7))));
    let error = zone.stage.workspace.apply_plan().expect_failure();
    assert!(error.contains("changed since the plan"), "{error}");
    assert!(zone.batches().is_empty());
}

#[test]
fn an_import_leaves_nothing_to_do() {
    let zone = Zone::at("r53import", 70, 30);
    zone.write(&zone.shift(A, 30.0, "", ""));
    let id = format!("{}|{}|A|blue|green", zone.id, zone.name);
    zone.stage.workspace.import(ADDRESS, &id).expect_success();
    zone.stage.workspace.assert_settled();
    assert!(zone.batches().is_empty());
}

#[test]
fn ctrl_c_holds_at_the_step() {
    let zone = Zone::at("r53stop", 100, 0);
    let ramp = "ramp = {\n steps = [10]\n interval = \"10m\"\n }";
    zone.settle(&zone.shift(A, 0.0, "", ramp));
    zone.write(&zone.shift(A, 100.0, "", ramp));
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "10 %", || (zone.percent("A") == 10.0).then_some(()));
    running.interrupt();
    let run = running.wait_for(Duration::from_secs(20));
    assert_ne!(run.code, Some(0));
    assert_eq!(zone.percent("A"), 10.0);
    let state = zone.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&json!("held"), &json!(10)));
}

#[test]
fn a_killed_run_is_taken_up_where_the_records_stand() {
    let zone = Zone::at("r53kill", 100, 0);
    let ramp = |interval| format!("ramp = {{\n steps = [10]\n interval = {interval:?}\n }}");
    zone.settle(&zone.shift(A, 0.0, "", &ramp("10m")));
    zone.write(&zone.shift(A, 100.0, "", &ramp("10m")));
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "10 %", || (zone.percent("A") == 10.0).then_some(()));
    running.kill_provider();
    running.wait_for(Duration::from_secs(60));
    let before = zone.batches().len();
    zone.settle(&zone.shift(A, 100.0, "", &ramp("1s")));
    assert_eq!(zone.percent("A"), 100.0);
    assert_eq!(zone.batches().len(), before + 1, "10 % is not written again");
}

#[test]
fn a_failing_gate_takes_the_share_back() {
    let zone = Zone::at("r53back", 100, 0);
    zone.settle(&zone.shift(A, 0.0, "", ""));
    let server = eksmig_tests::probe_server::ProbeServer::start();
    let gate = format!(
        "ramp = {{\n steps = [10]\n interval = \"10m\"\n }}\n gate = {{\n poll_interval = \"1s\"\n \
         http_probe = {{ url = {:?} }}\n }}",
        server.url()
    );
    zone.write(&zone.shift(A, 100.0, "", &gate));
    let running = zone.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "10 %", || (zone.percent("A") == 10.0).then_some(()));
    server.answer_with(503);
    let error = running.wait_for(Duration::from_secs(60)).expect_failure();
    assert!(error.contains("rolled back"), "{error}");
    assert_eq!(zone.percent("A"), 0.0);
}

#[test]
fn a_destroy_sends_everything_back_where_asked() {
    let zone = Zone::at("r53gone", 100, 0);
    zone.settle(&zone.shift(A, 50.0, "", "on_destroy = \"blue\""));
    zone.stage.workspace.destroy().expect_success();
    assert_eq!(zone.percent("A"), 0.0);
}

#[test]
fn a_zone_is_listed_once_for_all_its_shifts() {
    let zone = Zone::at("r53list", 100, 0);
    let mut text = String::new();
    for nth in 1..=5 {
        let name = format!("n{nth}-{}", zone.name);
        zone.put(zone.named(&name, "A", "192.0.2.1", Some(("blue", 1))));
        zone.put(zone.named(&name, "A", "192.0.2.2", Some(("green", 0))));
        let label = format!("\"orders{nth}\"");
        text += &zone.shift(A, 0.0, "", "").replace(&zone.name, &name).replace("\"orders\"", &label);
    }
    zone.settle(&text);
    let since = zone.stage.mark();
    zone.stage.workspace.assert_settled();
    let listings = zone.stage.calls(since);
    assert_eq!(listings.len(), 1, "{listings:?}");
}

#[test]
fn pages_may_end_within_a_group() {
    let zone = Zone::at("r53pages", 100, 0);
    zone.stage.world.emulator().limit_pages(&zone.stage.access_key, 1);
    zone.settle(&zone.shift(A, 30.0, "", ""));
    assert_eq!(zone.percent("A"), 30.0);
}

#[test]
fn a_busy_zone_and_throttling_are_waited_out() {
    let zone = Zone::at("r53busy", 100, 0);
    let (emulator, key) = (zone.stage.world.emulator(), &zone.stage.access_key);
    zone.pace(json!({"busy_milliseconds": 1500}));
    zone.put(zone.record("TXT", "\"busy\"", None));
    for action in ["ListResourceRecordSets", "GetChange"] {
        emulator.order(&Fault::throttle(key, action).times(2));
    }
    zone.settle(&zone.shift(A, 30.0, "", "ramp = { steps = [10] }"));
    assert_eq!(zone.percent("A"), 30.0);
    zone.pace(json!({}));
}

#[test]
fn an_adoption_whose_answer_was_lost_is_no_failure() {
    let zone = Zone::empty("r53lost");
    zone.put(zone.record("A", "192.0.2.1", None));
    let (emulator, key) = (zone.stage.world.emulator(), &zone.stage.access_key);
    emulator.order(&Fault::lose_reply(key, "ChangeResourceRecordSets"));
    let green = "ttl = 30\n records = [\"192.0.2.2\"]";
    zone.write(&zone.shift(A, 0.0, green, "adopt_simple_record = true"));
    zone.stage.workspace.apply().expect_success();
    assert_eq!(zone.weights("A")["green"], 0);
    let run = zone.stage.workspace.plan();
    assert_eq!(run.code, Some(0), "{run:#?}");
    zone.write(&zone.shift(A, 10.0, green, "adopt_simple_record = true"));
    let warnings = zone.stage.workspace.plan().warnings();
    assert!(warnings.contains("Uneven TTLs"), "1 s and 30 s: {warnings}");
}

#[test]
fn bad_input_is_refused_at_its_attribute() {
    let zone = Zone::at("r53bad", 100, 0);
    let cases = [
        (zone.shift(A, 30.0, "", "gate = { error_rate = { max_percent = 1 } }"), "gate.error_rate"),
        (zone.shift("[\"NS\"]", 30.0, "", ""), "Invalid type"),
        (zone.shift("[\"AAAA\"]", 30.0, "", ""), "no record of this type"),
        (zone.shift(A, 30.0, "", "").replace(&zone.id, "ZNOSUCHZONE"), "Hosted zone not found"),
        (zone.shift(A, 30.0, "ttl = 5", ""), "Unclear record for green"),
    ];
    for (text, expected) in cases {
        let error = zone.fail(&text);
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let (_, apex) = zone.name.split_once('.').unwrap();
    let error = zone.fail(&zone.shift("[\"CNAME\"]", 30.0, "", "").replace(&zone.name, apex));
    assert!(error.contains("CNAME at the apex"), "{error}");
    for (side, region) in [("blue", "eu-west-1"), ("green", "us-east-1")] {
        zone.put(zone.latency("AAAA", "2001:db8::1", side, region));
    }
    let error = zone.fail(&zone.shift("[\"AAAA\"]", 30.0, "", ""));
    assert!(error.contains("Record not weighted") && error.contains("latency"), "{error}");
    zone.change(ChangeAction::Delete, zone.record("A", "192.0.2.2", Some(("green", 0))));
    let error = zone.fail(&zone.shift(A, 30.0, "", ""));
    assert!(error.contains("No record for green"), "{error}");
    assert!(zone.batches().is_empty());
}
