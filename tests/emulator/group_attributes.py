"""The attributes that a target group has when it is made, by its kind (Elastic Load Balancing API, TargetGroupAttribute)."""

HEALTH = "target_group_health"
OF_BALANCERS = {
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    f"{HEALTH}.dns_failover.minimum_healthy_targets.count": "1",
    f"{HEALTH}.dns_failover.minimum_healthy_targets.percentage": "off",
    f"{HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    f"{HEALTH}.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
DELAY = {"deregistration_delay.timeout_seconds": "300"}


def defaults(target_type: str, protocol: str | None) -> dict[str, str]:
    if target_type == "lambda":
        return {"lambda.multi_value_headers.enabled": "false"}
    if protocol in ("HTTP", "HTTPS"):
        return (
            DELAY
            | OF_BALANCERS
            | {
                "load_balancing.algorithm.anomaly_mitigation": "off",
                "load_balancing.algorithm.type": "round_robin",
                "slow_start.duration_seconds": "0",
                "stickiness.app_cookie.cookie_name": "",
                "stickiness.app_cookie.duration_seconds": "86400",
                "stickiness.enabled": "false",
                "stickiness.lb_cookie.duration_seconds": "86400",
                "stickiness.type": "lb_cookie",
            }
        )
    if protocol == "GENEVE":
        failover = {"target_failover.on_deregistration": "no_rebalance", "target_failover.on_unhealthy": "no_rebalance"}
        return DELAY | failover | {"stickiness.enabled": "false", "stickiness.type": "source_ip_dest_ip_proto"}
    # By address, and TCP or TLS: the client's address is not kept unless it is asked for.
    kept = "false" if target_type in ("ip", "alb") and protocol in ("TCP", "TLS") else "true"
    unhealthy = "target_health_state.unhealthy"
    return (
        DELAY
        | OF_BALANCERS
        | {
            "deregistration_delay.connection_termination.enabled": "false",
            "preserve_client_ip.enabled": kept,
            "proxy_protocol_v2.enabled": "false",
            "stickiness.enabled": "false",
            "stickiness.type": "source_ip",
            f"{unhealthy}.connection_termination.enabled": "true",
            f"{unhealthy}.draining_interval_seconds": "0",
        }
    )
