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
