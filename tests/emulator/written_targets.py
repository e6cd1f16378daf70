"""The target groups whose targets calls write: who is registered in each, how, and which Auto Scaling groups are attached."""

from typing import Any

import patches_autoscaling_sources
import written_routes
from exchange import AwsCall
from moto.autoscaling.models import autoscaling_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import get_account_id_from

WRITES = {
    "RegisterTargets": "TargetGroupArn",
    "DeregisterTargets": "TargetGroupArn",
    "AttachTrafficSources": "TrafficSources.",
    "DetachTrafficSources": "TrafficSources.",
    "AttachLoadBalancerTargetGroups": "TargetGroupARNs.",
    "DetachLoadBalancerTargetGroups": "TargetGroupARNs.",
}


def named(call: AwsCall) -> dict[str, Any]:
    """The target groups that a call names, if it is one that writes targets."""
    start = WRITES.get(call.action)
    if start is None:
        return {}
    known = elbv2_backends[get_account_id_from(call.access_key)][call.region].target_groups
    arns = (value for name, value in call.parameters.items() if name.startswith(start))
    return {arn: known[arn] for arn in arns if arn in known}


def stand(call: AwsCall, groups: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """How each of these target groups stands. What drains is not registered."""
    return {arn: {"targets": targets(group), "attached": attached(call, arn)} for arn, group in groups.items()}


def targets(group: Any) -> dict[str, str]:
    """The state of each target, by `id:port`. To ask is not a look that a test's orders count."""
    with written_routes.unseen(group):
        found = elbv2_backends[group.account_id][group.region_name].describe_target_health(group.arn, [])
    return {f"{one.instance_id}:{one.port}": one.status for one in found if one.status != "draining"}


def attached(call: AwsCall, arn: str) -> dict[str, str]:
    """By which calls each Auto Scaling group that is attached was, by its name."""
    groups = autoscaling_backends[get_account_id_from(call.access_key)][call.region].autoscaling_groups
    sources = {name: patches_autoscaling_sources.sources(group).get(arn) for name, group in groups.items()}
    return {name: source.family for name, source in sources.items() if source and not source.leaving}
