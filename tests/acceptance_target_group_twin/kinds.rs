//! Every kind of target group has a twin like it.

use aws_sdk_elasticloadbalancingv2::operation::create_target_group::builders::CreateTargetGroupFluentBuilder;
use aws_sdk_elasticloadbalancingv2::types::{Matcher, ProtocolEnum, TargetGroupIpAddressTypeEnum, TargetTypeEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin::{GROUP, settings};

use crate::{made, settle};

/// Makes a source, has it twinned, and compares the two.
#[track_caller]
fn is_twinned(
    name: &str,
    attributes: &[(&str, &str)],
    make: impl FnOnce(CreateTargetGroupFluentBuilder, &str) -> CreateTargetGroupFluentBuilder,
) {
    let stage = Stage::new(name);
    let world = &stage.world;
    let request = world.client().create_target_group().name(format!("{}-blue", world.name()));
    let source = wait(make(request, world.vpc()).send()).unwrap().target_groups.unwrap().pop().unwrap();
    let arn = source.target_group_arn().unwrap();
    for (key, value) in attributes {
        world.set_group_attribute(arn, key, value);
    }
    world.tag(arn, &[("app", "orders"), ("elbv2.k8s.aws/cluster", "blue"), ("kubernetes.io/cluster/blue", "owned")]);

    settle(&stage, arn, "");
    let twin = made(&stage);
    let twin_arn = twin.target_group_arn().unwrap().to_owned();
    assert_eq!(twin.target_group_name().unwrap(), format!("{}-blue-green", world.name()));
    assert_eq!(settings(twin), settings(source.clone()));
    assert_eq!(world.group_attributes(&twin_arn), world.group_attributes(arn));
    let tags = world.tags(&twin_arn);
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["app", "eksmig:twin-of"]);
    assert_eq!(tags["eksmig:twin-of"], arn);
    assert_eq!(stage.workspace.values(GROUP)["arn"], twin_arn);
    // What is AWS's default anyway is not written.
    let written: Vec<String> = stage.writes(0).into_iter().map(|call| call.action).collect();
    let expected = ["CreateTargetGroup", "ModifyTargetGroupAttributes"];
    assert_eq!(written, expected[..if attributes.is_empty() { 1 } else { 2 }]);

    stage.workspace.destroy().expect_success();
    assert_eq!(world.groups().len(), 1, "the source alone is left");
}

#[test]
fn http_with_its_whole_health_check_and_stickiness() {
    let attributes = [
        ("deregistration_delay.timeout_seconds", "3600"),
        ("stickiness.enabled", "true"),
        ("stickiness.lb_cookie.duration_seconds", "600"),
        ("slow_start.duration_seconds", "60"),
    ];
    is_twinned("thttp", &attributes, |request, vpc| {
        request
            .protocol(ProtocolEnum::Http)
            .port(8080)
            .vpc_id(vpc)
            .health_check_protocol(ProtocolEnum::Https)
            .health_check_port("9090")
            .health_check_path("/ready")
            .health_check_interval_seconds(10)
            .health_check_timeout_seconds(3)
            .healthy_threshold_count(2)
            .unhealthy_threshold_count(4)
            .matcher(Matcher::builder().http_code("200-204").build())
    });
}

#[test]
fn grpc_by_address_of_ipv6() {
    is_twinned("tgrpc", &[], |request, vpc| {
        request
            .protocol(ProtocolEnum::Https)
            .protocol_version("GRPC")
            .port(443)
            .vpc_id(vpc)
            .target_type(TargetTypeEnum::Ip)
            .ip_address_type(TargetGroupIpAddressTypeEnum::Ipv6)
            .health_check_path("/orders.Health/Check")
            .matcher(Matcher::builder().grpc_code("0-5").build())
            .target_control_port(3000)
    });
}

#[test]
fn tcp_checked_by_http() {
    let attributes = [("preserve_client_ip.enabled", "true"), ("proxy_protocol_v2.enabled", "true")];
    is_twinned("ttcp", &attributes, |request, vpc| {
        request
            .protocol(ProtocolEnum::Tcp)
            .port(5432)
            .vpc_id(vpc)
            .target_type(TargetTypeEnum::Ip)
            .health_check_protocol(ProtocolEnum::Http)
            .health_check_path("/live")
    });
}

#[test]
fn tls_udp_and_both() {
    for (name, protocol) in
        [("ttls", ProtocolEnum::Tls), ("tudp", ProtocolEnum::Udp), ("ttcpudp", ProtocolEnum::TcpUdp)]
    {
        is_twinned(name, &[("deregistration_delay.timeout_seconds", "5")], |request, vpc| {
            request.protocol(protocol).port(53).vpc_id(vpc)
        });
    }
}

#[test]
fn a_load_balancer_as_target() {
    is_twinned("talb", &[], |request, vpc| {
        request.protocol(ProtocolEnum::Tcp).port(80).vpc_id(vpc).target_type(TargetTypeEnum::Alb)
    });
}

#[test]
fn geneve() {
    let failover = [("target_failover.on_unhealthy", "rebalance"), ("target_failover.on_deregistration", "rebalance")];
    is_twinned("tgeneve", &failover, |request, vpc| request.protocol(ProtocolEnum::Geneve).port(6081).vpc_id(vpc));
}

#[test]
fn a_function_that_is_checked() {
    is_twinned("tlambda", &[("lambda.multi_value_headers.enabled", "true")], |request, _| {
        request.target_type(TargetTypeEnum::Lambda).health_check_enabled(true).health_check_path("/up")
    });
}
