"""API Gateway (REST): the export of a stage, the only way in which AWS shows the integrations that a stage serves."""

import json
from typing import Any
from urllib.parse import unquote

from moto.apigateway import responses
from moto.apigateway.exceptions import BadRequestException

# What an integration has in an export, beside what is written in lower case there.
INTEGRATION = (
    "uri",
    "httpMethod",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "responseTransferMode",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "contentHandling",
    "tlsConfig",
)


def install() -> None:
    responses.APIGatewayResponse.get_export = get_export


def get_export(self: Any) -> Any:
    """AWS: an export shows the stage's deployment, not the API's resources; integrations come only when asked for."""
    _, _, api_id, _, stage_name, _, kind, *_ = self.path.split("/")
    if kind not in ("oas30", "swagger"):
        raise BadRequestException(f"No API exporter for type '{kind}'")
    api = self.backend.get_rest_api(api_id)
    stage = self.backend.get_stage(api_id, unquote(stage_name))
    extensions = ",".join(self.querystring.get("extensions", []))
    complete = "integrations" in extensions or "apigateway" in extensions
    told: dict[str, Any] = {"openapi": "3.0.1"} if kind == "oas30" else {"swagger": "2.0"}
    told["info"] = {"title": api.name, "version": "1"}
    host = f"{api.id}.execute-api.{self.region}.amazonaws.com"
    if kind == "oas30":
        variables = {"basePath": {"default": f"/{stage.name}"}}
        told["servers"] = [{"url": f"https://{host}/{{basePath}}", "variables": variables}]
    else:
        told |= {"host": host, "basePath": f"/{stage.name}", "schemes": ["https"]}
    told["paths"] = {
        resource["path"]: {
            "x-amazon-apigateway-any-method" if name == "ANY" else name.lower(): operation(method, complete)
            for name, method in resource["resourceMethods"].items()
        }
        for resource in api.deployments[stage.deployment_id].snapshot
        if resource.get("resourceMethods")
    }
    headers = {"Content-Type": "application/json", "Content-Disposition": f'attachment; filename="{kind}.json"'}
    return 200, headers | {"status": 200}, json.dumps(told)


def operation(method: dict[str, Any], complete: bool) -> dict[str, Any]:
    codes = method.get("methodResponses") or {}
    told: dict[str, Any] = {"responses": {code: {"description": f"{code} response"} for code in codes}}
    integration = method.get("methodIntegration")
    if complete and integration:
        replies = {
            reply.get("selectionPattern") or "default": {"statusCode": code}
            for code, reply in (integration.get("integrationResponses") or {}).items()
        }
        told["x-amazon-apigateway-integration"] = {
            "type": integration["type"].lower(),
            "passthroughBehavior": integration["passthroughBehavior"].lower(),
            "responses": replies or {"default": {"statusCode": "200"}},
        } | {field: integration[field] for field in INTEGRATION if integration.get(field)}
    return told
