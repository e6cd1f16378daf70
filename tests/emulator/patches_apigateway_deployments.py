"""API Gateway (REST): a deployment is a snapshot of the whole API. In moto it is an id and a date."""

import copy
import json
import time
from typing import Any

import patch_operations
from moto.apigateway import models, responses
from moto.apigateway.exceptions import BadRequestException, NoMethodDefined, StageStillActive
from moto.apigateway.utils import create_id


def install() -> None:
    # For callers within moto's own process, of which there are none here; it grows with every deployment.
    models.RestAPI.update_integration_mocks = lambda self, stage_name: None
    responses.APIGatewayResponse.create_deployment = create_deployment
    responses.APIGatewayResponse.get_deployment = get_deployment
    responses.APIGatewayResponse.update_deployment = update_deployment
    responses.APIGatewayResponse.delete_deployment = delete_deployment


def create_deployment(self: Any) -> Any:
    """AWS: a deployment onto a stage moves only the stage's deployment, and with canary settings only its canary's."""
    api = self.backend.get_rest_api(self.path.split("/")[2])
    wanted = json.loads(self.body or "{}")
    deployable(api)
    name, canary, variables = wanted.get("stageName"), wanted.get("canarySettings"), wanted.get("variables") or {}
    stage = api.stages.get(name)
    if canary is not None and stage is None:
        raise BadRequestException(
            f"Invalid deployment content specified.Stage {name} must already be created before making a canary "
            "release deployment"
        )
    if canary is None and stage is not None and stage.canary:
        raise BadRequestException(
            f"Invalid deployment content specified.Non canary deployment not supported on stage {name} because "
            "Canary is enabled. Provide CanarySettings in deploymentInput."
        )
    made = models.Deployment(create_id(), name or "", wanted.get("description"))
    made.snapshot = json.loads(json.dumps([resource.to_dict() for resource in api.resources.values()]))
    if canary is not None:
        stage.canary = settings(canary, made.id)
    elif stage is not None:
        stage.deployment_id = made.id
        stage.variables = stage.variables | variables
        stage.description = wanted.get("stageDescription") or stage.description
    elif name:
        stage = models.Stage(
            name=name,
            deployment_id=made.id,
            variables=variables,
            description=wanted.get("stageDescription") or "",
            cacheClusterEnabled=wanted.get("cacheClusterEnabled") or False,
            cacheClusterSize=wanted.get("cacheClusterSize"),
            tracing_enabled=wanted.get("tracingEnabled"),
        )
        api.stages[name] = stage
    if stage is not None:
        stage.updated = int(time.time())
    api.deployments[made.id] = made
    return 201, {"status": 201}, json.dumps(made.to_json())


def deployable(api: Any) -> None:
    """AWS: an API is deployed with at least one method, and not with a method that has no integration."""
    methods = [method for resource in api.resources.values() for method in resource.resource_methods.values()]
    if not methods:
        raise NoMethodDefined()
    if any(method.method_integration is None for method in methods):
        raise BadRequestException("No integration defined for method")


def settings(wanted: dict[str, Any], deployment_id: str) -> dict[str, Any]:
    """A canary as AWS describes it."""
    percent = float(wanted.get("percentTraffic") or 0)
    if not 0 <= percent <= 100:
        raise BadRequestException("Percent traffic must be between 0.0 and 100.0")
    return {
        "percentTraffic": percent,
        "deploymentId": deployment_id,
        "stageVariableOverrides": copy.copy(wanted.get("stageVariableOverrides") or {}),
        "useStageCache": bool(wanted.get("useStageCache") or False),
    }


def get_deployment(self: Any) -> str:
    """AWS: a deployment tells on demand which methods it has; of their integrations it says nothing."""
    _, _, api, _, deployment_id, *_ = self.path.split("/")
    deployment = self.backend.get_deployment(api, deployment_id)
    told = deployment.to_json()
    if "apisummary" in ",".join(self.querystring.get("embed", [])).lower():
        told["apiSummary"] = {
            resource["path"]: {
                name: {"authorizationType": method["authorizationType"], "apiKeyRequired": method["apiKeyRequired"]}
                for name, method in resource["resourceMethods"].items()
            }
            for resource in deployment.snapshot
            if resource.get("resourceMethods")
        }
    return json.dumps(told)


def update_deployment(self: Any) -> str:
    """AWS: of a deployment only the description can be changed."""
    _, _, api, _, deployment_id, *_ = self.path.split("/")
    deployment = self.backend.get_deployment(api, deployment_id)
    for operation in patch_operations.of(json.loads(self.body or "{}").get("patchOperations")):
        if operation.op != "replace" or operation.parts() != ["description"]:
            operation.refuse("/description")
        deployment.description = operation.text()
    return json.dumps(deployment.to_json())


def delete_deployment(self: Any) -> Any:
    """AWS: a deployment that a stage, or a stage's canary, serves cannot be deleted."""
    _, _, api, _, deployment_id, *_ = self.path.split("/")
    owner = self.backend.get_rest_api(api)
    for stage in owner.stages.values():
        if deployment_id in (stage.deployment_id, (stage.canary or {}).get("deploymentId")):
            raise StageStillActive()
    del owner.deployments[deployment_id]
    return 202, {"status": 202}, ""
