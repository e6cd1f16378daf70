"""The APIs that calls write: how much of their stages' requests goes to which listener, and whether anything differs."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

import served_stages
import written_routes
from exchange import AwsCall
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import get_account_id_from

WRITES = ("UpdateIntegration", "CreateDeployment", "UpdateStage")
PATH = re.compile(r"/(?:restapis|v2/apis)/([^/]+)/")
LISTENER = ":listener/"


def named(call: AwsCall) -> str | None:
    """The API that a call writes, if it is one that writes an API which serves."""
    if call.service != "apigateway" or call.action not in WRITES:
        return None
    found = PATH.match(call.parameters["path"])
    return found[1] if found and any(stages(call, found[1])) else None


def stages(call: AwsCall, api_id: str) -> list[dict[str, Any]]:
    """What the API's stages serve, by the order of their names."""
    account, region = get_account_id_from(call.access_key), call.region
    api = apigateway_backends[account][region].apis.get(api_id) or apigatewayv2_backends[account][region].apis.get(api_id)
    found = (served_stages.find(account, region, api_id, name) for name in sorted(api.stages)) if api else ()
    return [stage for stage in found if stage is not None]


def weights(call: AwsCall, api_id: str) -> dict[str, int]:
    """The tenths of a percent of each route's requests that go to a listener, or elsewhere, over all stages."""
    found: dict[str, int] = {}
    for stage in stages(call, api_id):
        canary = stage.get("canary")
        tenths = round(canary["percent"] * 10) if canary else 0
        for routes, part in ((stage["routes"], 1000 - tenths), (canary["routes"] if canary else [], tenths)):
            for route in routes:
                place = end(call, route["integration"])
                found[place] = found.get(place, 0) + part
    return found


def end(call: AwsCall, integration: dict[str, Any]) -> str:
    """The listener that an integration leads to, or its URI where that is none."""
    uri = integration.get("uri") or integration.get("integrationUri") or ""
    target = integration.get("integrationTarget") or ""
    if LISTENER in uri or LISTENER in target:
        return uri if LISTENER in uri else target
    account = get_account_id_from(call.access_key)
    link = apigateway_backends[account][call.region].vpc_links.get(integration.get("connectionId"))
    balancers = elbv2_backends[account][call.region].load_balancers
    for arn in [target] if target else link.target_arns if link else []:
        for listener in balancers[arn].listeners.values() if arn in balancers else ():
            if int(listener.port) == urlsplit(uri).port:
                return str(listener.arn)
    return uri


def healthy(call: AwsCall, places: Any) -> dict[str, int]:
    """How many healthy targets each of these listeners has. One that is gone has none."""
    found = {}
    for place in places:
        listener = written_routes.find(call, place) if LISTENER in place else None
        groups = written_routes.weights(written_routes.actions(listener)) if listener else {}
        found[place] = sum(written_routes.healthy(call, groups).values())
    return found


def digest(call: AwsCall, api_id: str) -> str:
    """The same for two moments between which nothing differs: neither what is edited nor what is served."""
    account, region = get_account_id_from(call.access_key), call.region
    rest = apigateway_backends[account][region].apis.get(api_id)
    http = apigatewayv2_backends[account][region].apis.get(api_id)
    if rest is not None:
        edited = [resource.to_dict() for resource in rest.resources.values()]
    else:
        edited = [item.to_json() for item in (*http.routes.values(), *http.integrations.values())]
    told = json.dumps([edited, [without_ids(stage) for stage in stages(call, api_id)]], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def without_ids(stage: dict[str, Any]) -> dict[str, Any]:
    """What a stage serves, whichever deployment it comes from."""
    canary = stage.get("canary")
    told = {name: value for name, value in stage.items() if name not in ("deployment", "cache_flushes")}
    if canary:
        told["canary"] = {name: value for name, value in canary.items() if name != "deployment"}
    return told
