//! From one cluster's nodes to another's in the target groups of NodePorts.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::nodes::Nodes;
use eksmig_tests::story::Story;

/// Three ports of nodes behind one load balancer.
fn scene(name: &str) -> Nodes {
    let nodes = Nodes::scaled(name, 3);
    Alarms::of(&nodes.stage.world).make(&format!("{}-5xx", nodes.stage.world.name()), StateValue::Ok);
    nodes
}

fn story(nodes: &Nodes) -> Story<'_> {
    let world = nodes.stage.world.name();
    let place = format!(
        "load_balancer_names = [\"{world}-lb\"]\nblue_groups = [{:?}]\ngreen_groups = [{:?}]\nalarms = [\"{world}-5xx\"]\n\
         interval = \"1s\"\npoll_interval = \"1s\"\n",
        nodes.scaling_group("blue"),
        nodes.scaling_group("green"),
    );
    Story::lay("nodeport", &nodes.stage, &place)
}

#[test]
fn the_node_port_story_hands_every_port_over_and_goes_back_from_each_pull_request() {
    let nodes = scene("npstory");
    let story = story(&nodes);
    // Forwards, back from each, and over one.
    let way = [0, 1, 0, 1, 2, 1, 2, 0, 2];
    let sides: [&[&str]; 3] = [&["blue"], &["blue", "green"], &["green"]];
    assert_eq!(story.pull_requests.len(), sides.len());
    for number in way {
        let since = nodes.stage.mark();
        story.apply(&story.pull_requests[number]);
        nodes.assert_serving(sides[number], &story.pull_requests[number].display().to_string());
        assert_eq!(nodes.writes(since).is_empty(), nodes.writes(0).is_empty(), "the first writes nothing");
    }
}

#[test]
fn the_node_port_storys_own_tests_pass() {
    let nodes = scene("nptest");
    story(&nodes).test(|| ());
    nodes.assert_serving(&["blue"], "after the way back");
}
