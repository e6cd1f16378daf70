"""ELBv2: what the Describe calls find, in pages, and what they say of unknown objects."""

import base64
import re
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.elbv2 import models, responses
from moto.elbv2.exceptions import (
    ELBClientError,
    ListenerNotFoundError,
    ListenerOrBalancerMissingError,
    LoadBalancerNotFoundError,
    RuleNotFoundError,
    TargetGroupNotFoundError,
)

# A page's size by access key, where a test wants pages smaller than AWS's 400.
LIMITS: dict[str, int] = {}


def install() -> None:
    # In moto a key is 20 capitals and digits, and any other is taken for one and the same: no limit would ever hold.
    BaseResponse.access_key_regex = re.compile(r"Credential=([^/]+)/")
    load_balancers()
    listeners()
    target_groups()
    tags()
    models.ELBv2Backend.describe_listeners = found_listeners
    models.FakeTargetGroup.LoadBalancerArns = property(lambda self: self.__dict__.get("used_by", []))


def page(items: list[Any], params: dict[str, Any], access_key: str) -> tuple[list[Any], str | None]:
    """AWS: at most PageSize items, 400 by default, and a marker where more follow."""
    size = int(params.get("PageSize") or 400)
    if not 1 <= size <= 400:
        raise ELBClientError("ValidationError", f"Page size {size} is not between 1 and 400")
    size = min(size, LIMITS.get(access_key, 400))
    start = 0
    if params.get("Marker"):
        try:
            start = int(base64.urlsafe_b64decode(params["Marker"]))
        except ValueError:
            raise ELBClientError("ValidationError", "The marker is not valid") from None
    end = start + size
    marker = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], marker


def listener_of(backend: Any, arn: str) -> Any:
    balancer = backend.load_balancers.get(arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0])
    listener = balancer.listeners.get(arn) if balancer else None
    if listener is None:
        raise ListenerNotFoundError()
    return listener


def rule_of(backend: Any, arn: str) -> Any:
    try:
        listener = listener_of(backend, arn.replace(":listener-rule/", ":listener/").rpartition("/")[0])
    except ListenerNotFoundError:
        raise RuleNotFoundError("One or more rules not found") from None
    if arn in listener._non_default_rules:
        return listener._non_default_rules[arn]
    if listener._default_rule[0].arn == arn:
        return listener._default_rule[0]
    raise RuleNotFoundError("One or more rules not found")


def found_listeners(self: Any, load_balancer_arn: str | None, listener_arns: list[str]) -> list[Any]:
    """AWS: an unknown listener among known ones is an error."""
    if load_balancer_arn:
        if load_balancer_arn not in self.load_balancers:
            raise LoadBalancerNotFoundError()
        return list(self.load_balancers[load_balancer_arn].listeners.values())
    return [listener_of(self, arn) for arn in dict.fromkeys(listener_arns)]


def load_balancers() -> None:
    """AWS: an unknown ARN or name among known ones is an error; at most 20 are asked for by ARN."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        known = list(self.elbv2_backend.load_balancers.values())
        for balancer in known:
            balancer.activate()
        arns, names = params.get("LoadBalancerArns") or [], params.get("Names") or []
        if len(arns) > 20 or len(names) > 20:
            raise ELBClientError("ValidationError", "At most 20 load balancers can be described at once")
        for wanted, has in ((arns, [b.arn for b in known]), (names, [b.name for b in known])):
            if any(item not in has for item in wanted):
                raise LoadBalancerNotFoundError()
        if arns or names:
            known = [b for b in known if b.arn in arns or b.name in names]
        found, marker = page(known, params, self.get_access_key())
        return ActionResult({"LoadBalancers": found, "NextMarker": marker})

    responses.ELBV2Response.describe_load_balancers = respond


def listeners() -> None:
    """AWS: listeners come in pages."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        balancer, arns = params.get("LoadBalancerArn"), params.get("ListenerArns") or []
        if not balancer and not arns:
            raise ListenerOrBalancerMissingError()
        found, marker = page(self.elbv2_backend.describe_listeners(balancer, arns), params, self.get_access_key())
        return ActionResult({"Listeners": found, "NextMarker": marker})

    responses.ELBV2Response.describe_listeners = respond


def target_groups() -> None:
    """AWS: target groups come in pages, and the load balancers that use them are unique and live."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        backend = self.elbv2_backend
        balancer = params.get("LoadBalancerArn")
        arns, names = params.get("TargetGroupArns") or [], params.get("Names") or []
        if sum(bool(given) for given in (balancer, arns, names)) > 1:
            raise ELBClientError("ValidationError", "Names, ARNs and a load balancer exclude each other")
        known = list(backend.target_groups.values())
        if balancer:
            if balancer not in backend.load_balancers:
                raise LoadBalancerNotFoundError()
            users = references(backend)
            known = [group for group in known if balancer in users.get(group.arn, ())]
        if any(arn not in backend.target_groups for arn in arns):
            raise TargetGroupNotFoundError()
        if arns:
            known = [backend.target_groups[arn] for arn in dict.fromkeys(arns)]
        if names:
            by_name = {group.name: group for group in known}
            if any(name not in by_name for name in names):
                raise TargetGroupNotFoundError()
            known = [by_name[name] for name in dict.fromkeys(names)]
        found, marker = page(sorted(known, key=lambda group: group.name), params, self.get_access_key())
        users = references(backend)
        for group in found:
            group.used_by = users.get(group.arn, [])
        return ActionResult({"TargetGroups": found, "NextMarker": marker})

    responses.ELBV2Response.describe_target_groups = respond


def references(backend: Any) -> dict[str, list[str]]:
    """The load balancers that refer to a target group at this moment, by target group."""
    users: dict[str, list[str]] = {}
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                for action in rule.actions:
                    for arn in backend._get_target_group_arns_from(action.data):
                        if balancer.arn not in users.setdefault(arn, []):
                            users[arn].append(balancer.arn)
    return users


def users(group: Any) -> list[str]:
    """The load balancers that use one target group at this moment."""
    return references(models.elbv2_backends[group.account_id][group.region_name]).get(group.arn, [])


def tags() -> None:
    """AWS: tags of at most 20 objects at once, every one of which exists."""
    plain = models.ELBv2Backend.describe_tags

    def describe_tags(self: Any, resource_arns: list[str]) -> Any:
        if len(resource_arns) > 20:
            raise ELBClientError("ValidationError", "Tags of at most 20 resources can be described at once")
        for arn in resource_arns:
            self._get_resource_by_arn(arn)
        return plain(self, resource_arns)

    models.ELBv2Backend.describe_tags = describe_tags
