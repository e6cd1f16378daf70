"""ELBv2: rules and listeners as AWS keeps them."""

from typing import Any

import patches_elbv2_actions
from moto.core.responses import ActionResult
from moto.elbv2 import models, responses
from moto.elbv2.exceptions import ELBClientError, InvalidModifyRuleArgumentsError
from patches_elbv2_listing import listener_of, rule_of

MIRRORED = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}


def install() -> None:
    models.FakeListenerRule.transforms = []
    models.FakeRule.transforms = []
    models.FakeListener.rules = property(ordered)
    conditions()
    modify_rule()
    modify_listener()


def ordered(listener: Any) -> dict[str, Any]:
    """AWS: rules come by priority, the default rule last, and it can be found by its ARN like the others."""
    rules = sorted(listener._non_default_rules.values(), key=lambda rule: int(rule.priority))
    return {rule.arn: rule for rule in rules + list(listener._default_rule.values())}


def conditions() -> None:
    """AWS: `Values` and the field's own config are two forms of one thing, and both are returned; transforms are kept."""
    plain = models.ELBv2Backend.create_rule

    def create_rule(self: Any, listener_arn: str, conditions: Any, *args: Any, **kwargs: Any) -> Any:
        rule = plain(self, listener_arn, conditions, *args, **kwargs)
        rule.conditions = [mirrored(condition) for condition in rule.conditions]
        return rule

    models.ELBv2Backend.create_rule = create_rule

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        listener_of(self.elbv2_backend, params["ListenerArn"])
        rule = self.elbv2_backend.create_rule(
            listener_arn=params["ListenerArn"],
            conditions=params["Conditions"],
            priority=params["Priority"],
            actions=params["Actions"],
            tags=params.get("Tags"),
        )
        rule.transforms = params.get("Transforms") or []
        return ActionResult({"Rules": [rule]})

    responses.ELBV2Response.create_rule = respond
    for field in ("host_header", "path_pattern"):
        allow_expressions(field)


def allow_expressions(field: str) -> None:
    """AWS: a host or a path may be matched by regular expressions, `RegexValues`."""
    name = f"_validate_{field}_condition"
    plain = getattr(models.ELBv2Backend, name)

    def validate(self: Any, condition: dict[str, Any]) -> None:
        config = condition.get(MIRRORED[field.replace("_", "-")]) or {}
        if not (condition.get("RegexValues") or config.get("RegexValues")):
            plain(self, condition)

    setattr(models.ELBv2Backend, name, validate)


def mirrored(condition: dict[str, Any]) -> dict[str, Any]:
    config = MIRRORED.get(condition.get("Field", ""))
    if config is None:
        return condition
    values = condition.get("Values") or (condition.get(config) or {}).get("Values")
    expressions = condition.get("RegexValues") or (condition.get(config) or {}).get("RegexValues")
    if expressions:
        return {"Field": condition["Field"], "RegexValues": expressions, config: {"RegexValues": expressions}}
    return {"Field": condition["Field"], "Values": values, config: {"Values": values}}


def modify_rule() -> None:
    """AWS: the default rule is not modified as a rule; only what is sent changes."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        backend = self.elbv2_backend
        conditions, actions = params.get("Conditions") or [], params.get("Actions") or []
        transforms, resetting = params.get("Transforms"), params.get("ResetTransforms") in (True, "true")
        rule = rule_of(backend, params["RuleArn"])
        if rule.is_default:
            raise ELBClientError("OperationNotPermitted", f"Default rule '{rule.arn}' cannot be modified")
        if not (conditions or actions or transforms or resetting):
            raise InvalidModifyRuleArgumentsError()
        made = [models.FakeAction(action) for action in actions]
        if made:
            patches_elbv2_actions.accept(backend, made, rule.actions)
        backend._validate_conditions(conditions)
        if conditions:
            rule.conditions = [mirrored(condition) for condition in conditions]
        if made:
            rule.actions = made
        if transforms or resetting:
            rule.transforms = [] if resetting else transforms
        return ActionResult({"Rules": [rule]})

    responses.ELBV2Response.modify_rule = respond


def modify_listener() -> None:
    """AWS: a listener's new default actions are checked, any of its protocols may be sent, its default rule follows."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        backend = self.elbv2_backend
        listener = listener_of(backend, params["ListenerArn"])
        made = [models.FakeAction(action) for action in params.get("DefaultActions") or []]
        if made:
            patches_elbv2_actions.accept(backend, made, listener.default_actions)
        balancer = backend.load_balancers[listener.load_balancer_arn]
        protocol = params.get("Protocol")
        if protocol is not None:
            backend._validate_port_and_protocol(balancer.type, listener.port, protocol)
            listener.protocol = protocol
        if params.get("Port") is not None:
            listener.port = params["Port"]
        if params.get("SslPolicy") is not None:
            listener.ssl_policy = params["SslPolicy"]
        certificates = params.get("Certificates") or []
        if certificates:
            listener.certificates = [certificate["CertificateArn"] for certificate in certificates]
            listener.certificate = listener.certificates[0]
        if params.get("AlpnPolicy") is not None:
            listener.alpn_policy = params["AlpnPolicy"]
        if made:
            listener.default_actions = made
            listener._default_rule[0].actions = made
        return ActionResult({"Listeners": [listener]})

    responses.ELBV2Response.modify_listener = respond
