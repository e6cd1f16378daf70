//! `eksmig_route53_shift` raises no share towards a side that cannot answer, as far as anybody can tell.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use aws_sdk_route53::types::ResourceRecordSet;
use eksmig_tests::world::{TargetGroup, forward};
use eksmig_tests::zone::Zone;

const A: &str = "[\"A\"]";
/// A gate that gives up soon.
const SOON: &str = "gate = {\n timeout = \"3s\"\n poll_interval = \"1s\"\n }";

/// A pair of aliases to load balancers, each with a target group behind it.
struct Scene {
    zone: Zone,
    green: TargetGroup,
    green_listener: String,
}

impl Scene {
    fn at(name: &str) -> Self {
        let zone = Zone::empty(name);
        let side = |side: &str, weight: i64| {
            let world = &zone.stage.world;
            let (balancer, group) = (world.application_balancer(side), world.target_group(side));
            let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&group, 1)])]);
            let alias = zone.alias_of(zone.record("A", "192.0.2.1", Some((side, weight))), &world.dns_name(&balancer));
            zone.put(ResourceRecordSet::clone(&alias));
            (group, listener)
        };
        side("blue", 100);
        let (green, green_listener) = side("green", 0);
        Self { zone, green, green_listener }
    }

    fn warnings(&self, text: &str) -> String {
        self.zone.write(text);
        self.zone.stage.workspace.plan().warnings()
    }
}

#[test]
fn no_share_rises_towards_a_load_balancer_without_healthy_targets() {
    let scene = Scene::at("r53sick");
    let (zone, world) = (&scene.zone, &scene.zone.stage.world);
    world.set_health(&scene.green, "unhealthy");
    let shift = zone.shift(A, 50.0, "", SOON);
    let warned = scene.warnings(&shift);
    assert!(warned.contains("Not ready for more traffic: green") && warned.contains("0 of 2 targets"), "{warned}");
    let error = zone.fail(&shift);
    assert!(error.contains("targets healthy") && error.contains("min_healthy_targets"), "{error}");
    assert!(zone.batches().is_empty());
    world.set_health(&scene.green, "healthy");
    let warned = scene.warnings(&shift);
    assert!(!warned.contains("green"), "{warned}");
}

#[test]
fn a_target_group_without_targets_is_warned_of_where_its_health_is_evaluated() {
    let scene = Scene::at("r53empty");
    let (zone, world) = (&scene.zone, &scene.zone.stage.world);
    let empty = world.target_group_of("empty", ProtocolEnum::Http, 0);
    world.set_actions(&scene.green_listener, vec![forward(&[(&scene.green, 1), (&empty, 0)])]);
    let warned = scene.warnings(&zone.shift(A, 50.0, "", SOON));
    assert!(warned.contains("evaluate_target_health is on") && warned.contains("has no targets"), "{warned}");
}

#[test]
fn a_health_check_that_fails_takes_the_share_back() {
    let zone = Zone::empty("r53check");
    let check = zone.health_check();
    zone.put(zone.record("A", "192.0.2.1", Some(("blue", 100))));
    let mut green = zone.record("A", "192.0.2.2", Some(("green", 0)));
    green.health_check_id = Some(check.clone());
    zone.put(green);
    zone.settle(&zone.shift(A, 50.0, "", SOON));
    zone.stage.world.emulator().fail_health_check(&check, 8);
    let error = zone.fail(&zone.shift(A, 100.0, "", SOON));
    assert!(error.contains("0 of 8 checkers reach it"), "{error}");
    assert_eq!(zone.percent("A"), 50.0);
}

#[test]
fn what_nothing_watches_is_said() {
    let zone = Zone::at("r53blind", 100, 0);
    zone.write(&zone.shift(A, 50.0, "", ""));
    let warned = zone.stage.workspace.plan().warnings();
    assert!(warned.contains("Nothing watches green") && warned.contains("http_probe"), "{warned}");
}
