"""The control endpoints for API Gateway."""

from typing import Any

import patches_apigatewayv2_deployments
import served_stages
from exchange import Answer, Asked
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.core import DEFAULT_ACCOUNT_ID


def stage(asked: Asked) -> Answer:
    """What a stage serves at this moment, of a REST API or of an HTTP API."""
    wanted = asked.arguments()
    account = wanted.get("account", DEFAULT_ACCOUNT_ID)
    served = served_stages.find(account, wanted["region"], wanted["api"], wanted["stage"])
    if served is not None:
        return Answer.of(served)
    return Answer.of({"error": f"no stage {wanted['stage']} of {wanted['api']}"}, 404)


def http_deployments(asked: Asked) -> Answer:
    """Sets how an HTTP API's next deployments go: for how many polls they are PENDING, and whether they fail then."""
    wanted = asked.json()
    patches_apigatewayv2_deployments.PACES[wanted["api"]] = {
        "polls": int(wanted.get("polls", 0)),
        "failure": wanted.get("failure"),
    }
    return Answer.of({})


def vpc_link(asked: Asked) -> Answer:
    """Sets the status of a VPC link, of either version."""
    wanted = asked.json()
    account, region = wanted.get("account", DEFAULT_ACCOUNT_ID), wanted["region"]
    for backends in (apigateway_backends, apigatewayv2_backends):
        link = backends[account][region].vpc_links.get(wanted["id"])
        if link is not None:
            link.status = wanted["status"]
            return Answer.of({})
    return Answer.of({"error": f"no VPC link {wanted['id']}"}, 404)


def reset() -> None:
    patches_apigatewayv2_deployments.PACES.clear()


ENDPOINTS: dict[str, Any] = {"stage": stage, "http_deployments": http_deployments, "vpc_link": vpc_link}
