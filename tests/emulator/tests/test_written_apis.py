"""What the log says of a call that writes an API."""

import unittest
from typing import Any

from emulator import client, control, fresh
from test_apigateway import BLUE, GREEN, Api


def effects(api: Api) -> list[dict[str, Any]]:
    calls = control("calls")["calls"]
    return [call["effect"] for call in calls if call["effect"] and f"/{api.id}/" in call["parameters"]["path"]]


class WrittenApis(unittest.TestCase):
    def setUp(self) -> None:
        self.api = Api()
        self.api.deploy("live")

    def test_an_edit_moves_nothing_and_changes_something(self) -> None:
        self.api.patch(("replace", "/uri", GREEN))
        [edit] = effects(self.api)
        self.assertEqual((edit["before"], edit["after"]), ({BLUE: 1000}, {BLUE: 1000}))
        self.assertNotEqual(*edit["whole"])

    def test_a_canary_moves_its_part_and_a_second_deployment_of_the_same_changes_nothing(self) -> None:
        self.api.patch(("replace", "/uri", GREEN))
        for _ in range(2):
            self.api.deploy("live", canarySettings={"percentTraffic": 10.5})
        _, canary, again = effects(self.api)
        self.assertEqual(canary["after"], {BLUE: 895, GREEN: 105})
        self.assertNotEqual(*canary["whole"])
        self.assertEqual(*again["whole"])

    def test_a_port_behind_a_link_is_its_listener_and_has_its_targets(self) -> None:
        elb = client("elbv2")
        vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = elb.create_target_group(Name=fresh("group"), Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]
        made = elb.create_load_balancer(Name=fresh("nlb"), Type="network", Subnets=[subnet])
        balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
        forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}]
        listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=8080, DefaultActions=forward)
        arn = listener["Listeners"][0]["ListenerArn"]
        link = client("apigateway").create_vpc_link(name=fresh("link"), targetArns=[balancer])["id"]
        self.api.put("http://a.example:8080/", connectionType="VPC_LINK", connectionId=link)
        self.api.deploy("live")
        [deployed] = effects(self.api)
        self.assertEqual((deployed["after"], deployed["healthy"]), ({arn: 1000}, {arn: 0, BLUE: 0}))
