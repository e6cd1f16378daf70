"""API Gateway (REST): stages with variables and a canary. moto has no canary, and takes its fields for the stage's."""

import copy
import json
import re
import time
from typing import Any

import patch_operations
from moto.apigateway import models, responses
from moto.apigateway.exceptions import BadRequestException, NotFoundException
from moto.apigateway.urls import url_paths
from patches_apigateway_deployments import settings

OVERRIDES = "/canarySettings/stageVariableOverrides"


def install() -> None:
    fields()
    create_stage()
    cache()
    responses.APIGatewayResponse.update_stage = update_stage


def fields() -> None:
    """AWS: a stage says what its canary is, and when it was made and changed."""
    init, plain = models.Stage.__init__, models.Stage.to_json

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.canary = None
        self.cache_flushes = 0
        self.created = self.updated = int(time.time())

    def to_json(self: Any) -> dict[str, Any]:
        told = plain(self) | {"createdDate": self.created, "lastUpdatedDate": self.updated}
        told["canarySettings"] = self.canary
        return {field: value for field, value in told.items() if value is not None}

    models.Stage.__init__ = made
    models.Stage.to_json = to_json


def deployed(api: Any, deployment_id: str | None) -> str:
    """AWS: a stage points to a deployment of its own API."""
    if deployment_id not in api.deployments:
        raise BadRequestException("Deployment id does not exist")
    return str(deployment_id)


def create_stage() -> None:
    """AWS: a new stage needs a deployment that exists, and can have a canary from the start."""
    plain = responses.APIGatewayResponse.create_stage

    def respond(self: Any) -> Any:
        api = self.backend.get_rest_api(self.path.split("/")[2])
        wanted = json.loads(self.body or "{}")
        deployed(api, wanted.get("deploymentId"))
        canary = wanted.get("canarySettings")
        if canary is not None:
            canary = settings(canary, deployed(api, canary.get("deploymentId") or wanted["deploymentId"]))
        for name, value in (wanted.get("variables") or {}).items():
            variable(name, value)
        plain(self)
        stage = api.stages[wanted["stageName"]]
        stage.canary = canary
        return 201, {"status": 201}, json.dumps(stage.to_json())

    responses.APIGatewayResponse.create_stage = respond


def variable(name: str, value: str) -> str:
    """AWS: the characters of a stage variable's name and value, and the value's length."""
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise BadRequestException("Stage variable name should be alphanumeric or underscore")
    if not re.fullmatch(r"[A-Za-z0-9\-._~:/?#&=,]{0,512}", value):
        raise BadRequestException(f"Invalid stage variable value: {value}")
    return value


def update_stage(self: Any) -> str:
    """AWS: the operations are made in their order, all of them or none; what a stage serves changes at once."""
    _, _, api_id, _, name, *_ = self.path.split("/")
    api = self.backend.get_rest_api(api_id)
    changed = copy.deepcopy(self.backend.get_stage(api_id, name))
    for operation in patch_operations.of(json.loads(self.body or "{}").get("patchOperations")):
        apply(api, changed, operation)
    changed.updated = int(time.time())
    api.stages[name] = changed
    return json.dumps(changed.to_json())


def apply(api: Any, stage: Any, operation: patch_operations.Operation) -> None:
    match operation.op, operation.parts():
        case "replace", ["deploymentId"]:
            if stage.canary:
                raise BadRequestException(
                    f"Invalid deployment content specified.Non canary deployment not supported on stage {stage.name} "
                    "because Canary is enabled. Provide CanarySettings in deploymentInput."
                )
            stage.deployment_id = deployed(api, operation.text())
        case "copy", ["deploymentId"] if operation.source == "/canarySettings/deploymentId":
            stage.deployment_id = canary_of(stage)["deploymentId"]
        case "copy", ["variables"] if operation.source == OVERRIDES:
            stage.variables = stage.variables | canary_of(stage)["stageVariableOverrides"]
        case "copy", ["variables", name] if operation.source == f"{OVERRIDES}/{name}":
            overrides = canary_of(stage)["stageVariableOverrides"]
            if name not in overrides:
                raise NotFoundException(f"Invalid stage variable override '{name}'")
            stage.variables = stage.variables | {name: overrides[name]}
        case "replace", ["variables", name]:
            stage.variables = stage.variables | {name: variable(name, operation.text())}
        case "remove", ["variables", name]:
            stage.variables = {key: value for key, value in stage.variables.items() if key != name}
        case "remove", ["canarySettings"]:
            stage.canary = None
        case _, ["canarySettings", *rest]:
            stage.canary = patched(api, stage, operation, rest)
        case "remove", [resource, method] if f"{resource}/{method}" in stage.method_settings:
            del stage.method_settings[f"{resource}/{method}"]
        case ("replace", [_, *_]) | ("remove", ["accessLogSettings"]):
            stage.apply_operations([{"op": operation.op, "path": operation.path, "value": operation.value}])
        case _:
            operation.refuse()


def canary_of(stage: Any) -> dict[str, Any]:
    if not stage.canary:
        raise BadRequestException(f"Stage {stage.name} has no canary settings")
    return stage.canary


def patched(api: Any, stage: Any, operation: patch_operations.Operation, rest: list[str]) -> dict[str, Any]:
    """AWS: a canary's settings are patched one by one; the first makes a canary of the stage's own deployment."""
    canary = copy.deepcopy(stage.canary) or settings({}, stage.deployment_id)
    match operation.op, rest:
        case "replace", ["percentTraffic"]:
            canary = settings(canary | {"percentTraffic": operation.number()}, canary["deploymentId"])
        case "replace", ["deploymentId"]:
            canary["deploymentId"] = deployed(api, operation.text())
        case "replace", ["useStageCache"]:
            canary["useStageCache"] = operation.flag()
        case "replace", ["stageVariableOverrides", name]:
            canary["stageVariableOverrides"][name] = variable(name, operation.text())
        case "remove", ["stageVariableOverrides"]:
            canary["stageVariableOverrides"] = {}
        case "remove", ["stageVariableOverrides", name]:
            canary["stageVariableOverrides"].pop(name, None)
        case _:
            operation.refuse()
    return canary


def cache() -> None:
    """AWS: a stage's caches can be flushed."""
    dispatch = responses.APIGatewayResponse.dispatch
    for kind in ("data", "authorizers"):
        path = r"{0}/restapis/(?P<function_id>[^/]+)/stages/(?P<stage_name>[^/]+)/cache/" + kind + "$"
        url_paths[path] = dispatch

    def flush(self: Any) -> Any:
        _, _, api, _, name, *_ = self.path.split("/")
        self.backend.get_stage(api, name).cache_flushes += 1
        return 202, {"status": 202}, ""

    responses.APIGatewayResponse.flush_stage_cache = flush
    responses.APIGatewayResponse.flush_stage_authorizers_cache = flush
