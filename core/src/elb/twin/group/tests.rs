use super::*;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn http() -> Group {
    Group {
        fixed: Fixed {
            target_type: text("instance"),
            protocol: text("HTTP"),
            protocol_version: text("GRPC"),
            port: Some(8080),
            vpc_id: text("vpc-1"),
            ip_address_type: text("ipv4"),
            target_control_port: Some(3000),
        },
        health_check: HealthCheck {
            enabled: Some(true),
            protocol: text("HTTP"),
            port: text("traffic-port"),
            path: text("/orders.Health/Check"),
            matcher: text("0-5"),
            interval: Some(15),
            timeout: Some(4),
            healthy_threshold: Some(3),
            unhealthy_threshold: Some(4),
        },
        attributes: map(&[
            ("deregistration_delay.timeout_seconds", "30"),
            ("load_balancing.algorithm.type", "least_outstanding_requests"),
            ("stickiness.enabled", "true"),
            ("stickiness.type", "lb_cookie"),
        ]),
        tags: map(&[("app", "orders"), ("ingress.k8s.aws/stack", "shop/orders")]),
    }
}

fn tcp() -> Group {
    Group {
        fixed: Fixed {
            protocol: text("TCP"),
            protocol_version: None,
            target_type: text("ip"),
            target_control_port: None,
            ..http().fixed
        },
        health_check: HealthCheck { protocol: text("TCP"), ..http().health_check.without_http() },
        attributes: map(&[
            ("deregistration_delay.timeout_seconds", "300"),
            ("preserve_client_ip.enabled", "true"),
            ("proxy_protocol_v2.enabled", "true"),
            ("stickiness.type", "source_ip"),
            ("target_group_health.dns_failover.minimum_healthy_targets.count", "2"),
        ]),
        tags: Tags::new(),
    }
}

fn keys(map: &BTreeMap<String, String>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

#[test]
fn without_overrides_a_twin_is_its_source_but_for_the_owner() {
    let twin = twin_of(&http(), &Overrides::default()).unwrap();
    assert_eq!(twin, Group { tags: map(&[("app", "orders")]), ..http() });
    let lambda = Group {
        fixed: Fixed { target_type: text("lambda"), ..Fixed::default() },
        attributes: map(&[("lambda.multi_value_headers.enabled", "true")]),
        health_check: HealthCheck { path: text("/up"), matcher: text("200"), ..HealthCheck::default() },
        ..Group::default()
    };
    assert_eq!(twin_of(&lambda, &Overrides::default()).unwrap(), lambda);
}

#[test]
fn an_override_stands_for_what_it_names_and_nothing_else() {
    let over = Overrides {
        target_type: text("ip"),
        port: Some(9090),
        vpc_id: text("vpc-2"),
        health_check: HealthCheck { path: text("/ready"), interval: Some(5), ..HealthCheck::default() },
        attributes: map(&[("deregistration_delay.timeout_seconds", "5")]),
        tags: map(&[("app", "green")]),
        protocol: None,
    };
    let twin = twin_of(&http(), &over).unwrap();
    let changed: Vec<&str> = http().fixed.differences(&twin.fixed).iter().map(|one| one.part).collect();
    assert_eq!(changed, ["target_type", "port", "vpc_id"]);
    let check = HealthCheck { path: text("/ready"), interval: Some(5), ..http().health_check };
    assert_eq!(twin.health_check, check);
    assert_eq!(twin.attributes["deregistration_delay.timeout_seconds"], "5");
    assert_eq!(twin.attributes.len(), http().attributes.len());
    assert_eq!(twin.tags, map(&[("app", "green")]));
}

#[test]
fn another_protocol_leaves_behind_what_only_the_sources_has() {
    // From HTTP to TCP.
    let twin = twin_of(&http(), &Overrides { protocol: text("TCP"), ..Overrides::default() }).unwrap();
    assert_eq!((&twin.fixed.protocol_version, twin.fixed.target_control_port), (&None, None));
    assert_eq!(keys(&twin.attributes), ["deregistration_delay.timeout_seconds"]);
    assert_eq!(twin.health_check, http().health_check, "a network load balancer checks by HTTP as well");

    // From TCP to HTTP, which is not checked by TCP.
    let over = Overrides { protocol: text("HTTP"), ..Overrides::default() };
    let unfit = twin_of(&tcp(), &over).unwrap_err();
    assert_eq!(unfit.part, "health_check");
    assert!(unfit.to_string().contains("TCP"), "{unfit}");
    let check = HealthCheck { protocol: text("HTTP"), path: text("/"), ..HealthCheck::default() };
    let twin = twin_of(&tcp(), &Overrides { health_check: check, ..over }).unwrap();
    assert_eq!(twin.fixed.protocol_version, text("HTTP1"));
    let kept =
        ["deregistration_delay.timeout_seconds", "target_group_health.dns_failover.minimum_healthy_targets.count"];
    assert_eq!(keys(&twin.attributes), kept);

    // From TCP to UDP: one family, and yet what depends on the protocol stays behind.
    let twin = twin_of(&tcp(), &Overrides { protocol: text("UDP"), ..Overrides::default() }).unwrap();
    assert_eq!(
        keys(&twin.attributes),
        [
            "deregistration_delay.timeout_seconds",
            "proxy_protocol_v2.enabled",
            "target_group_health.dns_failover.minimum_healthy_targets.count"
        ]
    );
}

#[test]
fn another_check_leaves_behind_what_only_the_sources_has() {
    let check = HealthCheck { protocol: text("TCP"), ..HealthCheck::default() };
    let over = Overrides { protocol: text("TCP"), health_check: check, ..Overrides::default() };
    let twin = twin_of(&http(), &over).unwrap();
    assert_eq!((twin.health_check.path, twin.health_check.matcher), (None, None));
    assert_eq!(twin.health_check.interval, Some(15));
}

#[test]
fn what_a_source_cannot_become_is_unfit() {
    let lambda = Group { fixed: Fixed { target_type: text("lambda"), ..Fixed::default() }, ..Group::default() };
    let part = |source: &Group, over| twin_of(source, &over).unwrap_err().part;
    assert_eq!(part(&lambda, Overrides { port: Some(80), ..Overrides::default() }), "port");
    assert_eq!(part(&lambda, Overrides { vpc_id: text("vpc-1"), ..Overrides::default() }), "vpc_id");
    assert_eq!(part(&lambda, Overrides { protocol: text("HTTP"), ..Overrides::default() }), "protocol");
    assert_eq!(part(&lambda, Overrides { target_type: text("ip"), ..Overrides::default() }), "target_type");
}

#[test]
fn a_change_is_what_differs_and_nothing_else() {
    assert_eq!(Change::between(&http(), &http()), Change::default());
    let mut wanted = http();
    wanted.health_check.path = text("/ready");
    wanted.attributes = map(&[("stickiness.enabled", "false"), ("slow_start.duration_seconds", "30")]);
    wanted.tags = map(&[("app", "orders")]);
    let change = Change::between(&http(), &wanted);
    assert_eq!(change.health_check, HealthCheck { path: text("/ready"), ..HealthCheck::default() });
    assert_eq!(change.attributes, wanted.attributes);
    assert_eq!(change.tags, TagChange::default(), "a controller's tag stays");
}
