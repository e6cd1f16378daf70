//! The policy and the role that the preflight's page shows, beside the calls that it makes.

use eksmig_tests::emulator::root;
use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{AUTO_MODE_BINDING, BINDING};
use eksmig_tests::kubernetes::role::{asked, role};
use eksmig_tests::policy;
use eksmig_tests::service::Service;
use eksmig_tests::swap::Swaps;
use eksmig_tests::zone::Zone;

#[test]
fn the_preflight_calls_what_its_policy_allows_and_nothing_else() {
    let swaps = Swaps::new("prepolicy");
    let gateway = &swaps.gateway;
    let rest = gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]);
    let http = gateway.http_api(false);
    let zone = Zone::at("prezone", 100, 0);
    let alias = zone.alias_of(zone.record("A", "192.0.2.1", Some(("blue", 100))), &gateway.host);
    zone.put(alias);
    let (blue, green) = &gateway.listeners;
    let swap = |id: &str| {
        format!("{{ {id}, stage_names = [\"prod\"], blue_listener_arn = {blue:?}, green_listener_arn = {green:?} }}")
    };
    let records = format!(
        "{{ zone_id = {:?}, name = {:?}, types = [\"A\"], blue_set_identifier = \"blue\", green_set_identifier = \
         \"green\" }}",
        zone.id, zone.name
    );
    // Before an application load balancer too, which alone has rules.
    let service = Service::at("prerules", 100, 0);
    let pair =
        |blue: &str, green: &str| format!("{{ blue_target_group_arn = {blue:?}, green_target_group_arn = {green:?} }}");
    let text = format!(
        "data \"eksmig_preflight\" \"here\" {{\n  target_group_pairs = {{\n    net = {}\n    app = {}\n  }}\n  records = {{ \
         a = {records} }}\n  port_swaps = {{\n    rest = {}\n    http = {}\n  }}\n  alarm_names = [\"a\"]\n  clusters = {{ blue \
         = \"blue\", green = \"green\" }}\n}}\n",
        pair(&gateway.groups.0.arn, &gateway.groups.1.arn),
        pair(&service.blue.arn, &service.green.arn),
        swap(&format!("rest_api_id = {rest:?}")),
        swap(&format!("http_api_id = {http:?}")),
    );
    let clusters = ["blue", "green"].map(|side| (side, Cluster::with(&[BINDING, AUTO_MODE_BINDING])));
    for (side, cluster) in &clusters {
        let (region, name) = (gateway.world.region(), format!("prepolicy-{side}"));
        gateway.world.emulator().make_cluster(region, &name, &cluster.url, &cluster.authority);
        cluster.api.guests().invite(&swaps.stage.access_key);
    }
    let keys = "blue = { eks_cluster_name = \"prepolicy-blue\" }, green = { eks_cluster_name = \"prepolicy-green\" }";
    swaps.stage.configure(&format!("kubernetes = {{ clusters = {{ {keys} }} }}"));
    let allowed = policy::of("eksmig_preflight");
    gateway.world.emulator().permit(&swaps.stage.access_key, &allowed);
    swaps.stage.workspace.write("main.tf", &text);
    swaps.stage.workspace.apply().expect_success();
    let found = swaps.stage.workspace.values("data.eksmig_preflight.here")["report"].to_string();
    assert!(!found.contains("could_not_tell") && !found.contains("`not_found`"), "{found}");
    assert_eq!(swaps.stage.actions(), allowed);
    let role = role(&std::fs::read_to_string(root().join("examples/data-sources/eksmig_preflight/rbac.yaml")).unwrap());
    for (side, cluster) in &clusters {
        assert_eq!(asked(cluster), role, "{side}");
    }
}
