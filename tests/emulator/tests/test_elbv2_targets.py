"""Elastic Load Balancing's rules for targets, each by one short test."""

import unittest
from typing import Any

from emulator import client, control, fresh


class Zones(unittest.TestCase):
    def zones(self, target_type: str, *targets: dict[str, Any]) -> dict[str, str | None]:
        elb = client("elbv2")
        made = {"Name": fresh("tg"), "Protocol": "HTTP", "Port": 80, "VpcId": control("network?region=eu-west-1")["vpc"]}
        group = elb.create_target_group(**made, TargetType=target_type)["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=group, Targets=list(targets))
        found = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["Target"].get("AvailabilityZone") for one in found}

    def test_an_address_has_its_subnets_zone(self) -> None:
        subnet = control("network?region=eu-west-1")["subnets"][1]
        found = client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        address = found["CidrBlock"].split("/")[0].rpartition(".")[0] + ".9"
        self.assertEqual(self.zones("ip", {"Id": address}), {address: found["AvailabilityZone"]})

    def test_an_address_keeps_the_zone_it_was_registered_with(self) -> None:
        self.assertEqual(self.zones("ip", {"Id": "10.9.9.9", "AvailabilityZone": "all"}), {"10.9.9.9": "all"})

    def test_an_instance_has_none(self) -> None:
        image = client("ec2").describe_images()["Images"][0]["ImageId"]
        made = client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        self.assertEqual(self.zones("instance", {"Id": made}), {made: None})


class Registrations(unittest.TestCase):
    """What is seen and logged of who comes and goes."""

    def setUp(self) -> None:
        self.elb, network = client("elbv2"), control("network?region=eu-west-1")
        made = {"Name": fresh("tg"), "Protocol": "TCP", "Port": 80, "VpcId": network["vpc"], "TargetType": "ip"}
        self.arn = self.elb.create_target_group(**made)["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elb.create_load_balancer(Name=fresh("nlb"), Type="network", Subnets=network["subnets"])
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="TCP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.arn}],
        )
        self.group = {"TargetGroupArn": self.arn}

    def register(self, *ids: str) -> None:
        self.elb.register_targets(**self.group, Targets=[{"Id": id} for id in ids])

    def states(self) -> dict[str, str]:
        found = self.elb.describe_target_health(**self.group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in found}

    def test_a_new_target_warms_up_for_so_many_looks(self) -> None:
        self.register("10.0.0.1")
        control("warming", {"target_group_arn": self.arn, "polls": 1})
        self.register("10.0.0.1", "10.0.0.2", "10.0.0.3")
        seen = [list(self.states().values()) for _ in range(4)]
        self.assertEqual([states[0] for states in seen], ["healthy"] * 4)
        self.assertEqual([states[1] for states in seen], ["initial"] + ["healthy"] * 3)
        self.assertEqual([states[2] for states in seen], ["initial"] * 3 + ["healthy"])

    def test_a_lagging_reader_sees_who_was_there_before(self) -> None:
        self.register("10.0.0.1")
        control("checked", {"target_group_arn": self.arn, "factor": 1})
        self.elb.deregister_targets(**self.group, Targets=[{"Id": "10.0.0.1"}])
        control("stale_reads", {"access_key": "tests", "milliseconds": 60_000})
        try:
            self.assertEqual(list(self.states()), ["10.0.0.1"])
            self.assertNotIn("draining", self.states().values())
        finally:
            control("calm", {"access_key": "tests"})
        self.assertEqual(self.states(), {"10.0.0.1": "draining"})

    def test_the_log_says_who_was_there_before_and_after(self) -> None:
        self.register("10.0.0.1")
        self.register("10.0.0.2")
        last = next(call for call in reversed(control("calls")["calls"]) if call["handover"])
        stands = last["handover"]["groups"][self.arn]
        before = {"10.0.0.1:80": "healthy"}
        self.assertEqual(stands["before"], {"targets": before, "attached": {}})
        self.assertEqual(stands["after"], {"targets": before | {"10.0.0.2:80": "healthy"}, "attached": {}})
