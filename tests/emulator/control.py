"""The control endpoints, `/_ctl/...`: what a test asks of the emulator rather than of AWS."""

from typing import TYPE_CHECKING

import control_clusters
import control_dns
import control_faults
import control_gateway
import control_sources
import followed_stages
import patches_elbv2_actions
import patches_elbv2_listing
import patches_elbv2_targets
import permissions
import routes
from exchange import Answer, Asked
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

if TYPE_CHECKING:
    from front import Front

ENDPOINTS = (
    control_clusters.ENDPOINTS | control_dns.ENDPOINTS | control_gateway.ENDPOINTS | control_sources.ENDPOINTS
)


def answer(front: "Front", asked: Asked) -> Answer:
    name = asked.path.removeprefix("/_ctl/")
    if name == "ping":
        return Answer.of({})
    if name == "calls":
        arguments = asked.arguments()
        found = front.calls.since(int(arguments.get("since", 0)), arguments.get("access_key"))
        return Answer.of({"calls": found})
    if name == "actions":
        return Answer.of({"actions": permissions.needed(front.calls.since(0, asked.arguments()["access_key"]))})
    if name == "routes":
        return routes.answer(front, asked)
    if name == "stages":
        return followed_stages.answer(front, asked)
    if (ordered := control_faults.answer(front, name, asked)) is not None:
        return ordered
    with front.turn:
        if name == "health":
            return health(asked)
        if name == "checked":
            return checked(asked)
        if name == "warming":
            return warming(asked)
        if name == "page_limit":
            wanted = asked.json()
            patches_elbv2_listing.LIMITS[wanted["access_key"]] = wanted["limit"]
            return Answer.of({})
        if name == "oidc_secret":
            return oidc_secret(asked.arguments()["arn"])
        if name == "network":
            return network(asked.arguments()["region"])
        if name == "reset":
            return reset(front)
        if name in ENDPOINTS:
            answered = ENDPOINTS[name](asked)
            if name in control_gateway.ENDPOINTS and asked.method == "POST":
                front.api_changes.made()
            return answered
    return Answer.of({"error": f"no {name} here"}, 404)


def region_of(arn: str) -> str:
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    return arn.split(":")[4]


def health(asked: Asked) -> Answer:
    """Sets what DescribeTargetHealth will say of a target group's targets, or of one of them."""
    wanted = asked.json()
    arn = wanted["target_group_arn"]
    group = elbv2_backends[account_of(arn)][region_of(arn)].target_groups.get(arn)
    if group is None:
        return Answer.of({"error": f"no target group {arn}"}, 404)
    patches_elbv2_targets.tell(group, wanted.get("target"), wanted)
    return Answer.of({})


def checked(asked: Asked) -> Answer:
    """Has somebody's own health checks say what is healthy, and waits of the target group's go by so much faster."""
    wanted = asked.json()
    arn = wanted["target_group_arn"]
    group = elbv2_backends[account_of(arn)][region_of(arn)].target_groups[arn]
    group.__dict__["checked"] = float(wanted["factor"])
    return Answer.of({})


def warming(asked: Asked) -> Answer:
    """For how many looks a target that is registered from now on is `initial`."""
    wanted = asked.json()
    arn = wanted["target_group_arn"]
    group = elbv2_backends[account_of(arn)][region_of(arn)].target_groups[arn]
    group.__dict__["warming"] = int(wanted["polls"])
    return Answer.of({})


def oidc_secret(arn: str) -> Answer:
    """The client secret that AWS keeps for a rule or a listener, which no call of AWS's returns."""
    backend = elbv2_backends[account_of(arn)][region_of(arn)]
    if ":listener-rule/" in arn:
        actions = patches_elbv2_listing.rule_of(backend, arn).actions
    else:
        actions = patches_elbv2_listing.listener_of(backend, arn).default_actions
    return Answer.of({"secret": patches_elbv2_actions.secret_of(actions)})


def network(region: str) -> Answer:
    """The VPC and the subnets that an account has from the start, which load balancers need."""
    backend = ec2_backends[DEFAULT_ACCOUNT_ID][region]
    vpc = next(vpc for vpc in backend.vpcs.values() if vpc.is_default)
    subnets = [subnet.id for zone in backend.subnets.values() for subnet in zone.values() if subnet.vpc_id == vpc.id]
    return Answer.of({"vpc": vpc.id, "subnets": subnets[:2]})


def reset(front: "Front") -> Answer:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()
    front.calls.clear()
    front.faults.clear()
    front.changes.made()
    front.api_changes.made()
    front.buckets.clear()
    front.witness.stale_reads.clear()
    patches_elbv2_listing.LIMITS.clear()
    control_dns.reset()
    control_gateway.reset()
    control_sources.reset()
    return Answer.of({})
