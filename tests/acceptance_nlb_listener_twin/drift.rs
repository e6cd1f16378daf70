//! What changes afterwards: the configuration, the source, the twin.

use aws_sdk_elasticloadbalancingv2::types::{Certificate, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::twin::LISTENER;
use eksmig_tests::world::forward;
use serde_json::{Value, json};

use crate::{Scene, certificate};

#[track_caller]
fn planned(scene: &Scene) -> Value {
    scene.stage.workspace.plan().expect_changes();
    let change = scene.stage.workspace.change(LISTENER);
    assert_eq!(change["actions"], json!(["update"]));
    change
}

#[test]
fn a_source_that_changes_shows_in_the_plan_of_its_twin() {
    let scene = Scene::new("ldrift", ProtocolEnum::Tls, 443);
    let world = &scene.stage.world;
    scene.settle("port = 8443");
    let arn = scene.on(8443).listener_arn().unwrap().to_owned();
    let one = |name| Certificate::builder().certificate_arn(certificate(name)).build();
    let client = world.client();
    let request = client.modify_listener().listener_arn(&scene.source).certificates(one("z"));
    wait(request.ssl_policy("ELBSecurityPolicy-2016-08").alpn_policy("HTTP1Only").send()).unwrap();
    wait(client.add_listener_certificates().listener_arn(&scene.source).certificates(one("b")).send()).unwrap();
    world.tag(&scene.source, &[("team", "shop")]);

    let change = planned(&scene);
    assert_eq!(change["before"]["certificate_arn"], certificate("a"));
    assert_eq!(change["after"]["certificate_arn"], certificate("z"));
    assert_eq!(change["after"]["more_certificate_arns"], json!([certificate("b")]));
    assert_eq!(
        (&change["after"]["alpn_policy"], &change["after"]["tags_all"]),
        (&json!("HTTP1Only"), &json!({"team": "shop"}))
    );
    scene.stage.workspace.apply_plan().expect_success();
    scene.stage.workspace.assert_settled();
    assert_eq!(world.certificates(&arn), [certificate("z"), certificate("b")]);
    assert_eq!(scene.on(8443).ssl_policy(), Some("ELBSecurityPolicy-2016-08"));
}

#[test]
fn a_twin_that_strays_is_brought_back() {
    let scene = Scene::new("lstray", ProtocolEnum::Tcp, 443);
    let world = &scene.stage.world;
    scene.settle("port = 8443\ntags = { side = \"green\" }");
    let arn = scene.on(8443).listener_arn().unwrap().to_owned();
    world.set_listener_attribute(&arn, "tcp.idle_timeout.seconds", "60");
    world.set_actions(&arn, vec![forward(&[(&scene.blue, 1)])]);
    world.tag(&arn, &[("stray", "x")]);
    let change = planned(&scene);
    assert_eq!(change["before"]["target_group_arn"], scene.blue.arn);
    assert_eq!(change["before"]["attributes"]["tcp.idle_timeout.seconds"], "60");
    scene.stage.workspace.apply_plan().expect_success();
    scene.stage.workspace.assert_settled();
    assert_eq!(scene.on(8443).default_actions()[0].target_group_arn(), Some(scene.green.arn.as_str()));
    assert_eq!(world.listener_attributes(&arn)["tcp.idle_timeout.seconds"], "350");
    assert_eq!(world.tags(&arn).keys().collect::<Vec<_>>(), ["eksmig:twin-of", "side"]);

    // A share that is moved on the twin is not the twin's to undo.
    world.set_actions(&arn, vec![forward(&[(&scene.blue, 90), (&scene.green, 10)])]);
    scene.stage.workspace.assert_settled();
}

#[test]
fn a_twin_outlives_its_source() {
    let scene = Scene::new("llast", ProtocolEnum::Tcp, 443);
    scene.settle("port = 8443");
    wait(scene.stage.world.client().delete_listener().listener_arn(&scene.source).send()).unwrap();
    scene.stage.workspace.assert_settled();
    scene.settle("port = 8444");
    assert_eq!(scene.ports(), [8444]);
    scene.stage.workspace.destroy().expect_success();
    assert!(scene.ports().is_empty());
}

#[test]
fn an_import_and_then_a_plan_is_empty() {
    let scene = Scene::new("limport", ProtocolEnum::Tcp, 443);
    let world = &scene.stage.world;
    let arn = world.listener(&scene.balancer, ProtocolEnum::Tcp, 8443, vec![forward(&[(&scene.green, 1)])]);
    scene.write("port = 8443");
    let refused = scene.stage.workspace.import(LISTENER, &arn);
    assert!(refused.code == Some(1) && refused.stderr.contains("eksmig:twin-of"), "{refused:#?}");
    scene.stage.workspace.import(LISTENER, &format!("{arn}|{}", scene.source)).expect_success();
    scene.stage.workspace.assert_settled();
    world.tag(&arn, &[("eksmig:twin-of", &scene.source)]);
    scene.stage.workspace.run(&["state", "rm", LISTENER]).expect_success();
    scene.stage.workspace.import(LISTENER, &arn).expect_success();
    scene.stage.workspace.assert_settled();
    assert!(scene.stage.writes(0).is_empty());
}
