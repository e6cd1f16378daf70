"""API Gateway (HTTP): what a private integration has to name. moto takes anything."""

import json
import re
from typing import Any

from moto.apigatewayv2 import responses
from moto.apigatewayv2.exceptions import BadRequestException
from patches_apigatewayv2_deployments import api_of

LISTENER = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:listener/(app|net)/.+")
CLOUD_MAP = re.compile(r"arn:[\w-]+:servicediscovery:[\w-]+:\d{12}:service/.+")


def install() -> None:
    for name in ("create_integration", "update_integration"):
        checked(name)


def checked(name: str) -> None:
    """AWS: a private integration's URI is the ARN of a listener or of a Cloud Map service, and never a URL."""
    plain = getattr(responses.ApiGatewayV2Response, name)

    def respond(self: Any) -> Any:
        wanted = json.loads(self.body or "{}")
        known = existing(self) if name == "update_integration" else {}
        uri = wanted.get("integrationUri", known.get("integrationUri")) or ""
        private = wanted.get("connectionType", known.get("connectionType")) == "VPC_LINK"
        if private and not LISTENER.fullmatch(uri) and not CLOUD_MAP.fullmatch(uri):
            raise BadRequestException(
                "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service "
                "ARN."
            )
        return plain(self)

    setattr(responses.ApiGatewayV2Response, name, respond)


def existing(self: Any) -> dict[str, Any]:
    told: dict[str, Any] = api_of(self).get_integration(self.path.split("/")[5]).to_json()
    return told
