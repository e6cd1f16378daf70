"""What a data plane of API Gateway's is told, and when."""

import threading
import unittest
from typing import Any

from emulator import client, control, fresh
from test_apigateway import BLUE, GREEN, Api
from test_apigatewayv2 import Api as HttpApi

NLB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/nlb/1"


def told(stages: str, seen: int | None = None, wait: int = 0) -> dict[str, Any]:
    newer = "" if seen is None else f"&seen={seen}&wait={wait}"
    return control(f"stages?region=eu-west-1&stages={stages}{newer}")


def followed_uri(api: Api) -> str:
    return told(f"{api.id}:live")["stages"][0]["routes"][0]["integration"]["uri"]


class FollowedStages(unittest.TestCase):
    def test_stages_come_in_the_order_in_which_they_are_asked_for(self) -> None:
        rest, http = Api(), HttpApi()
        rest.deploy("live")
        http.make(AutoDeploy=True)
        first, gone, second = told(f"{http.id}:$default,{rest.id}:later,{rest.id}:live")["stages"]
        self.assertEqual((first["kind"], gone, second["kind"]), ("http", None, "rest"))
        self.assertEqual(second, rest.served())

    def test_a_link_leads_to_its_balancers_and_one_of_the_second_version_to_none(self) -> None:
        first = client("apigateway").create_vpc_link(name=fresh("link"), targetArns=[NLB])["id"]
        second = client("apigatewayv2").create_vpc_link(Name=fresh("link"), SubnetIds=["subnet-1"])["VpcLinkId"]
        before = told("a:b")
        self.assertEqual(before["links"][first], {"status": "AVAILABLE", "balancers": [NLB]})
        self.assertEqual(before["links"][second], {"status": "AVAILABLE", "balancers": []})
        control("vpc_link", {"region": "eu-west-1", "id": first, "status": "FAILED"})
        after = told("a:b", before["version"])
        self.assertEqual(after["links"][first]["status"], "FAILED")
        self.assertGreater(after["version"], before["version"], "who follows is to look again")

    def test_a_look_waits_for_a_change_and_no_longer_than_it_may(self) -> None:
        api = Api()
        api.deploy("live")
        before = told(f"{api.id}:live")
        self.assertEqual(told(f"{api.id}:live", before["version"], 50), before)
        found: list[dict[str, Any]] = []
        looks = threading.Thread(target=lambda: found.append(told(f"{api.id}:live", before["version"], 20_000)))
        looks.start()
        api.patch_stage(("replace", "/variables/port", "9090"))
        looks.join(10)
        self.assertEqual(found[0]["stages"][0]["variables"], {"port": "9090"})

    def test_an_edit_is_told_with_its_deployment(self) -> None:
        api = Api()
        api.deploy("live")
        api.patch(("replace", "/uri", GREEN))
        self.assertEqual(followed_uri(api), BLUE)
        api.deploy("live")
        self.assertEqual(followed_uri(api), GREEN)

    def test_a_deployment_that_becomes_deployed_by_being_polled_is_told(self) -> None:
        api = HttpApi()
        api.make()
        control("http_deployments", {"api": api.id, "polls": 1})
        deployment = api.deploy(StageName="$default")
        before = told(f"{api.id}:$default")
        self.assertIsNone(before["stages"][0]["deployment"])
        api.status(deployment)
        after = told(f"{api.id}:$default", before["version"], 10_000)
        self.assertEqual(after["stages"][0]["deployment"], deployment)
        self.assertGreater(after["version"], before["version"], "who follows is to look again")
