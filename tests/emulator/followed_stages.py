"""`/_ctl/stages`: stages of APIs as a data plane has to serve them, in one piece."""

from typing import TYPE_CHECKING, Any

import served_stages
from exchange import Answer, Asked
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.core import DEFAULT_ACCOUNT_ID

if TYPE_CHECKING:
    from front import Front


def answer(front: "Front", asked: Asked) -> Answer:
    """What some stages serve (nothing for one that is gone), and their VPC links, once there is a change after `seen`.

    The stages are named `API:STAGE`, with commas between them.
    """
    arguments = asked.arguments()
    version = front.api_changes.after(int(arguments.get("seen", -1)), int(arguments.get("wait", 0)) / 1000)
    account, region = arguments.get("account", DEFAULT_ACCOUNT_ID), arguments["region"]
    names = [name.split(":") for name in arguments["stages"].split(",")]
    with front.turn:
        stages = [served_stages.find(account, region, api, stage) for api, stage in names]
        return Answer.of({"version": version, "stages": stages, "links": links(account, region)})


def links(account: str, region: str) -> dict[str, dict[str, Any]]:
    """VPC links of both versions by id: one of the first leads to its balancers, one of the second to no place yet."""
    first = apigateway_backends[account][region].vpc_links
    second = apigatewayv2_backends[account][region].vpc_links
    told = {name: {"status": link.status, "balancers": link.target_arns} for name, link in first.items()}
    return told | {name: {"status": link.status, "balancers": []} for name, link in second.items()}
