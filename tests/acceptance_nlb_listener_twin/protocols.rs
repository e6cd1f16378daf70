//! A listener of every protocol has a twin like it.

use aws_sdk_elasticloadbalancingv2::types::{Certificate, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::twin::LISTENER;

use crate::{Scene, certificate};

#[track_caller]
fn is_twinned(scene: &Scene) {
    let world = &scene.stage.world;
    world.tag(&scene.source, &[("app", "orders"), ("service.k8s.aws/stack", "shop/orders")]);
    scene.settle("port = 8443");
    let (source, twin) = (scene.on(443), scene.on(8443));
    assert_eq!(twin.protocol(), source.protocol());
    assert_eq!((twin.ssl_policy(), twin.alpn_policy()), (source.ssl_policy(), source.alpn_policy()));
    let (source_arn, arn) = (source.listener_arn().unwrap(), twin.listener_arn().unwrap());
    assert_eq!(world.certificates(arn), world.certificates(source_arn));
    assert_eq!(world.listener_attributes(arn), world.listener_attributes(source_arn));
    assert_eq!(twin.default_actions()[0].target_group_arn(), Some(scene.green.arn.as_str()));
    assert_eq!(source.default_actions()[0].target_group_arn(), Some(scene.blue.arn.as_str()), "blue is left alone");
    let tags = world.tags(arn);
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["app", "eksmig:twin-of"]);
    assert_eq!(tags["eksmig:twin-of"], scene.source);
    assert_eq!(scene.stage.workspace.values(LISTENER)["arn"], arn);
    scene.stage.workspace.destroy().expect_success();
    assert_eq!(scene.ports(), [443]);
}

#[test]
fn tcp_with_its_idle_timeout() {
    let scene = Scene::new("ltcp", ProtocolEnum::Tcp, 443);
    scene.stage.world.set_listener_attribute(&scene.source, "tcp.idle_timeout.seconds", "600");
    is_twinned(&scene);
}

#[test]
fn udp_and_both() {
    is_twinned(&Scene::new("ludp", ProtocolEnum::Udp, 443));
    is_twinned(&Scene::new("ltcpudp", ProtocolEnum::TcpUdp, 443));
}

#[test]
fn tls_with_all_its_certificates() {
    let scene = Scene::new("ltls", ProtocolEnum::Tls, 443);
    let add = |name| {
        let one = Certificate::builder().certificate_arn(certificate(name)).build();
        let request = scene.stage.world.client().add_listener_certificates().listener_arn(&scene.source);
        wait(request.certificates(one).send()).unwrap();
    };
    add("b");
    add("c");
    assert_eq!(scene.stage.world.certificates(&scene.source).len(), 3);
    // Pages of two: the third certificate is on the second.
    scene.stage.world.emulator().limit_pages(&scene.stage.access_key, 2);
    is_twinned(&scene);
}
