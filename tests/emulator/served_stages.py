"""What API Gateway's stages serve: the snapshots of their deployments, with the stage's variables in place."""

import re
from typing import Any

import patches_apigatewayv2_deployments
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends


def find(account: str, region: str, api_id: str, name: str) -> dict[str, Any] | None:
    """What a stage serves at this moment, of a REST API or of an HTTP API; nothing where there is no such stage."""
    api = apigateway_backends[account][region].apis.get(api_id)
    if api is not None and name in api.stages:
        return rest(api, api.stages[name])
    api = apigatewayv2_backends[account][region].apis.get(api_id)
    if api is not None and name in api.stages:
        stage = api.stages[name]
        return http(api, stage, patches_apigatewayv2_deployments.served(api, stage))
    return None


def rest(api: Any, stage: Any) -> dict[str, Any]:
    """A REST API's stage, and its canary beside it."""
    served = {
        "kind": "rest",
        "deployment": stage.deployment_id,
        "variables": stage.variables,
        "routes": rest_routes(api, stage.deployment_id, stage.variables),
        "canary": None,
        "cache_flushes": stage.cache_flushes,
    }
    if stage.canary:
        variables = stage.variables | stage.canary["stageVariableOverrides"]
        served["canary"] = {
            "percent": stage.canary["percentTraffic"],
            "deployment": stage.canary["deploymentId"],
            "variables": variables,
            "routes": rest_routes(api, stage.canary["deploymentId"], variables),
        }
    return served


def rest_routes(api: Any, deployment_id: str, variables: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "path": resource["path"],
            "method": name,
            "integration": filled(method.get("methodIntegration") or {}, variables),
        }
        for resource in api.deployments[deployment_id].snapshot
        for name, method in (resource.get("resourceMethods") or {}).items()
    ]


def http(api: Any, stage: Any, deployment: Any) -> dict[str, Any]:
    """An HTTP API's stage."""
    integrations = deployment.snapshot["integrations"] if deployment else {}
    return {
        "kind": "http",
        "deployment": deployment.id if deployment else None,
        "variables": stage.stage_variables,
        "routes": [
            {
                "key": route["routeKey"],
                "integration": filled(integrations[route["target"].split("/")[-1]], stage.stage_variables),
            }
            for route in (deployment.snapshot["routes"] if deployment else ())
            if (route.get("target") or "").split("/")[-1] in integrations
        ],
    }


def filled(value: Any, variables: dict[str, str]) -> Any:
    """The value with the stage's variables in place of their names; an unknown one leaves nothing."""
    if isinstance(value, dict):
        return {key: filled(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, variables) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{stageVariables\.(\w+)\}", lambda found: variables.get(found[1], ""), value)
    return value
