"""Clusters in EKS whose API servers a test serves itself."""

import base64

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
