"""`/_ctl/routes`: load balancers as a data plane has to serve them, in one piece."""

from typing import TYPE_CHECKING, Any

from exchange import Answer, Asked
from moto.elbv2.models import elbv2_backends

if TYPE_CHECKING:
    from front import Front


def answer(front: "Front", asked: Asked) -> Answer:
    """The listeners, rules, target groups and targets of some balancers, once there is a change after `seen`."""
    arguments = asked.arguments()
    version = front.changes.after(int(arguments.get("seen", -1)), int(arguments.get("wait", 0)) / 1000)
    with front.turn:
        return Answer.of({"version": version, **served(arguments["balancers"].split(","))})


def served(arns: list[str]) -> dict[str, Any]:
    balancers: list[dict[str, str]] = []
    listeners: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    for arn in arns:
        backend = elbv2_backends[arn.split(":")[4]][arn.split(":")[3]]
        balancer = backend.load_balancers.get(arn)
        if balancer is not None:
            balancers.append({"arn": arn, "dns_name": balancer.dns_name})
        for listener in balancer.listeners.values() if balancer else ():
            listeners.append({"balancer": arn, **listener_as_served(listener)})
            for rule in listener.rules.values():
                for action in rule.actions:
                    for name in backend._get_target_group_arns_from(action.data):
                        # A target group can be gone while a rule of moto's still names it.
                        if name in backend.target_groups:
                            groups[name] = group_as_served(backend.target_groups[name])
    return {"balancers": balancers, "listeners": listeners, "groups": groups}


def listener_as_served(listener: Any) -> dict[str, Any]:
    rules = [
        {
            "arn": rule.arn,
            "priority": None if rule.is_default else int(rule.priority),
            "conditions": rule.conditions,
            "actions": [action.data for action in rule.actions],
        }
        for rule in listener.rules.values()
    ]
    return {"arn": listener.arn, "protocol": listener.protocol, "port": int(listener.port), "rules": rules}


def group_as_served(group: Any) -> dict[str, Any]:
    check = {
        "enabled": group.health_check_enabled in (True, "true"),
        "protocol": group.health_check_protocol,
        "port": group.health_check_port,
        "path": group.health_check_path or "/",
        "interval": int(group.health_check_interval_seconds),
        "timeout": int(group.health_check_timeout_seconds),
        "healthy": int(group.healthy_threshold_count),
        "unhealthy": int(group.unhealthy_threshold_count),
        "codes": (getattr(group, "matcher", None) or {}).get("HttpCode") or "200-399",
    }
    targets = [{"id": name, "port": port} for name, port in group.targets]
    return {"check": check, "targets": targets}
