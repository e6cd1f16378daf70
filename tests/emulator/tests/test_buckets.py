"""AWS's buckets, on a clock that the test turns."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from buckets import Buckets  # noqa: E402
from exchange import AwsCall  # noqa: E402


def call(action: str, key: str = "key", region: str = "eu-west-1", service: str = "elasticloadbalancing") -> AwsCall:
    return AwsCall(service, action, region, key, "query", {})


class Refusals(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 1000.0
        self.buckets = Buckets(lambda: self.now)
        self.buckets.keep("key")

    def taken(self, action: str, times: int, **whose: str) -> int:
        return sum(not self.buckets.refuses(call(action, **whose)) for _ in range(times))

    def test_each_kind_of_call_has_its_size_and_its_rate(self) -> None:
        for action, size, rate in (("DescribeRules", 40, 10), ("ModifyRule", 20, 3), ("RegisterTargets", 20, 4)):
            self.assertEqual(self.taken(action, 100), size, action)
            self.now += 2
            self.assertEqual(self.taken(action, 100), 2 * rate, action)

    def test_calls_of_a_kind_share_a_bucket_and_a_rest_fills_it_no_further_than_its_size(self) -> None:
        self.assertEqual(self.taken("ModifyRule", 15), 15)
        self.assertEqual(self.taken("ModifyListener", 15), 5)
        self.now += 3600
        self.assertEqual(self.taken("ModifyRule", 100), 20)

    def test_a_refused_call_takes_nothing(self) -> None:
        self.taken("ModifyRule", 1000)
        self.now += 1 / 3 + 0.001
        self.assertEqual(self.taken("ModifyRule", 10), 1)

    def test_regions_and_keys_are_counted_apart_and_only_those_that_asked(self) -> None:
        self.assertEqual(self.taken("ModifyRule", 30), 20)
        self.assertEqual(self.taken("ModifyRule", 30, region="us-east-1"), 20)
        self.assertEqual(self.taken("ModifyRule", 30, key="other"), 30)
        self.assertEqual(self.taken("GetMetricData", 100, service="monitoring"), 100)
        self.buckets.calm("key")
        self.assertEqual(self.taken("ModifyRule", 30), 30)


if __name__ == "__main__":
    unittest.main()
