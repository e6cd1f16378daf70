//! Where a twin listens, and what it refuses.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::twin::{self, LISTENER};
use eksmig_tests::world::forward;

use crate::Scene;

const RANGE: &str = "port_range = { from = 8443, to = 8445 }";

#[test]
fn the_next_free_port_is_taken_and_kept() {
    let scene = Scene::new("lrange", ProtocolEnum::Tcp, 8443);
    let world = &scene.stage.world;
    let other = world.listener(&scene.balancer, ProtocolEnum::Tcp, 8444, vec![forward(&[(&scene.blue, 1)])]);
    scene.settle(RANGE);
    assert_eq!(scene.ports(), [8443, 8444, 8445]);
    assert_eq!(scene.stage.workspace.values(LISTENER)["port"], 8445);
    eksmig_tests::blocking::wait(world.client().delete_listener().listener_arn(other).send()).unwrap();
    scene.stage.workspace.assert_settled();
    // Another range moves it, in place.
    let arn = scene.on(8445).listener_arn().unwrap().to_owned();
    scene.settle("port_range = { from = 9000, to = 9001 }");
    assert_eq!(scene.on(9000).listener_arn(), Some(arn.as_str()));
    scene.settle("port = 9100");
    assert_eq!(scene.on(9100).listener_arn(), Some(arn.as_str()));
}

#[test]
fn many_twins_share_a_range() {
    let scene = Scene::new("lmany", ProtocolEnum::Tcp, 443);
    let world = &scene.stage.world;
    let mut text = String::new();
    for nth in 0..6 {
        let source = world.listener(&scene.balancer, ProtocolEnum::Tcp, 1000 + nth, vec![forward(&[(&scene.blue, 1)])]);
        let one = twin::listener(&source, &scene.green.arn, "port_range = { from = 8000, to = 8005 }");
        text += &one.replace("\"green\"", &format!("\"green{nth}\""));
    }
    scene.stage.workspace.write("main.tf", &text);
    scene.stage.workspace.apply().expect_success();
    scene.stage.workspace.assert_settled();
    let ports: Vec<i32> = scene.ports().into_iter().filter(|port| *port >= 8000).collect();
    assert_eq!(ports, [8000, 8001, 8002, 8003, 8004, 8005]);
}

#[test]
fn a_port_that_is_taken_is_refused_with_its_holder() {
    let scene = Scene::new("ltaken", ProtocolEnum::Tcp, 443);
    scene.write("port = 443");
    let error = scene.stage.workspace.apply().expect_failure();
    assert!(error.contains("Port taken") && error.contains(&scene.source), "{error}");
    scene.write("port_range = { from = 443, to = 443 }");
    let error = scene.stage.workspace.apply().expect_failure();
    assert!(error.contains("No free port") && error.contains("443"), "{error}");
    assert!(scene.stage.writes(0).is_empty());
}

#[test]
fn what_can_be_told_without_aws_is_refused_at_validate() {
    let scene = Scene::new("linvalid", ProtocolEnum::Tcp, 443);
    let refused = |source: &str, arguments: &str, wanted: &str| {
        scene.stage.workspace.write("main.tf", &twin::listener(source, &scene.green.arn, arguments));
        let error = scene.stage.workspace.validate().expect_failure();
        assert!(error.contains(wanted), "{arguments}: {error}");
    };
    let application = scene.source.replace(":listener/net/", ":listener/app/");
    refused(&application, "port = 80", "Source is no listener of a network load balancer");
    refused(&scene.source.replace(":listener/net/", ":listener/gwy/"), "port = 80", "Source is no listener");
    refused(&scene.source, "", "Exactly one");
    refused(&scene.source, &format!("port = 80\n{RANGE}"), "Exactly one");
    refused(&scene.source, "port = 0", "port");
    refused(&scene.source, "port_range = { from = 9, to = 8 }", "Empty range");
    refused(&scene.source.replace("eu-west-1", "eu-west-2"), "port = 80", "another place");
    refused(&scene.source, "port = 80\ntags = { \"eksmig:twin-of\" = \"x\" }", "Tag of an owner");
    assert!(scene.stage.calls(0).is_empty());
}

#[test]
fn a_source_that_is_not_there_is_refused_at_plan() {
    let scene = Scene::new("lgone", ProtocolEnum::Tcp, 443);
    let world = &scene.stage.world;
    let gone = scene.source.replace(scene.source.rsplit('/').next().unwrap(), "0123456789abcdef");
    scene.stage.workspace.write("main.tf", &twin::listener(&gone, &scene.green.arn, "port = 80"));
    let error = scene.stage.workspace.plan().expect_failure();
    assert!(error.contains("Source not found") && error.contains(&gone), "{error}");
    assert!(world.listeners_of(&scene.balancer).len() == 1 && scene.stage.writes(0).is_empty());
}
