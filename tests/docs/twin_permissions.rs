//! The policies that the twins' pages show, beside the calls that the twins make.

use aws_sdk_elasticloadbalancingv2::types::{Certificate, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::policy;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin;
use eksmig_tests::world::{TargetGroup, forward, path};

#[test]
fn a_target_groups_twin_calls_what_its_policy_allows_and_nothing_else() {
    let stage = Stage::new("tpolicy");
    let world = &stage.world;
    let source = world.target_group_of("blue", ProtocolEnum::Http, 0);
    let settle = |arguments: &str| {
        stage.workspace.write("main.tf", &twin::group(&source.arn, arguments));
        stage.workspace.apply().expect_success();
    };
    settle("tags = { a = \"b\" }");
    // All of it changes, and a route refers to it when it is to be destroyed.
    settle(
        "tags = { c = \"d\" }\nhealth_check = { path = \"/x\" }\nattributes = { \"slow_start.duration_seconds\" = \"30\" }",
    );
    let name = format!("{}-green", source.name);
    let arn = world.group_named(&name).unwrap().target_group_arn.unwrap();
    let balancer = world.application_balancer("lb");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&source, 1)])]);
    let to_both = vec![forward(&[(&source, 1), (&TargetGroup { name, arn }, 0)])];
    let rule = world.rule(&listener, 1, vec![path("/")], to_both);
    stage.workspace.destroy().expect_failure();
    world.set_actions(&rule, vec![forward(&[(&source, 1)])]);
    stage.workspace.destroy().expect_success();
    assert_eq!(stage.actions(), policy::of("eksmig_target_group_twin"));
}

#[test]
fn a_listeners_twin_calls_what_its_policy_allows_and_nothing_else() {
    let stage = Stage::new("lpolicy");
    let world = &stage.world;
    let group = |name| world.target_group_of(name, ProtocolEnum::Tcp, 0);
    let (blue, green) = (group("blue"), group("green"));
    let balancer = world.network_balancer("lb");
    let certificate = |name: &str| {
        let arn = format!("arn:aws:iam::123456789012:server-certificate/{name}");
        Certificate::builder().certificate_arn(arn).build()
    };
    let request = world.client().create_listener().load_balancer_arn(&balancer).protocol(ProtocolEnum::Tls).port(443);
    let request = request.certificates(certificate("a")).default_actions(forward(&[(&blue, 1)]));
    let source = wait(request.send()).unwrap().listeners()[0].listener_arn().unwrap().to_owned();
    let client = world.client();
    let settle = |arguments: &str| {
        stage.workspace.write("main.tf", &twin::listener(&source, &green.arn, arguments));
        stage.workspace.apply().expect_success();
    };
    wait(client.add_listener_certificates().listener_arn(&source).certificates(certificate("b")).send()).unwrap();
    settle("port = 8443\ntags = { a = \"b\" }");
    wait(client.remove_listener_certificates().listener_arn(&source).certificates(certificate("b")).send()).unwrap();
    settle("port = 8444\ntags = { c = \"d\" }");
    // Without TLS there is an idle timeout to write.
    let request = client.create_listener().load_balancer_arn(&balancer).protocol(ProtocolEnum::Tcp).port(80);
    let tcp = wait(request.default_actions(forward(&[(&blue, 1)])).send()).unwrap();
    let tcp = tcp.listeners()[0].listener_arn().unwrap();
    world.set_listener_attribute(tcp, "tcp.idle_timeout.seconds", "60");
    stage.workspace.write("main.tf", &twin::listener(tcp, &green.arn, "port = 8080"));
    stage.workspace.apply().expect_success();
    stage.workspace.destroy().expect_success();
    assert_eq!(stage.actions(), policy::of("eksmig_nlb_listener_twin"));
}
