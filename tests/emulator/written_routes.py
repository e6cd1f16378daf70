"""The listeners and rules that calls write: where they are, their actions, and the weights in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exchange import AwsCall
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import elbv2_backends
from moto.iam.models import get_account_id_from
from patches_elbv2_listing import listener_of, rule_of


def named(call: AwsCall) -> str | None:
    """The route that a call writes, if it is one that writes a route."""
    names = {"ModifyRule": "RuleArn", "ModifyListener": "ListenerArn"}
    return call.parameters.get(names[call.action]) if call.action in names else None


def find(call: AwsCall, arn: str) -> Any | None:
    backend = elbv2_backends[get_account_id_from(call.access_key)][call.region]
    try:
        return rule_of(backend, arn) if ":listener-rule/" in arn else listener_of(backend, arn)
    except ELBClientError:
        return None


def actions(route: Any) -> list[Any]:
    return route.default_actions if hasattr(route, "default_actions") else route.actions


def replace(route: Any, made: list[Any]) -> None:
    if hasattr(route, "default_actions"):
        route.default_actions = made
        route._default_rule[0].actions = made
    else:
        route.actions = made


def weights(made: list[Any]) -> dict[str, int]:
    groups = [group for action in made for group in action.data.get("ForwardConfig", {}).get("TargetGroups", [])]
    return {group["TargetGroupArn"]: int(group["Weight"]) for group in groups}


def healthy(call: AwsCall, arns: Any) -> dict[str, int]:
    """How many healthy targets each of these target groups has. To ask is not a look that a test's orders count."""
    backend = elbv2_backends[get_account_id_from(call.access_key)][call.region]
    counts = {}
    for arn in arns:
        with unseen(backend.target_groups[arn]):
            found = backend.describe_target_health(arn, [])
        counts[arn] = sum(health.status == "healthy" for health in found)
    return counts


@contextmanager
def unseen(group: Any) -> Iterator[None]:
    """Has looks at a target group's health count for nothing."""
    told = {key: dict(order) for key, order in group.__dict__.get("told", {}).items()}
    try:
        yield
    finally:
        if told:
            group.told = told
