"""API Gateway's rules for REST APIs, each by one short test."""

import json
from typing import Any

from emulator import Refused, client, control, fresh

BLUE, GREEN = "http://nlb.example:8080/{proxy}", "http://nlb.example:9090/{proxy}"


class Api:
    """An API with one method in front of blue."""

    def __init__(self) -> None:
        self.aws = client("apigateway")
        made = self.aws.create_rest_api(name=fresh("api"))
        self.id, self.root = made["id"], made["rootResourceId"]
        self.method = {"restApiId": self.id, "resourceId": self.root, "httpMethod": "GET"}
        self.aws.put_method(**self.method, authorizationType="NONE")
        self.put(BLUE)

    def put(self, uri: str, **fields: Any) -> dict[str, Any]:
        wanted = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": uri} | fields
        return self.aws.put_integration(**self.method, **wanted)

    def patch(self, *operations: tuple[str, ...]) -> dict[str, Any]:
        return self.aws.update_integration(**self.method, patchOperations=patches(operations))

    def integration(self) -> dict[str, Any]:
        return self.aws.get_integration(**self.method)

    def deploy(self, stage: str | None = None, **fields: Any) -> str:
        wanted = fields | ({"stageName": stage} if stage else {})
        return self.aws.create_deployment(restApiId=self.id, **wanted)["id"]

    def stage(self, name: str = "live") -> dict[str, Any]:
        return self.aws.get_stage(restApiId=self.id, stageName=name)

    def patch_stage(self, *operations: tuple[str, ...]) -> dict[str, Any]:
        return self.aws.update_stage(restApiId=self.id, stageName="live", patchOperations=patches(operations))

    def served(self) -> dict[str, Any]:
        return control(f"stage?region=eu-west-1&api={self.id}&stage=live")

    def served_uri(self) -> str:
        return self.served()["routes"][0]["integration"]["uri"]


def patches(operations: tuple[tuple[str, ...], ...]) -> list[dict[str, str]]:
    """Operations as op, path and value; of a copy, the value is where it comes from."""
    return [
        {"op": op, "path": path} | ({"from" if op == "copy" else "value": rest[0]} if rest else {})
        for op, path, *rest in operations
    ]


class Integrations(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_an_integration_says_how_it_is_connected(self) -> None:
        self.api.put(BLUE, connectionType="VPC_LINK", connectionId="${stageVariables.link}", cacheKeyParameters=["a"])
        found = self.api.integration()
        self.assertEqual((found["connectionType"], found["connectionId"]), ("VPC_LINK", "${stageVariables.link}"))
        self.assertEqual((found["cacheNamespace"], found["timeoutInMillis"]), (self.api.root, 29000))
        self.assertEqual(found["cacheKeyParameters"], ["a"])

    def test_a_link_of_the_second_version_needs_a_target(self) -> None:
        link = client("apigatewayv2").create_vpc_link(Name=fresh("link"), SubnetIds=["subnet-1"])["VpcLinkId"]
        private = {"connectionType": "VPC_LINK", "connectionId": link}
        message = "IntegrationTarget is required for VpcLinkV2"
        self.refused("BadRequestException", message, self.api.put, BLUE, **private)
        target = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/a/1/2"
        self.api.put(BLUE, **private, integrationTarget=target)
        self.assertEqual(self.api.integration()["integrationTarget"], target)
        self.refused("BadRequestException", message, self.api.patch, ("replace", "/integrationTarget", ""))

    def test_a_private_integration_needs_a_link(self) -> None:
        self.refused("BadRequestException", "VpcLink id", self.api.put, BLUE, connectionType="VPC_LINK")
        self.refused("BadRequestException", "Invalid connection type", self.api.put, BLUE, connectionType="WIRE")

    def test_an_update_changes_what_it_names_and_no_more(self) -> None:
        self.api.put(BLUE, requestParameters={"integration.request.path.proxy": "method.request.path.proxy"})
        before = self.api.integration()
        changed = self.api.patch(("replace", "/uri", GREEN), ("replace", "/timeoutInMillis", "5000"))
        self.assertEqual((changed["uri"], changed["timeoutInMillis"]), (GREEN, 5000))
        after = self.api.integration() | {"uri": BLUE, "timeoutInMillis": 29000}
        for answer in (before, after):
            del answer["ResponseMetadata"]
        self.assertEqual(after, before)

    def test_parameters_are_patched_by_their_names(self) -> None:
        name = "integration.request.header.x~1y"
        self.api.patch(("add", f"/requestParameters/{name}", "'a'"), ("add", "/cacheKeyParameters/b", ""))
        found = self.api.integration()
        self.assertEqual(found["requestParameters"], {"integration.request.header.x/y": "'a'"})
        self.assertEqual(found["cacheKeyParameters"], ["b"])
        self.api.patch(("remove", f"/requestParameters/{name}"), ("remove", "/cacheKeyParameters/b"))
        self.assertEqual(self.api.integration()["cacheKeyParameters"], [])

    def test_an_update_with_one_bad_operation_changes_nothing(self) -> None:
        message = "Invalid patch path  '/port' specified for op 'replace'. Must be one of: ["
        patch = ("replace", "/uri", GREEN), ("replace", "/port", "1")
        self.refused("BadRequestException", message, self.api.patch, *patch)
        self.assertEqual(self.api.integration()["uri"], BLUE)

    def test_bad_values_are_refused(self) -> None:
        for path, value, message in (
            ("/timeoutInMillis", "10", "Timeout should be between 50 ms"),
            ("/timeoutInMillis", "soon", "Invalid number"),
            ("/uri", "nowhere", "Invalid HTTP endpoint"),
        ):
            self.refused("BadRequestException", message, self.api.patch, ("replace", path, value))
        error = self.refused("BadRequestException", "Invalid patch operation", self.api.patch, ("swap", "/uri", ""))
        self.assertEqual(self.status(error), 400)


class Deployments(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_a_deployment_is_a_snapshot(self) -> None:
        self.api.deploy("live")
        self.api.patch(("replace", "/uri", GREEN))
        self.assertEqual(self.api.served_uri(), BLUE)
        self.api.deploy("live")
        self.assertEqual(self.api.served_uri(), GREEN)

    def test_an_older_deployment_is_served_again(self) -> None:
        first = self.api.deploy("live")
        self.api.patch(("replace", "/uri", GREEN))
        self.api.deploy("live")
        self.api.patch_stage(("replace", "/deploymentId", first))
        self.assertEqual(self.api.served_uri(), BLUE)

    def test_a_deployment_onto_a_stage_keeps_the_rest_of_it(self) -> None:
        self.api.deploy("live", variables={"a": "1"})
        self.api.patch_stage(("replace", "/variables/b", "2"), ("replace", "/description", "kept"))
        self.api.deploy("live")
        stage = self.api.stage()
        self.assertEqual((stage["variables"], stage["description"]), ({"a": "1", "b": "2"}, "kept"))

    def test_a_deployment_summarizes_its_methods_on_demand(self) -> None:
        wanted = {"restApiId": self.api.id, "deploymentId": self.api.deploy()}
        self.assertNotIn("apiSummary", self.api.aws.get_deployment(**wanted))
        found = self.api.aws.get_deployment(**wanted, embed=["apisummary"])["apiSummary"]
        self.assertEqual(found, {"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}})

    def test_a_method_without_an_integration_is_not_deployed(self) -> None:
        self.api.aws.put_method(**self.api.method | {"httpMethod": "PUT"}, authorizationType="NONE")
        self.refused("BadRequestException", "No integration defined for method", self.api.deploy)

    def test_an_api_without_methods_is_not_deployed(self) -> None:
        bare = self.api.aws.create_rest_api(name=fresh("api"))["id"]
        message = "The REST API doesn't contain any methods"
        self.refused("BadRequestException", message, self.api.aws.create_deployment, restApiId=bare)

    def test_a_deployment_in_use_cannot_be_deleted(self) -> None:
        served = self.api.deploy("live")
        canary = self.api.deploy("live", canarySettings={"percentTraffic": 1.0})
        for deployment in (served, canary):
            wanted = {"restApiId": self.api.id, "deploymentId": deployment}
            message = "Active stages pointing to this deployment must be moved or deleted"
            self.refused("BadRequestException", message, self.api.aws.delete_deployment, **wanted)
        self.api.patch_stage(("remove", "/canarySettings"))
        self.api.deploy("live")
        for deployment in (served, canary):
            self.api.aws.delete_deployment(restApiId=self.api.id, deploymentId=deployment)

    def test_a_deployments_description_can_be_changed(self) -> None:
        wanted = {"restApiId": self.api.id, "deploymentId": self.api.deploy()}
        operations = patches((("replace", "/description", "new"),))
        self.api.aws.update_deployment(**wanted, patchOperations=operations)
        self.assertEqual(self.api.aws.get_deployment(**wanted)["description"], "new")

    def test_an_export_shows_what_a_stage_serves(self) -> None:
        self.api.deploy("live")
        self.api.patch(("replace", "/uri", GREEN))
        wanted = {"restApiId": self.api.id, "stageName": "live", "exportType": "oas30"}
        body = self.api.aws.get_export(**wanted, parameters={"extensions": "integrations"})["body"]
        found = json.load(body)["paths"]["/"]["get"]["x-amazon-apigateway-integration"]
        self.assertEqual((found["uri"], found["type"]), (BLUE, "http_proxy"))
        plain = json.load(self.api.aws.get_export(**wanted)["body"])
        self.assertNotIn("x-amazon-apigateway-integration", plain["paths"]["/"]["get"])
        wanted["exportType"] = "raml"
        self.refused("BadRequestException", "No API exporter for type 'raml'", self.api.aws.get_export, **wanted)


class Canaries(Refused):
    def setUp(self) -> None:
        self.api = Api()
        self.first = self.api.deploy("live", variables={"port": "8080"})
        self.api.patch(("replace", "/uri", GREEN))

    def canary(self, percent: float = 10.0, **settings: Any) -> str:
        return self.api.deploy("live", canarySettings={"percentTraffic": percent} | settings)

    def test_a_canary_leaves_the_stages_deployment_alone(self) -> None:
        second = self.canary()
        stage = self.api.stage()
        settings = {"percentTraffic": 10.0, "deploymentId": second, "stageVariableOverrides": {}, "useStageCache": False}
        self.assertEqual((stage["deploymentId"], stage["canarySettings"]), (self.first, settings))
        served = self.api.served()
        self.assertEqual(served["routes"][0]["integration"]["uri"], BLUE)
        self.assertEqual(served["canary"]["routes"][0]["integration"]["uri"], GREEN)
        self.assertEqual(served["canary"]["percent"], 10.0)

    def test_a_canary_needs_a_stage(self) -> None:
        message = "Stage none must already be created before making a canary release deployment"
        wanted = {"stageName": "none", "canarySettings": {"percentTraffic": 1.0}}
        self.refused("BadRequestException", message, self.api.aws.create_deployment, restApiId=self.api.id, **wanted)

    def test_a_stage_with_a_canary_takes_no_other_deployment(self) -> None:
        self.canary()
        message = "Non canary deployment not supported on stage live because Canary is enabled"
        self.refused("BadRequestException", message, self.api.deploy, "live")
        back = ("replace", "/deploymentId", self.first)
        self.refused("BadRequestException", message, self.api.patch_stage, back)
        self.api.patch_stage(("remove", "/canarySettings"), back)

    def test_a_canarys_settings_are_patched(self) -> None:
        self.canary(stageVariableOverrides={"port": "1"})
        found = self.api.patch_stage(
            ("replace", "/canarySettings/percentTraffic", "50.5"),
            ("replace", "/canarySettings/deploymentId", self.first),
            ("replace", "/canarySettings/stageVariableOverrides/port", "9090"),
            ("replace", "/canarySettings/useStageCache", "true"),
        )["canarySettings"]
        settings = {"percentTraffic": 50.5, "deploymentId": self.first, "useStageCache": True}
        self.assertEqual(found, settings | {"stageVariableOverrides": {"port": "9090"}})
        self.assertEqual(self.api.stage()["deploymentId"], self.first)

    def test_a_percentage_is_within_100(self) -> None:
        self.canary()
        too_much = ("replace", "/canarySettings/percentTraffic", "100.1")
        self.refused("BadRequestException", "Percent traffic", self.api.patch_stage, too_much)
        self.refused("BadRequestException", "Percent traffic", self.canary, 101.0)

    def test_a_canary_is_promoted_by_copies(self) -> None:
        second = self.canary(stageVariableOverrides={"port": "9090"})
        stage = self.api.patch_stage(
            ("replace", "/canarySettings/percentTraffic", "0.0"),
            ("copy", "/variables", "/canarySettings/stageVariableOverrides"),
            ("copy", "/deploymentId", "/canarySettings/deploymentId"),
            ("remove", "/canarySettings"),
        )
        self.assertEqual((stage["deploymentId"], stage["variables"]), (second, {"port": "9090"}))
        self.assertNotIn("canarySettings", self.api.stage())
        self.assertEqual(self.api.served_uri(), GREEN)

    def test_only_a_canary_that_is_there_is_promoted(self) -> None:
        copy = ("copy", "/deploymentId", "/canarySettings/deploymentId")
        self.refused("BadRequestException", "no canary settings", self.api.patch_stage, copy)
        self.canary(stageVariableOverrides={"port": "9090"})
        missing = ("copy", "/variables/host", "/canarySettings/stageVariableOverrides/host")
        self.refused("NotFoundException", "Invalid stage variable override", self.api.patch_stage, missing)
        one = ("copy", "/variables/port", "/canarySettings/stageVariableOverrides/port")
        self.assertEqual(self.api.patch_stage(one)["variables"], {"port": "9090"})

    def test_a_stage_is_made_with_a_canary(self) -> None:
        second = self.api.deploy()
        settings = {"percentTraffic": 5.0, "deploymentId": second}
        made = self.api.aws.create_stage(
            restApiId=self.api.id, stageName="other", deploymentId=self.first, canarySettings=settings
        )
        self.assertEqual((made["deploymentId"], made["canarySettings"]["deploymentId"]), (self.first, second))


class Stages(Refused):
    def setUp(self) -> None:
        self.api = Api()
        self.first = self.api.deploy("live")

    def test_a_stage_points_to_a_deployment_that_exists(self) -> None:
        message = "Deployment id does not exist"
        self.refused("BadRequestException", message, self.api.patch_stage, ("replace", "/deploymentId", "none"))
        wanted = {"restApiId": self.api.id, "stageName": "other", "deploymentId": "none"}
        self.refused("BadRequestException", message, self.api.aws.create_stage, **wanted)

    def test_variables_are_set_removed_and_served(self) -> None:
        self.api.put("http://${stageVariables.backend}/a")
        self.api.deploy("live")
        self.api.patch_stage(("replace", "/variables/backend", "nlb.example:8080"), ("replace", "/variables/b", "1"))
        self.assertEqual(self.api.served_uri(), "http://nlb.example:8080/a")
        self.api.patch_stage(("remove", "/variables/b"))
        self.assertEqual(self.api.stage()["variables"], {"backend": "nlb.example:8080"})

    def test_a_variables_name_and_value_are_of_some_characters_only(self) -> None:
        self.refused("BadRequestException", "name", self.api.patch_stage, ("replace", "/variables/a-b", "x"))
        self.refused("BadRequestException", "", self.api.patch_stage, ("replace", "/variables/a", "${x}"))
        self.refused("BadRequestException", "", self.api.patch_stage, ("replace", "/variables/a", "x" * 513))

    def test_an_unknown_operation_is_refused_and_changes_nothing(self) -> None:
        patch = ("replace", "/variables/a", "1"), ("add", "/variables/b", "2")
        self.refused("BadRequestException", "Invalid patch path", self.api.patch_stage, *patch)
        self.assertEqual(self.api.stage().get("variables"), {})

    def test_other_settings_are_patched_as_before(self) -> None:
        stage = self.api.patch_stage(("replace", "/*/*/throttling/burstLimit", "5"), ("replace", "/description", "a"))
        self.assertEqual((stage["methodSettings"]["*/*"]["throttlingBurstLimit"], stage["description"]), (5, "a"))
        self.assertIn("lastUpdatedDate", stage)

    def test_a_cache_is_flushed(self) -> None:
        self.api.aws.flush_stage_cache(restApiId=self.api.id, stageName="live")
        self.assertEqual(self.api.served()["cache_flushes"], 1)


class Lookups(Refused):
    def setUp(self) -> None:
        self.api = Api()

    def test_what_is_unknown_is_not_found(self) -> None:
        aws, api, method = self.api.aws, {"restApiId": self.api.id}, self.api.method
        for call, message, names in (
            (aws.get_rest_api, "Invalid Rest API Id specified", {"restApiId": "none"}),
            (aws.delete_rest_api, "Invalid Rest API Id specified", {"restApiId": "none"}),
            (aws.get_resource, "Invalid resource identifier", api | {"resourceId": "none"}),
            (aws.get_integration, "Invalid Method identifier", method | {"httpMethod": "PUT"}),
            (aws.update_integration, "Invalid Method identifier", method | {"httpMethod": "PUT"}),
            (aws.get_deployment, "Invalid Deployment identifier", api | {"deploymentId": "none"}),
            (aws.delete_deployment, "Invalid Deployment identifier", api | {"deploymentId": "none"}),
            (aws.update_stage, "Invalid stage identifier", api | {"stageName": "none"}),
            (aws.flush_stage_cache, "Invalid stage identifier", api | {"stageName": "none"}),
            (aws.get_vpc_link, "VPCLink not found", {"vpcLinkId": "none"}),
        ):
            with self.subTest(message):
                self.assertEqual(self.status(self.refused("NotFoundException", message, call, **names)), 404)

    def test_a_method_without_an_integration_has_none(self) -> None:
        names = self.api.method | {"httpMethod": "PUT"}
        self.api.aws.put_method(**names, authorizationType="NONE")
        self.refused("NotFoundException", "No integration defined", self.api.aws.get_integration, **names)

    def test_resources_tell_their_methods_on_demand(self) -> None:
        wanted = {"restApiId": self.api.id}
        self.assertEqual(self.api.aws.get_resources(**wanted)["items"][0]["resourceMethods"], {"GET": {}})
        found = self.api.aws.get_resources(**wanted, embed=["methods"])["items"][0]["resourceMethods"]
        self.assertEqual(found["GET"]["methodIntegration"]["uri"], BLUE)

    def test_lists_come_in_pages(self) -> None:
        for number in range(30):
            self.api.aws.create_resource(restApiId=self.api.id, parentId=self.api.root, pathPart=f"p{number}")
            self.api.deploy()
        for name in ("get_resources", "get_deployments"):
            wanted = {"restApiId": self.api.id}
            self.assertEqual(len(getattr(self.api.aws, name)(**wanted)["items"]), 25)
            pages = self.api.aws.get_paginator(name).paginate(**wanted)
            self.assertGreaterEqual(len({one["id"] for page in pages for one in page["items"]}), 30)
            self.refused("BadRequestException", "position", getattr(self.api.aws, name), **wanted, position="a")

    def test_a_vpc_link_is_changed_and_says_how_it_is(self) -> None:
        made = self.api.aws.create_vpc_link(name="a", targetArns=["arn:aws:elasticloadbalancing:x"])["id"]
        operations = patches((("replace", "/name", "b"),))
        self.assertEqual(self.api.aws.update_vpc_link(vpcLinkId=made, patchOperations=operations)["name"], "b")
        control("vpc_link", {"region": "eu-west-1", "id": made, "status": "PENDING"})
        found = self.api.aws.get_vpc_link(vpcLinkId=made)
        self.assertEqual((found["status"], found["statusMessage"]), ("PENDING", "VPC link is provisioning"))

    def test_apis_and_stages_have_tags(self) -> None:
        self.api.deploy("live")
        for name in (f"/restapis/{self.api.id}", f"/restapis/{self.api.id}/stages/live"):
            arn = f"arn:aws:apigateway:eu-west-1::{name}"
            self.api.aws.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
            self.api.aws.untag_resource(resourceArn=arn, tagKeys=["b"])
            self.assertEqual(self.api.aws.get_tags(resourceArn=arn)["tags"], {"a": "1"})
        arn = "arn:aws:apigateway:eu-west-1::/usageplans/a"
        self.refused("NotFoundException", "Invalid resource", self.api.aws.get_tags, resourceArn=arn)
