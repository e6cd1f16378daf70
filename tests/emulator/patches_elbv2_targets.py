"""ELBv2: targets and their health. In moto every target is healthy from the start, wherever it is."""

import ipaddress
import time
from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import TargetGroupNotFoundError, TargetNotRunning
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
    models.FakeHealthStatus.target = property(described)


def key_of(group: Any, target: dict[str, Any]) -> tuple[str, int]:
    return target["Id"], int(target.get("Port") or group.port or 0)


def register(self: Any, targets: list[dict[str, Any]]) -> None:
    """AWS: a target is its id and its port: one address on two ports is two targets. A new one is `initial` at first."""
    new = 0
    for target in targets:
        instance = self.ec2_backend.get_instance_by_id(target["Id"])
        if instance and instance.state != "running":
            raise TargetNotRunning(instance_id=target["Id"])
        key = key_of(self, target)
        if self.__dict__.get("warming") and key not in self.targets:
            # Every other one takes three times as long.
            looks = self.warming * (1 + 2 * (new % 2))
            tell(self, f"{key[0]}:{key[1]}", {"state": "initial", "then": "healthy", "polls": looks})
            new += 1
        self.targets[key] = {"Id": key[0], "Port": key[1], "AvailabilityZone": target.get("AvailabilityZone")}


def deregister(self: Any, targets: list[dict[str, Any]]) -> None:
    """AWS: without a port, every registration of the id goes; what is not registered is no error.

    Where health is checked, a target drains for a while.
    """
    for target in targets:
        gone = [key_of(self, target)] if target.get("Port") else [key for key in self.targets if key[0] == target["Id"]]
        for key in [key for key in gone if key in self.targets]:
            del self.targets[key]
            self.__dict__.get("told", {}).pop(f"{key[0]}:{key[1]}", None)
            if "checked" in self.__dict__:
                delay = float(self.attributes["deregistration_delay.timeout_seconds"]) / self.checked
                self.__dict__.setdefault("leaving", {})[key] = time.monotonic() + delay


def draining(group: Any) -> list[tuple[str, int]]:
    """The targets that are deregistered, and whose deregistration delay is not over."""
    leaving = group.__dict__.get("leaving", {})
    now = time.monotonic()
    for key in [key for key, until in leaving.items() if until <= now or key in group.targets]:
        del leaving[key]
    return list(leaving)


def tell(group: Any, target: str | None, order: dict[str, Any]) -> None:
    """Sets the state that health checks find: for one target, by id or id:port, or for all; none for no longer.

    `then` follows after so many polls.
    """
    told = group.__dict__.setdefault("told", {})
    if target is None:
        told.clear()
    if order["state"] is None:
        told.pop(target, None)
        return
    told[target] = {name: order.get(name) for name in ("state", "reason", "description", "then")}
    told[target]["polls"] = order.get("polls", 0)


def found(group: Any, key: tuple[str, int]) -> tuple[str, str | None, str | None]:
    told = group.__dict__.get("told", {})
    order = told.get(f"{key[0]}:{key[1]}") or told.get(key[0]) or told.get(None)
    if order is None and "checked" in group.__dict__:
        return "initial", "Elb.RegistrationInProgress", "Target registration is in progress"
    if order is None:
        return "healthy", None, None
    state = order["then"] if order["then"] and order["polls"] <= 0 else order["state"]
    usual = REASONS.get(state, (None, None))
    if state != order["state"]:
        return state, *usual
    return state, order["reason"] or usual[0], order["description"] or usual[1]


def described(self: Any) -> dict[str, str]:
    """A target as it is described beside its health: with its zone, where there is one."""
    zone = self.__dict__.get("zone")
    return {"Id": self.instance_id, "Port": self.port} | ({"AvailabilityZone": zone} if zone else {})


def zone_of(group: Any, target: dict[str, Any]) -> str | None:
    """AWS: an address has the zone that it was registered with, or else that of its subnet; an instance has none."""
    if target.get("AvailabilityZone") or group.target_type != "ip":
        return target.get("AvailabilityZone")
    address = ipaddress.ip_address(target["Id"])
    subnets = [subnet for zone in group.ec2_backend.subnets.values() for subnet in zone.values()]
    inside = (s for s in subnets if s.vpc_id == group.vpc_id and address in ipaddress.ip_network(s.cidr_block))
    return next((subnet.availability_zone for subnet in inside), None)


def describe_target_health(self: Any, target_group_arn: str, targets: list[dict[str, Any]]) -> list[Any]:
    """AWS: a target in a target group that no listener and no rule refers to is `unused`, whatever its health."""
    group = self.target_groups.get(target_group_arn)
    if group is None:
        raise TargetGroupNotFoundError()
    in_use = bool(users(group))
    leaving = draining(group)
    keys = [key_of(group, target) for target in targets] if targets else list(group.targets) + leaving
    health = []
    for key in keys:
        if key in leaving:
            state, (reason, description) = "draining", REASONS["draining"]
        elif key not in group.targets:
            state, reason, description = "unused", "Target.NotRegistered", "Target is not registered"
        elif not in_use:
            state, (reason, description) = "unused", REASONS["unused"]
        else:
            state, reason, description = found(group, key)
        one = models.FakeHealthStatus(key[0], str(key[1]), group.health_check_port, state, reason, description)
        one.zone = zone_of(group, group.targets.get(key) or {"Id": key[0]})
        health.append(one)
    if in_use:
        for order in group.__dict__.get("told", {}).values():
            order["polls"] -= 1
    return health
