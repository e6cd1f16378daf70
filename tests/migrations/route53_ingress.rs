//! From one cluster's ingress to another's, by Route 53.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::batches::{Batches, Sides};
use eksmig_tests::ledger::Side;
use eksmig_tests::probe_server::ProbeServer;
use eksmig_tests::story::Story;
use eksmig_tests::zone::Zone;

const BLUE: &str = "ingress.blue.example.com";
const GREEN: &str = "ingress.green.example.com";

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
    let place = format!(
        "zone_id = {:?}\ndomain = {domain:?}\nhealth_url = {:?}\nalarms = [{alarm:?}]\nttl = 1\ninterval = \"1s\"\n",
        zone.id,
        probe.url()
    );
    let story = Story::lay("route53-ingress", stage, &place);

    let mut seen = Vec::new();
    for file in &story.pull_requests {
        story.apply(file);
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
