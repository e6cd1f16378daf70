"""EKS: clusters whose API servers a test serves itself, and the tags of node groups."""

import base64
import unittest
from typing import Any

from emulator import Refused, client, control, fresh


class Clusters(Refused):
    def test_a_cluster_is_where_the_test_says(self) -> None:
        name = fresh("cluster")
        self.refused("ResourceNotFoundException", name, client("eks").describe_cluster, name=name)
        made = {"region": "eu-west-1", "name": name, "url": "https://127.0.0.1:1", "authority": "PEM"}
        self.assertEqual(control("cluster", made), {})
        found = client("eks").describe_cluster(name=name)["cluster"]
        self.assertEqual(found["endpoint"], "https://127.0.0.1:1")
        self.assertEqual(base64.b64decode(found["certificateAuthority"]["data"]), b"PEM")
        self.assertEqual(found["status"], "ACTIVE")


def group() -> tuple[Any, str, dict[str, str]]:
    """A node group with one tag: the client, its ARN, and its name."""
    eks, name = client("eks"), fresh("cluster")
    role = "arn:aws:iam::123456789012:role/nodes"
    eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]})
    names = {"clusterName": name, "nodegroupName": "blue"}
    made = eks.create_nodegroup(**names, subnets=["subnet-1"], nodeRole=role, tags={"team": "shop"})
    return eks, made["nodegroup"]["nodegroupArn"], names


def tags(eks: Any, names: dict[str, str]) -> dict[str, str]:
    return eks.describe_nodegroup(**names)["nodegroup"]["tags"]


class Tags(Refused):
    def test_are_added_to_those_of_a_node_group(self) -> None:
        eks, arn, names = group()
        eks.tag_resource(resourceArn=arn, tags={"sizes": "min=1 max=2"})
        self.assertEqual(tags(eks, names), {"team": "shop", "sizes": "min=1 max=2"})

    def test_are_taken_off_a_node_group(self) -> None:
        eks, arn, names = group()
        eks.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(tags(eks, names), {})

    def test_are_not_set_on_what_is_not_there(self) -> None:
        eks, arn, _ = group()
        with self.assertRaises(Exception) as caught:
            eks.tag_resource(resourceArn=arn + "0", tags={"team": "shop"})
        self.assertIn("not found", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
