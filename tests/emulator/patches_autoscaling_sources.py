"""Auto Scaling: traffic sources, which moto lacks, and target groups, which it attaches unseen."""

from typing import Any

from moto.autoscaling import models, responses
from moto.autoscaling.exceptions import ValidationError
from moto.core.responses import ActionResult, EmptyResult
from patches_elbv2_listing import LIMITS, users
from patches_elbv2_targets import found

# For how many polls a source is in each state on the way, by the group's name.
PACES: dict[str, int] = {}
TYPES = ("elb", "elbv2", "vpc-lattice")


# The calls that attached a source: those for traffic sources, or the older ones for target groups.
SOURCES, TARGET_GROUPS = "sources", "target groups"


class Source:
    def __init__(self, identifier: str, kind: str, pace: int, family: str) -> None:
        self.identifier = identifier
        self.kind = kind
        self.family = family
        self.pace = self.polls = pace
        self.leaving = False


def install() -> None:
    models.AutoScalingBackend.attach_load_balancer_target_groups = attach_target_groups
    models.AutoScalingBackend.detach_load_balancer_target_groups = detach_target_groups
    responses.AutoScalingResponse.describe_load_balancer_target_groups = describe_target_groups
    responses.AutoScalingResponse.attach_traffic_sources = attach_traffic_sources
    responses.AutoScalingResponse.detach_traffic_sources = detach_traffic_sources
    responses.AutoScalingResponse.describe_traffic_sources = describe_traffic_sources


def group_of(backend: Any, name: str) -> Any:
    """AWS: an unknown group is a ValidationError. moto crashes on it."""
    if name not in backend.autoscaling_groups:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup {name} not found")
    return backend.autoscaling_groups[name]


def sources(group: Any) -> dict[str, Source]:
    """The group's sources; target groups that it was made with are among them."""
    known: dict[str, Source] = group.__dict__.setdefault("traffic_sources", {})
    for arn in group.target_group_arns:
        if arn not in known:
            known[arn] = Source(arn, "elbv2", 0, TARGET_GROUPS)
    return known


def attach(backend: Any, group: Any, wanted: list[tuple[str, str]], family: str) -> None:
    """AWS: at most ten at once, all of which exist, or nothing is attached; what is attached already stays so."""
    if len(wanted) > 10:
        raise ValidationError("You may attach up to 10 traffic sources at a time")
    for identifier, kind in wanted:
        if kind not in TYPES:
            raise ValidationError(f"The traffic source type {kind} is not valid. Must be one of: {', '.join(TYPES)}")
        if kind == "elbv2" and identifier not in backend.elbv2_backend.target_groups:
            raise ValidationError("Provided Target Groups may not be valid. Please ensure they exist and try again.")
    known = sources(group)
    for identifier, kind in wanted:
        if identifier not in known or known[identifier].leaving:
            known[identifier] = Source(identifier, kind, PACES.get(group.name, 0), family)
    group.append_target_groups([identifier for identifier, kind in wanted if kind == "elbv2"])
    backend.update_attached_target_groups(group.name)


def detach(backend: Any, group: Any, identifiers: list[str], family: str) -> None:
    """AWS: what is not attached cannot be detached; what is goes through Removing, and is gone after Removed.

    DetachLoadBalancerTargetGroups detaches what AttachLoadBalancerTargetGroups attached, and nothing else, and the calls
    for traffic sources likewise.
    """
    known = sources(group)
    mine = {identifier for identifier, source in known.items() if source.family == family and not source.leaving}
    if any(identifier not in mine for identifier in identifiers):
        raise ValidationError("Trying to remove Target Groups that are not part of the group")
    for identifier in identifiers:
        source = known[identifier]
        source.leaving, source.polls = True, source.pace
        if source.kind != "elbv2":
            continue
        group.target_group_arns = [arn for arn in group.target_group_arns if arn != identifier]
        target_group = backend.elbv2_backend.target_groups.get(identifier)
        ids = {state.instance.id for state in group.instance_states}
        gone = [key for key in (target_group.targets if target_group else ()) if key[0] in ids]
        if gone:
            target_group.deregister([{"Id": id, "Port": port} for id, port in gone])


def states(backend: Any, group: Any, kind: str | None) -> list[dict[str, Any]]:
    """AWS: Adding, Added once every instance is registered, InService once one of them is healthy."""
    told = []
    for source in list(sources(group).values()):
        if source.leaving:
            state = "Removing" if source.polls > 0 else "Removed"
            if source.polls <= 0:
                del sources(group)[source.identifier]
                if not source.pace:
                    continue
        elif source.polls > 0:
            state = "Adding"
        else:
            late = source.polls <= -source.pace
            state = "InService" if late and in_service(backend, source) else "Added"
        source.polls -= 1
        if kind in (None, source.kind):
            told.append({"Identifier": source.identifier, "Type": source.kind, "State": state})
    return told


def in_service(backend: Any, source: Source) -> bool:
    if source.kind != "elbv2":
        return True
    target_group = backend.elbv2_backend.target_groups.get(source.identifier)
    if target_group is None or not users(target_group):
        return False
    return any(found(target_group, key)[0] == "healthy" for key in target_group.targets)


def attach_target_groups(self: Any, group_name: str, target_group_arns: list[str]) -> None:
    attach(self, group_of(self, group_name), [(arn, "elbv2") for arn in target_group_arns], TARGET_GROUPS)


def detach_target_groups(self: Any, group_name: str, target_group_arns: list[str]) -> None:
    detach(self, group_of(self, group_name), target_group_arns, TARGET_GROUPS)


def describe_target_groups(self: Any) -> ActionResult:
    """AWS: what AttachTrafficSources attached is not described here."""
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    older = {identifier for identifier, source in sources(group).items() if source.family == TARGET_GROUPS}
    told = [one for one in states(self.autoscaling_backend, group, "elbv2") if one["Identifier"] in older]
    named = [{"LoadBalancerTargetGroupARN": one["Identifier"], "State": one["State"]} for one in told]
    return ActionResult({"LoadBalancerTargetGroups": named})


def attach_traffic_sources(self: Any) -> EmptyResult:
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    attach(self.autoscaling_backend, group, named(self), SOURCES)
    return EmptyResult()


def detach_traffic_sources(self: Any) -> EmptyResult:
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    detach(self.autoscaling_backend, group, [identifier for identifier, _ in named(self)], SOURCES)
    return EmptyResult()


def named(self: Any) -> list[tuple[str, str]]:
    """AWS: a source's type follows from its identifier where it is left out."""
    wanted = self._get_param("TrafficSources", [])
    return [(source["Identifier"], source.get("Type") or type_of(source["Identifier"])) for source in wanted]


def type_of(identifier: str) -> str:
    if ":targetgroup/" not in identifier:
        return "elb"
    return "vpc-lattice" if ":vpc-lattice:" in identifier else "elbv2"


def describe_traffic_sources(self: Any) -> ActionResult:
    """AWS: at most 50 in a page."""
    group = group_of(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
    start = int(self._get_param("NextToken") or 0)
    size = min(self._get_int_param("MaxRecords") or 50, 50, LIMITS.get(self.get_access_key(), 50))
    told = states(self.autoscaling_backend, group, self._get_param("TrafficSourceType"))
    following = str(start + size) if len(told) > start + size else None
    return ActionResult({"TrafficSources": told[start : start + size], "NextToken": following})
