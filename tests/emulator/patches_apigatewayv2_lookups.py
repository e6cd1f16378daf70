"""API Gateway (HTTP): what is unknown is a NotFoundException, what is in use stays, and lists come in pages."""

import base64
import json
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2 import exceptions, models, responses
from patches_elbv2_listing import LIMITS

LISTS = ("get_apis", "get_deployments", "get_integrations", "get_routes", "get_stages", "get_vpc_links")


def install() -> None:
    unknown_names()
    integrations_in_use()
    vpc_links()
    for name in LISTS:
        pages(name)


def unknown_names() -> None:
    """AWS: each name in a path is looked up before anything else is looked at."""
    plain = responses.ApiGatewayV2Response.call_action

    def call_action(self: Any) -> Any:
        try:
            must_exist(self.apigatewayv2_backend, self.path.strip("/").split("/")[1:])
        except exceptions.APIGatewayV2Error as error:
            headers = {"status": str(error.code), "X-Amzn-ErrorType": error.error_type}
            return error.code, headers | {"Content-Type": "application/json"}, error.get_body()
        return plain(self)

    responses.ApiGatewayV2Response.call_action = call_action


def must_exist(backend: Any, parts: list[str]) -> None:
    match parts:
        case ["vpclinks", link, *_]:
            backend.get_vpc_link(link)
        case ["apis", api, *rest]:
            owner = backend.get_api(api)
            match rest:
                case ["stages", stage, *_]:
                    owner.get_stage(unquote(stage))
                case ["integrations", integration, *_]:
                    owner.get_integration(integration)
                case ["routes", route, *_]:
                    owner.get_route(route)


def integrations_in_use() -> None:
    """AWS: a route's target is an integration of its API, which cannot be deleted while the route has it."""
    creation = responses.ApiGatewayV2Response.create_route
    update = responses.ApiGatewayV2Response.update_route
    deletion = responses.ApiGatewayV2Response.delete_integration

    def checked(plain: Any) -> Any:
        def respond(self: Any) -> Any:
            target = json.loads(self.body or "{}").get("target")
            api = self.apigatewayv2_backend.get_api(self.path.split("/")[3])
            if target and (not target.startswith("integrations/") or target.split("/")[1] not in api.integrations):
                raise exceptions.IntegrationNotFound(target.split("/")[-1])
            return plain(self)

        return respond

    def delete_integration(self: Any) -> Any:
        api = self.apigatewayv2_backend.get_api(self.path.split("/")[3])
        target = f"integrations/{self.path.split('/')[5]}"
        users = [route.route_id for route in api.routes.values() if route.target == target]
        if users:
            error = exceptions.APIGatewayV2Error(
                "ConflictException", f"Cannot delete Integration because it is referenced by routes {', '.join(users)}"
            )
            error.code = 409
            raise error
        return deletion(self)

    responses.ApiGatewayV2Response.create_route = checked(creation)
    responses.ApiGatewayV2Response.update_route = checked(update)
    responses.ApiGatewayV2Response.delete_integration = delete_integration


def vpc_links() -> None:
    """AWS: a VPC link says how it is."""
    plain = models.VpcLink.to_json
    models.VpcLink.status = "AVAILABLE"

    def to_json(self: Any) -> dict[str, Any]:
        return plain(self) | {"vpcLinkStatus": self.status, "vpcLinkStatusMessage": f"VPC link is {self.status.lower()}"}

    models.VpcLink.to_json = to_json


def pages(name: str) -> None:
    """AWS: at most `maxResults` items, and a token where more follow."""
    plain = getattr(responses.ApiGatewayV2Response, name)

    def respond(self: Any) -> Any:
        try:
            size = int((self.querystring.get("maxResults") or ["25"])[0])
            start = int(base64.urlsafe_b64decode((self.querystring.get("nextToken") or ["MA=="])[0]))
        except ValueError:
            raise exceptions.BadRequestException("Invalid maxResults or nextToken specified") from None
        status, headers, body = plain(self)
        items = json.loads(body)["items"]
        end = start + min(max(size, 1), LIMITS.get(self.get_access_key(), 500))
        told: dict[str, Any] = {"items": items[start:end]}
        if end < len(items):
            told["nextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
        return status, headers, json.dumps(told)

    setattr(responses.ApiGatewayV2Response, name, respond)
