"""API Gateway's rules for HTTP APIs, each by one short test."""

import json
from typing import Any

from emulator import Refused, client, control, fresh

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/nlb/1"
BLUE, GREEN = f"{ARN}/8080", f"{ARN}/9090"


class Api:
    """An API with one route to blue."""

    def __init__(self, routed: bool = True) -> None:
        self.aws = client("apigatewayv2")
        self.id = self.aws.create_api(Name=fresh("http"), ProtocolType="HTTP")["ApiId"]
        if routed:
            self.integration = self.aws.create_integration(
                ApiId=self.id,
                IntegrationType="HTTP_PROXY",
                IntegrationMethod="ANY",
                IntegrationUri=BLUE,
                ConnectionType="VPC_LINK",
                ConnectionId="link",
                PayloadFormatVersion="1.0",
            )["IntegrationId"]
            target = f"integrations/{self.integration}"
            self.route = self.aws.create_route(ApiId=self.id, RouteKey="$default", Target=target)["RouteId"]

    def move(self, uri: str) -> dict[str, Any]:
        return self.aws.update_integration(ApiId=self.id, IntegrationId=self.integration, IntegrationUri=uri)

    def deploy(self, **fields: Any) -> str:
        return self.aws.create_deployment(ApiId=self.id, **fields)["DeploymentId"]

    def status(self, deployment: str) -> str:
        return self.aws.get_deployment(ApiId=self.id, DeploymentId=deployment)["DeploymentStatus"]

    def make(self, **fields: Any) -> dict[str, Any]:
        return self.aws.create_stage(ApiId=self.id, StageName="$default", **fields)

    def stage(self) -> dict[str, Any]:
        return self.aws.get_stage(ApiId=self.id, StageName="$default")

    def update(self, **fields: Any) -> dict[str, Any]:
        return self.aws.update_stage(ApiId=self.id, StageName="$default", **fields)

    def served(self) -> dict[str, Any]:
        return control(f"stage?region=eu-west-1&api={self.id}&stage=$default")

    def served_uri(self) -> str:
        return self.served()["routes"][0]["integration"]["integrationUri"]


class Deployments(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_a_deployment_is_a_snapshot_onto_a_stage(self) -> None:
        self.api.make()
        self.assertEqual(self.api.served()["routes"], [])
        first = self.api.deploy(StageName="$default")
        self.assertEqual(self.api.stage()["DeploymentId"], first)
        self.api.move(GREEN)
        self.assertEqual(self.api.served_uri(), BLUE)
        self.api.deploy(StageName="$default")
        self.assertEqual(self.api.served_uri(), GREEN)
        self.api.update(DeploymentId=first)
        self.assertEqual(self.api.served_uri(), BLUE)

    def test_a_deployment_is_pending_before_it_is_deployed_and_served(self) -> None:
        self.api.make()
        self.api.deploy(StageName="$default")
        self.api.move(GREEN)
        control("http_deployments", {"api": self.api.id, "polls": 2})
        second = self.api.deploy(StageName="$default")
        self.assertEqual([self.api.status(second) for _ in range(2)], ["PENDING", "PENDING"])
        control("http_deployments", {"api": self.api.id})
        self.assertEqual(self.api.status(second), "DEPLOYED")
        self.assertEqual(self.api.served_uri(), GREEN)

    def test_a_pending_deployment_is_not_served(self) -> None:
        self.api.make()
        self.api.deploy(StageName="$default")
        self.api.move(GREEN)
        control("http_deployments", {"api": self.api.id, "polls": 1})
        self.api.deploy(StageName="$default")
        self.assertEqual(self.api.served_uri(), BLUE)

    def test_a_deployment_can_fail(self) -> None:
        self.api.make()
        self.api.deploy(StageName="$default")
        self.api.move(GREEN)
        control("http_deployments", {"api": self.api.id, "failure": "no"})
        found = self.api.aws.get_deployment(ApiId=self.api.id, DeploymentId=self.api.deploy(StageName="$default"))
        self.assertEqual((found["DeploymentStatus"], found["DeploymentStatusMessage"]), ("FAILED", "no"))
        self.assertEqual(self.api.served_uri(), BLUE)

    def test_an_api_without_routes_is_not_deployed(self) -> None:
        self.refused("BadRequestException", "no routes exist in this API", Api(routed=False).deploy)

    def test_a_deployment_is_onto_a_stage_that_exists(self) -> None:
        self.refused("NotFoundException", "Invalid stage identifier", self.api.deploy, StageName="none")

    def test_a_deployment_in_use_cannot_be_deleted(self) -> None:
        self.api.make()
        names = {"ApiId": self.api.id, "DeploymentId": self.api.deploy(StageName="$default")}
        self.refused("BadRequestException", "Active stages", self.api.aws.delete_deployment, **names)
        self.api.deploy(StageName="$default")
        self.api.aws.delete_deployment(**names)

    def test_a_deployments_description_can_be_changed(self) -> None:
        names = {"ApiId": self.api.id, "DeploymentId": self.api.deploy(Description="a")}
        self.api.aws.update_deployment(**names, Description="b")
        self.assertEqual(self.api.aws.get_deployment(**names)["Description"], "b")


class AutoDeploy(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_a_stage_deploys_by_itself(self) -> None:
        self.api.make(AutoDeploy=True)
        first = self.api.stage()
        message = f"Successfully deployed stage with deployment ID '{first['DeploymentId']}'"
        self.assertEqual(first["LastDeploymentStatusMessage"], message)
        self.api.move(GREEN)
        self.assertEqual(self.api.served_uri(), GREEN)
        self.assertNotEqual(self.api.stage()["DeploymentId"], first["DeploymentId"])
        found = self.api.aws.get_deployments(ApiId=self.api.id)["Items"]
        self.assertEqual([one["AutoDeployed"] for one in found], [True, True])

    def test_a_stage_that_deploys_by_itself_takes_no_deployment(self) -> None:
        self.api.make(AutoDeploy=True)
        message = "Deployment ID cannot be set on stage $default because AutoDeploy is enabled"
        self.refused("BadRequestException", message, self.api.deploy, StageName="$default")
        other = self.api.deploy()
        self.refused("BadRequestException", message, self.api.update, DeploymentId=other)
        wanted = {"ApiId": self.api.id, "StageName": "other", "AutoDeploy": True, "DeploymentId": other}
        self.refused("BadRequestException", "AutoDeploy is enabled", self.api.aws.create_stage, **wanted)
        self.api.update(AutoDeploy=False, DeploymentId=other)

    def test_a_stage_tells_why_it_did_not_deploy(self) -> None:
        self.api.make(AutoDeploy=True)
        control("http_deployments", {"api": self.api.id, "failure": "no"})
        self.api.move(GREEN)
        self.assertEqual(self.api.stage()["LastDeploymentStatusMessage"], "Deployment attempt failed: no")
        self.assertEqual(self.api.served_uri(), BLUE)
        bare = Api(routed=False)
        bare.make(AutoDeploy=True)
        self.assertIn("no routes exist", bare.stage()["LastDeploymentStatusMessage"])

    def test_a_stage_begins_to_deploy_by_itself(self) -> None:
        self.api.make()
        self.api.update(AutoDeploy=True)
        self.assertEqual(self.api.served_uri(), BLUE)


class Stages(Refused):
    def setUp(self) -> None:
        self.api = Api()
        self.api.make(StageVariables={"a": "1"}, Description="a")

    def test_an_update_changes_what_it_names_and_no_more(self) -> None:
        self.api.update(StageVariables={"b": "2"})
        stage = self.api.stage()
        self.assertEqual((stage["StageVariables"], stage["Description"]), ({"a": "1", "b": "2"}, "a"))
        self.assertEqual(self.api.update(StageVariables={"a": ""})["StageVariables"], {"b": "2"})

    def test_a_name_is_taken_once(self) -> None:
        self.assertEqual(self.status(self.refused("ConflictException", "already exists", self.api.make)), 409)

    def test_an_unknown_deployment_is_not_found(self) -> None:
        error = self.refused("NotFoundException", "Invalid Deployment", self.api.update, DeploymentId="none")
        self.assertEqual(self.status(error), 404)


class Integrations(Refused):
    def test_a_private_integration_names_a_listener_or_a_cloud_map_service(self) -> None:
        api, message = Api(), "integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN"
        balancer = ARN.replace(":listener/", ":loadbalancer/")
        for uri in ("http://nlb.example:9090/{proxy}", balancer):
            self.refused("BadRequestException", message, api.move, uri)
        private = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
        private |= {"ApiId": api.id, "ConnectionType": "VPC_LINK", "ConnectionId": "link", "IntegrationUri": balancer}
        self.refused("BadRequestException", message, api.aws.create_integration, **private)
        service = "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1"
        for uri in (GREEN, service):
            self.assertEqual(api.move(uri)["IntegrationUri"], uri)

    def test_a_public_integration_names_a_url(self) -> None:
        api = Api()
        public = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
        made = api.aws.create_integration(ApiId=api.id, IntegrationUri="https://example.com", **public)
        names = {"ApiId": api.id, "IntegrationId": made["IntegrationId"]}
        self.assertEqual(api.aws.update_integration(**names, TimeoutInMillis=5000)["TimeoutInMillis"], 5000)


class Lookups(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_what_is_unknown_is_not_found(self) -> None:
        aws, api = self.api.aws, {"ApiId": self.api.id}
        for call, names in (
            (aws.get_api, {"ApiId": "none"}),
            (aws.delete_api, {"ApiId": "none"}),
            (aws.update_integration, api | {"IntegrationId": "none"}),
            (aws.delete_integration, api | {"IntegrationId": "none"}),
            (aws.update_route, api | {"RouteId": "none"}),
            (aws.delete_route, api | {"RouteId": "none"}),
            (aws.get_deployment, api | {"DeploymentId": "none"}),
            (aws.update_stage, api | {"StageName": "none"}),
            (aws.delete_stage, api | {"StageName": "none"}),
            (aws.delete_vpc_link, {"VpcLinkId": "none"}),
            (aws.create_route, api | {"RouteKey": "GET /", "Target": "integrations/none"}),
        ):
            with self.subTest(call.__name__):
                self.assertEqual(self.status(self.refused("NotFoundException", "Invalid", call, **names)), 404)

    def test_an_integration_in_use_stays(self) -> None:
        names = {"ApiId": self.api.id, "IntegrationId": self.api.integration}
        self.refused("ConflictException", "", self.api.aws.delete_integration, **names)
        self.api.aws.delete_route(ApiId=self.api.id, RouteId=self.api.route)
        self.api.aws.delete_integration(**names)

    def test_lists_come_in_pages(self) -> None:
        for number in range(30):
            self.api.aws.create_route(ApiId=self.api.id, RouteKey=f"GET /{number}")
        self.assertEqual(len(self.api.aws.get_routes(ApiId=self.api.id, MaxResults="10")["Items"]), 10)
        pages = self.api.aws.get_paginator("get_routes").paginate(ApiId=self.api.id)
        self.assertEqual(len({one["RouteId"] for page in pages for one in page["Items"]}), 31)
        wanted = {"ApiId": self.api.id, "NextToken": "a"}
        self.refused("BadRequestException", "nextToken", self.api.aws.get_routes, **wanted)

    def test_a_vpc_link_says_how_it_is(self) -> None:
        made = self.api.aws.create_vpc_link(Name="a", SubnetIds=["subnet-1"])["VpcLinkId"]
        control("vpc_link", {"region": "eu-west-1", "id": made, "status": "INACTIVE"})
        self.assertEqual(self.api.aws.get_vpc_link(VpcLinkId=made)["VpcLinkStatus"], "INACTIVE")


class Exports(Refused):
    def export(self, api: Api, **fields: Any) -> dict[str, Any]:
        wanted = {"ApiId": api.id, "Specification": "OAS30", "OutputType": "JSON"} | fields
        return json.loads(api.aws.export_api(**wanted)["body"].read())

    def uri(self, document: dict[str, Any]) -> str:
        operation = document["paths"]["/$default"]["x-amazon-apigateway-any-method"]
        return operation["x-amazon-apigateway-integration"]["uri"]

    def test_an_export_of_a_stage_shows_what_it_serves(self) -> None:
        api = Api()
        api.make()
        api.deploy(StageName="$default")
        api.move(GREEN)
        self.assertEqual(self.uri(self.export(api, StageName="$default")), BLUE)
        self.assertEqual(self.uri(self.export(api)), GREEN)

    def test_an_export_without_extensions_has_no_integrations(self) -> None:
        document = self.export(Api(), IncludeExtensions=False)
        self.assertNotIn("x-amazon-apigateway-integration", json.dumps(document))

    def test_a_stage_must_exist(self) -> None:
        self.refused("NotFoundException", "", self.export, Api(), StageName="none")
