//! The policy that the preflight's page shows, beside the calls that it makes.

use eksmig_tests::service::Service;
use eksmig_tests::swap::Swaps;
use eksmig_tests::zone::Zone;

use crate::permissions::{allowed_by, needed};

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
         a = {records} }}\n  port_swaps = {{\n    rest = {}\n    http = {}\n  }}\n  alarm_names = [\"a\"]\n}}\n",
        pair(&gateway.groups.0.arn, &gateway.groups.1.arn),
        pair(&service.blue.arn, &service.green.arn),
        swap(&format!("rest_api_id = {rest:?}")),
        swap(&format!("http_api_id = {http:?}")),
    );
    let policy = allowed_by("data-sources/eksmig_preflight");
    gateway.world.emulator().permit(&swaps.stage.access_key, &policy);
    swaps.stage.workspace.write("main.tf", &text);
    swaps.stage.workspace.apply().expect_success();
    let found = swaps.stage.workspace.values("data.eksmig_preflight.here")["report"].to_string();
    assert!(!found.contains("could_not_tell") && !found.contains("`not_found`"), "{found}");
    assert_eq!(needed(&swaps.stage.calls(0)), policy);
}
