"""ELBv2: target groups as AWS makes and changes them."""

import copy
from typing import Any

import group_attributes
from moto.core.responses import ActionResult
from moto.elbv2 import models, responses
from moto.elbv2.exceptions import (
    ELBClientError,
    InvalidConfigurationRequest,
    InvalidTargetGroupNameError,
    TargetGroupNotFoundError,
    ValidationError,
)

# What a create or a modification sends of a health check, and where moto keeps it.
HEALTH_CHECK = {
    "HealthCheckProtocol": "health_check_protocol",
    "HealthCheckPort": "health_check_port",
    "HealthCheckPath": "health_check_path",
    "HealthCheckIntervalSeconds": "health_check_interval_seconds",
    "HealthCheckTimeoutSeconds": "health_check_timeout_seconds",
    "HealthyThresholdCount": "healthy_threshold_count",
    "UnhealthyThresholdCount": "unhealthy_threshold_count",
}
NUMBERS = ("IntervalSeconds", "TimeoutSeconds", "ThresholdCount")
BY_HTTP = ("HTTP", "HTTPS")


def install() -> None:
    models.FakeTargetGroup.target_control_port = None
    create()
    modify()
    modify_attributes()


def create() -> None:
    """AWS: a create is idempotent: with the same settings it succeeds again, with others the name is taken."""
    plain = responses.ELBV2Response.create_target_group

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        backend = self.elbv2_backend
        sent = copy.deepcopy({key: value for key, value in params.items() if key not in ("Action", "Version")})
        if params["Name"].startswith("internal-"):
            raise InvalidTargetGroupNameError(f"Target group name '{params['Name']}' cannot begin with 'internal-'")
        for known in backend.target_groups.values():
            if known.name == params["Name"] and known.__dict__.get("sent") == sent:
                return ActionResult({"TargetGroups": [known]})
        if len(params.get("Tags") or []) > 50:
            raise ELBClientError("TooManyTags", "A target group has at most 50 tags")
        checkable(params, params.get("Protocol"), params.get("TargetType", "instance"))
        plain(self)
        group = next(known for known in backend.target_groups.values() if known.name == params["Name"])
        group.sent = sent
        group.attributes = group_attributes.defaults(group.target_type, group.protocol)
        group.target_control_port = params.get("TargetControlPort")
        settle(group, params)
        return ActionResult({"TargetGroups": [group]})

    responses.ELBV2Response.create_target_group = respond


def checkable(params: dict[str, Any], protocol: str | None, target_type: str) -> None:
    """AWS: target groups of HTTP are checked by HTTP, and only a Lambda function's check can be off."""
    check = params.get("HealthCheckProtocol")
    if protocol in BY_HTTP and check == "TCP":
        raise InvalidConfigurationRequest(f"Health check protocol TCP is not supported for protocol {protocol}")
    if target_type != "lambda" and params.get("HealthCheckEnabled") in (False, "false"):
        raise InvalidConfigurationRequest(f"Health checks cannot be disabled for target type {target_type}")
    by_http = check in BY_HTTP if check else protocol in BY_HTTP
    if target_type not in ("lambda", "alb") and not by_http and (params.get("Matcher") or params.get("HealthCheckPath")):
        raise InvalidConfigurationRequest("A path and a matcher are for health checks by HTTP and HTTPS")


def settle(group: Any, params: dict[str, Any]) -> None:
    """AWS: numbers come back as numbers; a path and a matcher where the check is by HTTP, in gRPC's codes for gRPC."""
    for name in ("interval_seconds", "timeout_seconds"):
        name = f"health_check_{name}"
        setattr(group, name, int(getattr(group, name)))
    for name in ("healthy_threshold_count", "unhealthy_threshold_count"):
        setattr(group, name, int(getattr(group, name)))
    if group.target_type == "lambda":
        group.health_check_protocol = None
        group.health_check_enabled = params.get("HealthCheckEnabled") in (True, "true")
    if group.protocol in BY_HTTP:
        group.protocol_version = params.get("ProtocolVersion") or "HTTP1"
        if "HealthCheckProtocol" not in params:
            group.health_check_protocol = "HTTP"
    elif group.protocol:
        group.protocol_version = None
    if group.target_type == "lambda" or group.health_check_protocol in BY_HTTP:
        of_grpc = group.protocol_version == "GRPC"
        usual = {"GrpcCode": "12"} if of_grpc else {"HttpCode": "200" if group.protocol in BY_HTTP else "200-399"}
        group.matcher = params.get("Matcher") or group.__dict__.get("matcher") or usual
        if of_grpc and "GrpcCode" not in group.matcher:
            group.matcher = usual
        group.health_check_path = group.health_check_path or ("/AWS.ALB/healthcheck" if of_grpc else "/")
    else:
        group.matcher = None
        group.health_check_path = None


def modify() -> None:
    """AWS: a modification changes the health check alone, and of it only what is sent."""

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        group = group_of(self.elbv2_backend, params["TargetGroupArn"])
        checkable(
            {"HealthCheckProtocol": group.health_check_protocol} | params, group.protocol, group.target_type
        )
        for name, attribute in HEALTH_CHECK.items():
            if name in params:
                value = params[name]
                setattr(group, attribute, int(value) if name.endswith(NUMBERS) else value)
        kept = {"HealthCheckProtocol": group.health_check_protocol, "HealthCheckEnabled": group.health_check_enabled}
        kept["ProtocolVersion"] = group.protocol_version
        settle(group, kept | params)
        return ActionResult({"TargetGroups": [group]})

    responses.ELBV2Response.modify_target_group = respond


def modify_attributes() -> None:
    """AWS: only attributes that a target group of its kind has are taken, and all of them come back."""
    plain = models.ELBv2Backend.modify_target_group_attributes

    def modify_target_group_attributes(self: Any, target_group_arn: str, attributes: dict[str, Any]) -> None:
        group = group_of(self, target_group_arn)
        known = group_attributes.defaults(group.target_type, group.protocol)
        for key in attributes:
            if key not in known:
                raise ValidationError(f"Target group attribute key '{key}' is not recognized")
        delay = attributes.get("deregistration_delay.timeout_seconds")
        # moto takes no 3600, which is the most that AWS takes.
        rest = {key: value for key, value in attributes.items() if key != "deregistration_delay.timeout_seconds"}
        if delay is not None and not 0 <= int(delay) <= 3600:
            raise ValidationError(f"'deregistration_delay.timeout_seconds' value '{delay}' must be between '0-3600'")
        plain(self, target_group_arn, rest)
        group.attributes.update(attributes)

    models.ELBv2Backend.modify_target_group_attributes = modify_target_group_attributes

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        sent = {pair["Key"]: pair["Value"] for pair in params.get("Attributes") or []}
        self.elbv2_backend.modify_target_group_attributes(params["TargetGroupArn"], sent)
        return ActionResult({"Attributes": group_of(self.elbv2_backend, params["TargetGroupArn"]).attributes})

    responses.ELBV2Response.modify_target_group_attributes = respond


def group_of(backend: Any, arn: str) -> Any:
    group = backend.target_groups.get(arn)
    if group is None:
        raise TargetGroupNotFoundError()
    return group
