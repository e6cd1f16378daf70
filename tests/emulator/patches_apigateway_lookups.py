"""API Gateway (REST): what is unknown is a NotFoundException, and lists come in pages. In moto it is often a crash."""

import base64
import json
from typing import Any
from urllib.parse import unquote

import patch_operations
from moto.apigateway import exceptions, models, responses
from moto.apigateway.urls import url_paths
from patches_elbv2_listing import LIMITS



def install() -> None:
    # AWS: NotFoundException is a 404. Several of moto's are a 400.
    exceptions.NotFoundException.code = 404
    unknown_names()
    lists()
    resources()
    vpc_links()
    tags()


def unknown_names() -> None:
    """AWS: each name in a path is looked up before anything else is looked at."""
    plain = responses.APIGatewayResponse.call_action

    def call_action(self: Any) -> Any:
        try:
            must_exist(self.backend, self.method, self.path.strip("/").split("/"))
        except exceptions.ApiGatewayException as error:
            headers = {"status": str(error.code), "X-Amzn-ErrorType": error.error_type}
            return error.code, headers | {"Content-Type": "application/json"}, error.get_body()
        return plain(self)

    responses.APIGatewayResponse.call_action = call_action


def must_exist(backend: Any, method: str, parts: list[str]) -> None:
    match parts:
        case ["vpclinks", link, *_]:
            backend.get_vpc_link(link)
        case ["restapis", api, *rest]:
            owner = backend.get_rest_api(api)
            match rest:
                case ["stages", stage, *_]:
                    backend.get_stage(api, unquote(stage))
                case ["deployments", deployment, *_]:
                    if deployment not in owner.deployments:
                        raise exceptions.DeploymentNotFoundException()
                case ["resources", resource, "methods", name, *more]:
                    found = backend.get_resource(api, resource)
                    if more or method != "PUT":
                        integration = found.get_method(name).method_integration
                        if more[:1] == ["integration"] and integration is None and (method != "PUT" or more[1:]):
                            raise exceptions.NoIntegrationDefined()
                case ["resources", resource, *_]:
                    backend.get_resource(api, resource)


def page(self: Any, items: list[Any]) -> str:
    """AWS: at most `limit` items, 25 by default and 500 at most, and a position where more follow."""
    try:
        size = int((self.querystring.get("limit") or ["25"])[0])
        start = int(base64.urlsafe_b64decode((self.querystring.get("position") or ["MA=="])[0]))
    except ValueError:
        raise exceptions.BadRequestException("Invalid limit or position specified") from None
    end = start + min(max(size, 1), 500, LIMITS.get(self.get_access_key(), 500))
    told: dict[str, Any] = {"item": items[start:end]}
    if end < len(items):
        told["position"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return json.dumps(told)


def lists() -> None:
    def api(self: Any) -> Any:
        return self.backend.get_rest_api(self.path.split("/")[2])

    def get_rest_apis(self: Any) -> str:
        return page(self, [one.to_dict() for one in self.backend.list_apis()])

    def get_deployments(self: Any) -> str:
        return page(self, [one.to_json() for one in api(self).deployments.values()])

    def get_vpc_links(self: Any) -> str:
        return page(self, [one.to_json() for one in self.backend.get_vpc_links()])

    responses.APIGatewayResponse.get_rest_apis = get_rest_apis
    responses.APIGatewayResponse.get_deployments = get_deployments
    responses.APIGatewayResponse.get_vpc_links = get_vpc_links


def resources() -> None:
    """AWS: a resource tells its methods by name, and in full only on demand."""

    def told(self: Any, resource: Any) -> dict[str, Any]:
        fields = resource.to_dict()
        if "methods" not in ",".join(self.querystring.get("embed", [])) and "resourceMethods" in fields:
            fields["resourceMethods"] = {name: {} for name in fields["resourceMethods"]}
        return fields

    def get_resources(self: Any) -> str:
        found = self.backend.get_resources(self.path.split("/")[2])
        return page(self, [told(self, resource) for resource in found])

    def get_resource(self: Any) -> str:
        _, _, api, _, resource, *_ = self.path.split("/")
        return json.dumps(told(self, self.backend.get_resource(api, resource)))

    responses.APIGatewayResponse.get_resources = get_resources
    responses.APIGatewayResponse.get_resource = get_resource


def vpc_links() -> None:
    """AWS: a VPC link's name and description can be changed, and it says how it is."""
    plain = models.VpcLink.to_json

    def to_json(self: Any) -> dict[str, Any]:
        messages = {"AVAILABLE": "Your vpc link is ready for use", "PENDING": "VPC link is provisioning"}
        return plain(self) | {"statusMessage": messages.get(self.status, "Your vpc link cannot be used")}

    def update_vpc_link(self: Any) -> str:
        link = self.backend.get_vpc_link(self.path.split("/")[2])
        for operation in patch_operations.of(json.loads(self.body or "{}").get("patchOperations")):
            if operation.op != "replace" or operation.parts() not in (["name"], ["description"]):
                operation.refuse("/name", "/description")
            setattr(link, operation.parts()[0], operation.text())
        return json.dumps(link.to_json())

    models.VpcLink.to_json = to_json
    responses.APIGatewayResponse.update_vpc_link = update_vpc_link


def tags() -> None:
    """AWS: APIs, stages and VPC links have tags. In moto only stages do, and they cannot be asked for."""
    # In an ARN that comes unescaped, the slashes are its own.
    url_paths["{0}/tags/(?P<resourceArn>.+)$"] = responses.APIGatewayResponse.dispatch

    def owner(self: Any) -> Any:
        name = unquote(self.path.split("/tags/")[1]).split("::/")[-1]
        match name.split("/"):
            case ["restapis", api]:
                return self.backend.get_rest_api(api)
            case ["restapis", api, "stages", stage]:
                return self.backend.get_stage(api, stage)
            case ["vpclinks", link]:
                return self.backend.get_vpc_link(link)
        raise exceptions.NotFoundException("Invalid resource specified")

    def get_tags(self: Any) -> str:
        return json.dumps({"tags": owner(self).tags or {}})

    def tag_resource(self: Any) -> Any:
        tagged = owner(self)
        tagged.tags = (tagged.tags or {}) | json.loads(self.body)["tags"]
        return 204, {"status": 204}, ""

    def untag_resource(self: Any) -> Any:
        tagged = owner(self)
        gone = self.querystring.get("tagKeys") or []
        tagged.tags = {key: value for key, value in (tagged.tags or {}).items() if key not in gone}
        return 204, {"status": 204}, ""

    responses.APIGatewayResponse.get_tags = get_tags
    responses.APIGatewayResponse.tag_resource = tag_resource
    responses.APIGatewayResponse.untag_resource = untag_resource
