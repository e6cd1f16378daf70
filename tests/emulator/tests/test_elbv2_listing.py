"""Elastic Load Balancing's rules for listings, each by one short test."""

import unittest

from emulator import client, control, fresh


class Pages(unittest.TestCase):
    def setUp(self) -> None:
        control("page_limit", {"access_key": "tests", "limit": 2})
        self.addCleanup(control, "page_limit", {"access_key": "tests", "limit": 400})

    def test_target_groups_come_in_pages_of_the_keys_own_limit(self) -> None:
        elb, vpc = client("elbv2"), control("network?region=eu-west-1")["vpc"]
        made = [
            elb.create_target_group(Name=fresh("tg"), Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
            for _ in range(3)
        ]
        arns = [group["TargetGroupArn"] for group in made]
        first = elb.describe_target_groups(TargetGroupArns=arns)
        self.assertEqual(len(first["TargetGroups"]), 2)
        rest = elb.describe_target_groups(TargetGroupArns=arns, Marker=first["NextMarker"])
        self.assertEqual((len(rest["TargetGroups"]), rest.get("NextMarker")), (1, None))
