"""API Gateway (HTTP): deployments, which are snapshots, and stages that deploy by themselves. moto has neither."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from moto.apigateway.urls import url_paths
from moto.apigateway.utils import create_id
from moto.apigatewayv2 import models, responses
from moto.apigatewayv2.exceptions import APIGatewayV2Error, BadRequestException, StageNotFound
from moto.core.utils import iso_8601_datetime_without_milliseconds

# How an API's next deployments go, by the API's id.
PACES: dict[str, dict[str, Any]] = {}
# The calls after which a stage that deploys by itself does so.
TRIGGERS = [f"{verb}_{noun}" for verb in ("create", "update", "delete") for noun in ("route", "integration")]
NO_ROUTES = "Unable to deploy API because no routes exist in this API"
AUTOMATIC = "Automatic deployment triggered by changes to the Api configuration"


class Deployment:
    def __init__(self, api: Any, description: str | None, automatic: bool) -> None:
        pace = PACES.get(api.api_id, {})
        self.id = create_id()
        self.description = description
        self.automatic = automatic
        self.created = datetime.now()
        self.polls = pace.get("polls", 0)
        self.failure = pace.get("failure")
        snapshot = {
            "routes": [route.to_json() for route in api.routes.values()],
            "integrations": {name: integration.to_json() for name, integration in api.integrations.items()},
        }
        self.snapshot = json.loads(json.dumps(snapshot))

    def status(self) -> str:
        if self.polls > 0:
            return "PENDING"
        return "FAILED" if self.failure else "DEPLOYED"

    def to_json(self) -> dict[str, Any]:
        told = {
            "deploymentId": self.id,
            "description": self.description,
            "autoDeployed": self.automatic,
            "createdDate": iso_8601_datetime_without_milliseconds(self.created),
            "deploymentStatus": self.status(),
            "deploymentStatusMessage": self.failure if self.status() == "FAILED" else None,
        }
        return {field: value for field, value in told.items() if value is not None}


def install() -> None:
    paths = "{0}/v2/apis/(?P<api_id>[^/]+)/deployments"
    url_paths[paths + "$"] = responses.ApiGatewayV2Response.dispatch
    url_paths[paths + "/(?P<deployment_id>[^/]+)$"] = responses.ApiGatewayV2Response.dispatch
    responses.ApiGatewayV2Response.create_deployment = create_deployment
    responses.ApiGatewayV2Response.get_deployment = get_deployment
    responses.ApiGatewayV2Response.get_deployments = get_deployments
    responses.ApiGatewayV2Response.update_deployment = update_deployment
    responses.ApiGatewayV2Response.delete_deployment = delete_deployment
    stages()
    for name in TRIGGERS:
        trigger(name)


def deployments(api: Any) -> dict[str, Deployment]:
    return api.__dict__.setdefault("deployments", {})


def api_of(self: Any) -> Any:
    return self.apigatewayv2_backend.get_api(self.path.split("/")[3])


def point(api: Any, stage: Any, deployment: Deployment) -> None:
    """Has a stage serve a deployment, once that is DEPLOYED."""
    stage.pointed = [*stage.pointed, deployment.id]
    stage.updated = datetime.now()


def served(api: Any, stage: Any) -> Deployment | None:
    """The deployment that a stage serves: the last that it was pointed to and that is DEPLOYED."""
    known = deployments(api)
    done = [known[name] for name in stage.pointed if name in known and known[name].status() == "DEPLOYED"]
    return done[-1] if done else None


def polled(api: Any) -> None:
    for deployment in deployments(api).values():
        deployment.polls -= 1


def auto_deploy(api: Any) -> None:
    """AWS: what changes in an API is deployed at once to its stages with autoDeploy, or they say why not."""
    for stage in [stage for stage in api.stages.values() if stage.auto_deploy]:
        stage.refusal = None if api.routes else NO_ROUTES
        if not stage.refusal:
            made = Deployment(api, AUTOMATIC, True)
            deployments(api)[made.id] = made
            point(api, stage, made)


def trigger(name: str) -> None:
    plain = getattr(responses.ApiGatewayV2Response, name)

    def respond(self: Any) -> Any:
        answer = plain(self)
        auto_deploy(api_of(self))
        return answer

    setattr(responses.ApiGatewayV2Response, name, respond)


def create_deployment(self: Any) -> Any:
    """AWS: a deployment onto a stage points the stage to it, unless the stage deploys by itself."""
    api = api_of(self)
    wanted = json.loads(self.body or "{}")
    name = wanted.get("stageName")
    if name and name not in api.stages:
        raise StageNotFound
    if name and api.stages[name].auto_deploy:
        raise BadRequestException(f"Deployment ID cannot be set on stage {name} because AutoDeploy is enabled")
    if not api.routes:
        raise BadRequestException(NO_ROUTES)
    made = Deployment(api, wanted.get("description"), False)
    deployments(api)[made.id] = made
    if name:
        point(api, api.stages[name], made)
    return 201, {"status": 201}, json.dumps(made.to_json())


def found(self: Any) -> Deployment:
    return existing(api_of(self), self.path.split("/")[5])


def existing(api: Any, deployment_id: str) -> Deployment:
    if deployment_id not in deployments(api):
        error = APIGatewayV2Error("NotFoundException", f"Invalid Deployment identifier specified {deployment_id}")
        error.code = 404
        raise error
    return deployments(api)[deployment_id]


def get_deployment(self: Any) -> Any:
    """AWS: a deployment is PENDING before it is DEPLOYED or FAILED."""
    told = json.dumps(found(self).to_json())
    polled(api_of(self))
    return 200, {}, told


def get_deployments(self: Any) -> Any:
    told = json.dumps({"items": [one.to_json() for one in deployments(api_of(self)).values()]})
    polled(api_of(self))
    return 200, {}, told


def update_deployment(self: Any) -> Any:
    deployment = found(self)
    deployment.description = json.loads(self.body or "{}").get("description", deployment.description)
    return 200, {}, json.dumps(deployment.to_json())


def delete_deployment(self: Any) -> Any:
    """AWS: a deployment to which a stage points cannot be deleted."""
    deployment = found(self)
    if any(deployment.id in stage.pointed[-1:] for stage in api_of(self).stages.values()):
        raise BadRequestException("Active stages pointing to this deployment must be moved or deleted")
    del deployments(api_of(self))[deployment.id]
    return 204, {"status": 204}, ""


def stages() -> None:
    """AWS: a stage says which deployment it has, and where it deploys by itself how the last attempt went."""
    init, plain = models.Stage.__init__, models.Stage.to_json

    def made(self: Any, api: Any, config: dict[str, Any]) -> None:
        init(self, api, config)
        self.api, self.pointed, self.refusal = api, [], None

    def to_json(self: Any) -> dict[str, Any]:
        told = plain(self)
        last = deployments(self.api).get(self.pointed[-1]) if self.pointed else None
        shown = served(self.api, self) if self.auto_deploy else last
        if shown:
            told["deploymentId"] = shown.id
        if self.auto_deploy and self.refusal:
            told["lastDeploymentStatusMessage"] = f"Deployment attempt failed: {self.refusal}"
        elif self.auto_deploy and last and last.status() != "PENDING":
            ended = f"Successfully deployed stage with deployment ID '{last.id}'"
            failed = f"Deployment attempt failed: {last.failure}"
            told["lastDeploymentStatusMessage"] = failed if last.failure else ended
        return told

    models.Stage.__init__ = made
    models.Stage.to_json = to_json
    for name in ("get_stage", "get_stages"):
        poll(name)


def poll(name: str) -> None:
    plain = getattr(responses.ApiGatewayV2Response, name)

    def respond(self: Any) -> Any:
        answer = plain(self)
        polled(api_of(self))
        return answer

    setattr(responses.ApiGatewayV2Response, name, respond)


def stage_name(self: Any) -> str:
    return unquote(self.path.split("/")[5])
