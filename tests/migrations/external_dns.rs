//! From one cluster to another, by the weights that ExternalDNS writes.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::annotated::Annotated;
use eksmig_tests::permissions::{Listed, needed_in};
use eksmig_tests::story::Story;

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
    let outputs = stage.workspace.run(&["output", "-json"]).expect_success();
    assert!(outputs.stdout.contains("blue_is_needed_until"), "{}", outputs.stdout);
    story.apply(&story.pull_requests[0]);
    assert_eq!(names.shown(), (100, 0));
    names.assert_never_dark();
    assert_eq!(stage.actions(), listed.actions);
    for site in [&names.blue, &names.green] {
        assert_eq!(needed_in(&site.cluster), listed.rules);
    }
}
