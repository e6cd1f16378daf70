"""ELBv2: targets and their health. In moto every target is healthy from the start, wherever it is."""

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import InvalidTargetError, TargetGroupNotFoundError, TargetNotRunning
from patches_elbv2_listing import users

REASONS = {
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unavailable": ("Target.HealthCheckDisabled", "Health checks are disabled for this target"),
}


def install() -> None:
    models.FakeTargetGroup.register = register
    models.FakeTargetGroup.deregister = deregister
    models.FakeTargetGroup.deregister_terminated_instances = lambda self, ids: None
    models.ELBv2Backend.describe_target_health = describe_target_health


def key_of(group: Any, target: dict[str, Any]) -> tuple[str, int]:
    return target["Id"], int(target.get("Port") or group.port or 0)


def register(self: Any, targets: list[dict[str, Any]]) -> None:
    """AWS: a target is its id and its port: one address on two ports is two targets."""
    for target in targets:
        instance = self.ec2_backend.get_instance_by_id(target["Id"])
        if instance and instance.state != "running":
            raise TargetNotRunning(instance_id=target["Id"])
        key = key_of(self, target)
        self.targets[key] = {"Id": key[0], "Port": key[1]}


def deregister(self: Any, targets: list[dict[str, Any]]) -> None:
    """AWS: without a port, every registration of the id goes."""
    for target in targets:
        gone = [key_of(self, target)] if target.get("Port") else [key for key in self.targets if key[0] == target["Id"]]
        if not gone or any(key not in self.targets for key in gone):
            raise InvalidTargetError()
        for key in gone:
            del self.targets[key]


def tell(group: Any, target: str | None, state: str, reason: str | None, then: str | None, polls: int) -> None:
    """Sets the state that health checks find, for one target's id or for all; `then` follows after so many polls."""
    told = group.__dict__.setdefault("told", {})
    if target is None:
        told.clear()
    told[target] = {"state": state, "reason": reason, "then": then, "polls": polls}


def found(group: Any, key: tuple[str, int]) -> tuple[str, str | None]:
    told = group.__dict__.get("told", {})
    order = told.get(key[0]) or told.get(None) or {"state": "healthy", "reason": None, "then": None, "polls": 0}
    if order["then"] and order["polls"] <= 0:
        return order["then"], None
    return order["state"], order["reason"]


def describe_target_health(self: Any, target_group_arn: str, targets: list[dict[str, Any]]) -> list[Any]:
    """AWS: a target in a target group that no listener and no rule refers to is `unused`, whatever its health."""
    group = self.target_groups.get(target_group_arn)
    if group is None:
        raise TargetGroupNotFoundError()
    in_use = bool(users(group))
    keys = [key_of(group, target) for target in targets] if targets else list(group.targets)
    health = []
    for key in keys:
        if key not in group.targets:
            state, reason, description = "unused", "Target.NotRegistered", "Target is not registered"
        elif not in_use:
            state, (reason, description) = "unused", REASONS["unused"]
        else:
            state, told = found(group, key)
            reason, description = REASONS.get(state, (None, None))
            reason = told or reason
        health.append(models.FakeHealthStatus(key[0], str(key[1]), group.health_check_port, state, reason, description))
    if in_use:
        for order in group.__dict__.get("told", {}).values():
            order["polls"] -= 1
    return health
