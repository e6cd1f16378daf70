"""API Gateway (HTTP): a stage is pointed to a deployment, or deploys by itself. moto cannot change a stage."""

import json
from datetime import datetime
from typing import Any

from moto.apigatewayv2 import responses
from moto.apigatewayv2.exceptions import APIGatewayV2Error, BadRequestException
from patches_apigatewayv2_deployments import api_of, auto_deploy, existing, point, stage_name

FIELDS = {
    "accessLogSettings": "access_log_settings",
    "autoDeploy": "auto_deploy",
    "clientCertificateId": "client_certificate_id",
    "description": "description",
}
MAPS = {
    "defaultRouteSettings": "default_route_settings",
    "routeSettings": "route_settings",
    "stageVariables": "stage_variables",
}


def install() -> None:
    create_stage()
    responses.ApiGatewayV2Response.update_stage = update_stage


def choice(api: Any, wanted: dict[str, Any], automatic: bool) -> Any:
    """AWS: a stage that deploys by itself is not told its deployment."""
    deployment_id = wanted.get("deploymentId")
    if deployment_id is None:
        return None
    if automatic:
        name = wanted["stageName"]
        raise BadRequestException(f"Deployment ID cannot be set on stage {name} because AutoDeploy is enabled")
    return existing(api, deployment_id)


def create_stage() -> None:
    """AWS: a stage's name is taken once."""
    plain = responses.ApiGatewayV2Response.create_stage

    def respond(self: Any) -> Any:
        api, wanted = api_of(self), json.loads(self.body or "{}")
        if wanted.get("stageName") in api.stages:
            error = APIGatewayV2Error("ConflictException", "Stage already exists")
            error.code = 409
            raise error
        deployment = choice(api, wanted, bool(wanted.get("autoDeploy")))
        plain(self)
        stage = api.stages[wanted["stageName"]]
        if deployment:
            point(api, stage, deployment)
        if stage.auto_deploy:
            auto_deploy(api)
        return 201, {"status": 201}, json.dumps(stage.to_json())

    responses.ApiGatewayV2Response.create_stage = respond


def update_stage(self: Any) -> Any:
    """AWS: only what is named changes; a variable is removed by an empty value."""
    api, wanted = api_of(self), json.loads(self.body or "{}")
    stage = api.get_stage(stage_name(self))
    automatic = bool(wanted.get("autoDeploy", stage.auto_deploy))
    deployment = choice(api, wanted | {"stageName": stage.name}, automatic)
    begins = automatic and not stage.auto_deploy
    for field, name in FIELDS.items():
        if field in wanted:
            setattr(stage, name, wanted[field])
    for field, name in MAPS.items():
        merged = (getattr(stage, name) or {}) | wanted.get(field, {})
        setattr(stage, name, {key: value for key, value in merged.items() if value != ""})
    if deployment:
        point(api, stage, deployment)
    if begins:
        auto_deploy(api)
    stage.updated = datetime.now()
    return 200, {}, json.dumps(stage.to_json())
