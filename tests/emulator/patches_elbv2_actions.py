"""ELBv2: what AWS takes as a listener's or a rule's actions, and the form in which it gives them back."""

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import ActionTargetGroupNotFoundError, ELBClientError, InvalidActionTypeError

ROUTING = ("forward", "redirect", "fixed-response")
AUTHENTICATING = ("authenticate-oidc", "authenticate-cognito", "jwt-validation")


def install() -> None:
    def validate(self: Any, actions: list[Any]) -> None:
        accept(self, actions, None)

    models.ELBv2Backend._validate_actions = validate


def accept(backend: Any, actions: list[Any], before: list[Any] | None) -> None:
    """Checks actions as a write brings them, and puts them into the form in which AWS describes them.

    `before`: the actions that a modification replaces; None when the object is new.
    """
    order(actions)
    for index, action in enumerate(actions):
        if action.type == "forward":
            forward(backend, action)
        elif action.type == "authenticate-oidc":
            oidc(action, before)
        elif action.type == "fixed-response":
            backend._validate_fixed_response_action(action, index, index + 1)
        elif action.type not in ROUTING + AUTHENTICATING:
            raise InvalidActionTypeError(action.type, index + 1)
        action.__dict__.update(action.data)


def order(actions: list[Any]) -> None:
    """AWS: exactly one routing action, the last by Order; Order is required, and unique, when there are several."""
    orders = [action.data.get("Order") for action in actions]
    if len(actions) > 1:
        if None in orders or len(set(orders)) != len(orders):
            invalid("InvalidLoadBalancerAction", "Every action needs an order of its own")
        actions.sort(key=lambda action: int(action.data["Order"]))
    routing = [action for action in actions if action.type in ROUTING]
    if len(routing) != 1 or actions[-1] is not routing[0]:
        invalid("InvalidLoadBalancerAction", "Exactly one of forward, redirect and fixed-response must come last")


def forward(backend: Any, action: Any) -> None:
    """AWS: 1 to 5 target groups, each once, each known; TargetGroupArn only where there is one, and the same one."""
    data = action.data
    config = data.get("ForwardConfig")
    single = data.get("TargetGroupArn")
    groups = (config or {}).get("TargetGroups") or []
    if not groups and single:
        groups = [{"TargetGroupArn": single}]
    if not groups:
        invalid("ValidationError", "A forward action needs a target group")
    if len(groups) > 5:
        invalid("ValidationError", f"A forward action has at most 5 target groups, not {len(groups)}")
    arns = [group["TargetGroupArn"] for group in groups]
    if len(set(arns)) != len(arns):
        invalid("ValidationError", "A target group is named twice in one forward action")
    if single and arns != [single]:
        invalid("ValidationError", "TargetGroupArn is for a forward action with that one target group only")
    for arn in arns:
        if arn not in backend.target_groups:
            raise ActionTargetGroupNotFoundError(arn)
    weights(groups)
    stickiness = (config or {}).get("TargetGroupStickinessConfig") or {"Enabled": False}
    of_network = backend.target_groups[arns[0]].protocol in ("TCP", "UDP", "TLS", "TCP_UDP")
    sticky(stickiness, of_network)
    data["ForwardConfig"] = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
    if len(groups) == 1:
        data["TargetGroupArn"] = arns[0]
    else:
        data.pop("TargetGroupArn", None)
        action.__dict__.pop("TargetGroupArn", None)


def weights(groups: list[dict[str, Any]]) -> None:
    """AWS: a weight is 0 to 999; 1 when it is left out."""
    for group in groups:
        weight = int(group.setdefault("Weight", 1))
        if not 0 <= weight <= 999:
            invalid("ValidationError", f"Weight {weight} of {group['TargetGroupArn']} is not between 0 and 999")
        group["Weight"] = weight


def sticky(stickiness: dict[str, Any], of_network: bool) -> None:
    """AWS: an application load balancer's stickiness lasts 1 to 604800 s, and says how long when it is enabled."""
    enabled = stickiness.get("Enabled") in (True, "true")
    stickiness["Enabled"] = enabled
    duration = stickiness.get("DurationSeconds")
    if duration is None:
        if enabled and not of_network:
            invalid("ValidationError", "Target group stickiness needs a duration")
        return
    stickiness["DurationSeconds"] = int(duration)
    if not 1 <= int(duration) <= 604800:
        invalid("ValidationError", f"Stickiness duration {duration} is not between 1 and 604800")


def oidc(action: Any, before: list[Any] | None) -> None:
    """AWS: a client secret is kept and never returned; to keep it, a modification says UseExistingClientSecret."""
    config = action.data.get("AuthenticateOidcConfig") or {}
    given = config.pop("ClientSecret", None)
    existing = config.pop("UseExistingClientSecret", None) in (True, "true")
    if given and existing:
        invalid("InvalidLoadBalancerAction", "ClientSecret and UseExistingClientSecret exclude each other")
    if existing and before is None:
        invalid("InvalidLoadBalancerAction", "UseExistingClientSecret is for a modification only")
    kept = secret_of(before or [])
    if existing and not kept:
        invalid("InvalidLoadBalancerAction", "There is no client secret to keep")
    if not given and not existing:
        invalid("InvalidLoadBalancerAction", "ClientSecret is missing, and UseExistingClientSecret is not set")
    config.setdefault("Scope", "openid")
    config.setdefault("SessionCookieName", "AWSELBAuthSessionCookie")
    config["SessionTimeout"] = int(config.get("SessionTimeout", 604800))
    config.setdefault("OnUnauthenticatedRequest", "authenticate")
    action.data["AuthenticateOidcConfig"] = config
    action.client_secret = given or kept


def secret_of(actions: list[Any]) -> str | None:
    """The client secret kept for an OIDC action among these."""
    return next((action.client_secret for action in actions if hasattr(action, "client_secret")), None)


def invalid(code: str, message: str) -> None:
    raise ELBClientError(code, message)
