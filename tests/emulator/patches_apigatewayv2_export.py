"""API Gateway (HTTP): the export of an API, or of what a stage of it serves. moto has none."""

import json
from typing import Any

from moto.apigateway.urls import url_paths
from moto.apigatewayv2 import responses
from moto.apigatewayv2.exceptions import BadRequestException, StageNotFound
from patches_apigatewayv2_deployments import Deployment, api_of, served

# What an integration has in an export, with its name in the API.
INTEGRATION = {
    "payloadFormatVersion": "payloadFormatVersion",
    "type": "integrationType",
    "httpMethod": "integrationMethod",
    "uri": "integrationUri",
    "connectionType": "connectionType",
    "connectionId": "connectionId",
    "credentials": "credentialsArn",
    "requestParameters": "requestParameters",
    "timeoutInMillis": "timeoutInMillis",
}


def install() -> None:
    url_paths["{0}/v2/apis/(?P<api_id>[^/]+)/exports/(?P<specification>[^/]+)$"] = (
        responses.ApiGatewayV2Response.dispatch
    )
    responses.ApiGatewayV2Response.export_api = export_api


def export_api(self: Any) -> Any:
    """AWS: with a stage's name, the export shows the stage's deployment; without one, the API's latest configuration."""
    api = api_of(self)
    asked = {name: values[0] for name, values in self.querystring.items()}
    if not self.path.endswith("/OAS30"):
        raise BadRequestException("Invalid specification specified")
    if asked.get("outputType") != "JSON":
        raise BadRequestException("Only JSON is emulated")
    snapshot = Deployment(api, None, False).snapshot
    if asked.get("stageName"):
        if asked["stageName"] not in api.stages:
            raise StageNotFound
        deployment = served(api, api.stages[asked["stageName"]])
        snapshot = deployment.snapshot if deployment else {"routes": [], "integrations": {}}
    extensions = asked.get("includeExtensions") != "false"
    paths: dict[str, dict[str, Any]] = {}
    for route in snapshot["routes"]:
        method, path = route["routeKey"].split(" ") if " " in route["routeKey"] else ("ANY", "/$default")
        name = "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()
        operation: dict[str, Any] = {"responses": {"default": {"description": f"Default response for {route['routeKey']}"}}}
        integration = snapshot["integrations"].get((route.get("target") or "").split("/")[-1])
        if extensions and integration:
            fields = {told: integration[field] for told, field in INTEGRATION.items() if integration.get(field)}
            operation["x-amazon-apigateway-integration"] = fields | {"type": fields["type"].lower()}
        paths.setdefault(path, {})[name] = operation
    told = {"openapi": "3.0.1", "info": {"title": api.name, "version": "1"}, "paths": paths}
    return 200, {"Content-Type": "application/json"}, json.dumps(told)
