//! The policy that the page of shifts by annotations shows, beside the calls that such a shift makes.

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::annotated::{Annotated, BEFORE, Way};
use eksmig_tests::policy;
use eksmig_tests::world::{World, forward};
use serde_json::json;

#[test]
fn a_shift_by_annotations_calls_what_its_policy_allows_and_nothing_else() {
    // They lead to a load balancer, whose targets are asked.
    let world = World::new("ednslb");
    let (balancer, group) = (world.application_balancer("edge"), world.target_group("edge"));
    world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&group, 1)])]);
    let leads = json!({format!("{BEFORE}target"): world.dns_name(&balancer)});
    let way = || Way { annotations: leads.clone(), ..Way::default() };
    let names = Annotated::with("ednspola", (100, way()), (0, way()));
    names.zone.stage.workspace.write("main.tf", &names.shift(100.0, ""));
    names.zone.stage.workspace.plan().expect_changes();
    let mut called = names.zone.stage.actions();

    // Green's record has a health check, and its cluster is found in EKS; an alarm watches.
    let names = Annotated::at("ednspolb", 100, 0);
    let (zone, green) = (&names.zone, &names.green.cluster);
    zone.stage.world.emulator().make_cluster(zone.stage.world.region(), "ednspolb", &green.url, &green.authority);
    green.api.guests().invite(&zone.stage.access_key);
    let blue = format!("{{ kubeconfig_path = {:?}, context = \"lab\" }}", names.blue.cluster.kubeconfig());
    let clusters = format!("{{ blue = {blue}, green = {{ eks_cluster_name = \"ednspolb\" }} }}");
    zone.stage.configure(&format!("kubernetes = {{ clusters = {clusters} }}"));
    let mut record = zone.record("A", "192.0.2.2", Some(("green", 0)));
    record.health_check_id = Some(zone.health_check());
    zone.put(record);
    Alarms::of(&zone.stage.world).make("policy-annotations", StateValue::Ok);
    zone.settle(&names.shift(100.0, "gate = { alarm_names = [\"policy-annotations\"] }"));
    called.extend(zone.stage.actions());
    assert_eq!(called, policy::of("eksmig_external_dns_shift"));
}
