"""API Gateway (REST): integrations with all their fields, and their update field by field. moto only replaces them."""

import copy
import json
from typing import Any

import patch_operations
from moto.apigateway import models, responses
from moto.apigateway.exceptions import BadRequestException, InvalidHttpEndpoint
from moto.apigatewayv2.models import apigatewayv2_backends

# The fields that an update replaces, by their path's name, with moto's names for them.
REPLACED = {
    "cacheNamespace": "cache_namespace",
    "connectionId": "connection_id",
    "connectionType": "connection_type",
    "contentHandling": "content_handling",
    "credentials": "credentials",
    "httpMethod": "http_method",
    "integrationTarget": "integration_target",
    "passthroughBehavior": "passthrough_behaviour",
    "responseTransferMode": "response_transfer_mode",
    "timeoutInMillis": "timeout_in_millis",
    "uri": "uri",
}
MAPS = {"requestParameters": "request_parameters", "requestTemplates": "request_templates"}
# What moto does not take from a PutIntegration.
FORGOTTEN = {
    "cacheKeyParameters": "cache_key_parameters",
    "connectionId": "connection_id",
    "integrationTarget": "integration_target",
    "responseTransferMode": "response_transfer_mode",
}


def install() -> None:
    fields()
    put_integration()
    responses.APIGatewayResponse.update_integration = update_integration


def fields() -> None:
    """AWS: an integration says how it is connected, and leaves out what it does not have."""
    plain = models.Integration.to_json
    models.Integration.connection_id = None
    models.Integration.integration_target = None
    models.Integration.response_transfer_mode = None

    def to_json(self: Any) -> dict[str, Any]:
        told = plain(self) | {field: getattr(self, name) for field, name in FORGOTTEN.items()}
        return {field: value for field, value in told.items() if value is not None}

    models.Integration.to_json = to_json


def put_integration() -> None:
    """AWS: what a PutIntegration leaves out has AWS's own value afterwards."""
    plain = responses.APIGatewayResponse.put_integration

    def respond(self: Any) -> Any:
        wanted = json.loads(self.body or "{}")
        connected(self, wanted.get("connectionType"), wanted.get("connectionId"), wanted.get("integrationTarget"))
        plain(self)
        _, _, api, _, resource, _, method, *_ = self.path.split("/")
        made = self.backend.get_integration(api, resource, method)
        for field, name in FORGOTTEN.items():
            if wanted.get(field) is not None:
                setattr(made, name, wanted[field])
        made.cache_namespace = made.cache_namespace or resource
        made.passthrough_behaviour = made.passthrough_behaviour or "WHEN_NO_MATCH"
        made.timeout_in_millis = int(made.timeout_in_millis or 29000)
        if made.integration_type != "MOCK":
            made.connection_type = made.connection_type or "INTERNET"
        return 201, {"status": 201}, json.dumps(made.to_json())

    responses.APIGatewayResponse.put_integration = respond


def connected(self: Any, kind: str | None, link: str | None, target: str | None) -> None:
    """AWS: a private integration names its VPC link, and beside one of the second version the balancer or listener."""
    if kind not in (None, "INTERNET", "VPC_LINK"):
        raise BadRequestException(f"Invalid connection type '{kind}'. Must be one of: [INTERNET, VPC_LINK]")
    if kind != "VPC_LINK":
        return
    if not link:
        raise BadRequestException("VpcLink id is required for a connection of type VPC_LINK")
    if link in apigatewayv2_backends[self.current_account][self.region].vpc_links and not target:
        raise BadRequestException("IntegrationTarget is required for VpcLinkV2")


def update_integration(self: Any) -> str:
    """AWS: an update changes the fields that it names and no others, all of them or none."""
    _, _, api, _, resource, _, method, *_ = self.path.split("/")
    owner = self.backend.get_method(api, resource, method)
    changed = copy.deepcopy(owner.method_integration)
    for operation in patch_operations.of(json.loads(self.body or "{}").get("patchOperations")):
        apply(changed, operation)
    if changed.integration_type in ("HTTP", "HTTP_PROXY") and not self.backend._uri_validator(changed.uri):
        raise InvalidHttpEndpoint()
    connected(self, changed.connection_type, changed.connection_id, changed.integration_target)
    owner.method_integration = changed
    return json.dumps(changed.to_json())


def apply(integration: Any, operation: patch_operations.Operation) -> None:
    match operation.op, operation.parts():
        case "replace", ["timeoutInMillis"]:
            milliseconds = int(operation.number())
            if not 50 <= milliseconds <= 300_000:
                raise BadRequestException("Timeout should be between 50 ms and 29000 ms")
            integration.timeout_in_millis = milliseconds
        case "replace", [field] if field in REPLACED:
            setattr(integration, REPLACED[field], operation.text() or None)
        case "replace", ["tlsConfig", "insecureSkipVerification"]:
            integration.tls_config = (integration.tls_config or {}) | {"insecureSkipVerification": operation.flag()}
        case "add" | "replace", [field, key] if field in MAPS:
            setattr(integration, MAPS[field], (getattr(integration, MAPS[field]) or {}) | {key: operation.text()})
        case "remove", [field, key] if field in MAPS and key in (getattr(integration, MAPS[field]) or {}):
            del getattr(integration, MAPS[field])[key]
        case "add", ["cacheKeyParameters", key]:
            integration.cache_key_parameters = [*integration.cache_key_parameters, key]
        case "remove", ["cacheKeyParameters", key] if key in integration.cache_key_parameters:
            integration.cache_key_parameters.remove(key)
        case "replace", _:
            operation.refuse(*(f"/{field}" for field in sorted(REPLACED)))
        case _:
            operation.refuse()
