//! From one cluster to another, by the weights that ExternalDNS writes.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::annotated::Annotated;
use eksmig_tests::permissions::{Listed, needed_in};
use eksmig_tests::story::Story;
use serde_json::Value;

const ADDRESS: &str = "eksmig_external_dns_shift.service[\"orders\"]";

#[test]
fn the_story_of_external_dns_moves_a_service_goes_back_and_lists_what_it_needs() {
    let names = Annotated::at("ednsstory", 100, 0);
    let (stage, domain) = (&names.zone.stage, names.zone.name.trim_start_matches("orders."));
    let alarm = format!("{domain}-5xx");
    Alarms::of(&stage.world).make(&alarm, StateValue::Ok);
    let place =
        format!("zone_id = {:?}\ndomain = {domain:?}\nalarms = [{alarm:?}]\ninterval = \"1s\"\n", names.zone.id);
    let story = Story::lay("external-dns", stage, &place);
    let listed = Listed::on(&story.text("README.md"));
    names.known_by_eks();
    // No other permissions than the page's.
    stage.world.emulator().permit(&stage.access_key, &listed.actions);
    let mut seen = Vec::new();
    for file in &story.pull_requests {
        story.apply(file);
        seen.push(names.shown());
    }
    assert_eq!(seen, [(100, 0), (90, 10), (0, 100)]);
    let outputs = stage.workspace.run(&["output", "-json", "blue_is_needed_until"]).expect_success();
    let until: Value = serde_json::from_str(&outputs.stdout).unwrap();
    assert_eq!(until["orders"], stage.workspace.values(ADDRESS)["effective_at"]);
    story.apply(&story.pull_requests[0]);
    assert_eq!(names.shown(), (100, 0));
    names.assert_never_dark();
    assert_eq!(stage.actions(), listed.actions);
    for site in [&names.blue, &names.green] {
        assert_eq!(needed_in(&site.cluster), listed.rules);
    }
    // Each pull request goes by the steps between, and back it goes in one.
    let percents = names.batches().percents();
    let mut way: Vec<i64> =
        percents.iter().filter(|percent| !percent.is_nan()).map(|percent| *percent as i64).collect();
    way.dedup();
    assert_eq!(way, [0, 1, 9, 10, 35, 50, 66, 100, 50, 0]);
    assert!(stage.calls(0).iter().any(|call| call.action == "DescribeAlarms"), "the gate asked");
}
