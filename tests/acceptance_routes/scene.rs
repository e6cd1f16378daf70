//! A data source `eksmig_routes.edge` in a scene.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use eksmig_tests::blocking::wait;
use eksmig_tests::stage::Stage;
use serde_json::Value;

/// The data source with these arguments.
pub fn edge(arguments: &str) -> String {
    format!("data \"eksmig_routes\" \"edge\" {{\n  {arguments}\n}}\n")
}

/// What it finds.
#[track_caller]
pub fn look(stage: &Stage, arguments: &str) -> Value {
    stage.workspace.write("main.tf", &edge(arguments));
    stage.workspace.apply().expect_success();
    stage.workspace.assert_settled();
    stage.workspace.values("data.eksmig_routes.edge")
}

/// The keys of one of its maps, without the name that all names of the scene begin with.
pub fn keys(stage: &Stage, map: &Value) -> Vec<String> {
    let own = format!("{}-", stage.world.name());
    map.as_object().unwrap().keys().map(|key| key.strip_prefix(&own).unwrap().to_owned()).collect()
}

/// The element of that name, which begins as all names of the scene do.
pub fn one<'a>(stage: &Stage, map: &'a Value, name: &str) -> &'a Value {
    let found = &map[format!("{}-{name}", stage.world.name())];
    assert!(found.is_object(), "no {name} in {map:#}");
    found
}

/// Tags an object.
pub fn tag(stage: &Stage, arn: &str, tags: &[(&str, &str)]) {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build());
    let request = stage.world.client().add_tags().resource_arns(arn).set_tags(Some(tags.collect()));
    wait(request.send()).unwrap();
}

/// How often the provider made each call after this number.
pub fn calls(stage: &Stage, since: u64) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in stage.calls(since) {
        *counts.entry(call.action).or_default() += 1;
    }
    counts
}
