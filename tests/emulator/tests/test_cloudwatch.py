"""CloudWatch's statistics and metric math, each by one short test."""

from datetime import datetime, timedelta, timezone
from typing import Any

from emulator import Refused, client, fresh

END = datetime.now(timezone.utc).replace(second=0, microsecond=0)


class Metrics(Refused):
    def setUp(self) -> None:
        self.namespace = fresh("Namespace")

    def put(self, name: str, minutes_ago: int, *values: float) -> None:
        at = END - timedelta(minutes=minutes_ago)
        data = [{"MetricName": name, "Timestamp": at, "Value": value} for value in values]
        client("cloudwatch").put_metric_data(Namespace=self.namespace, MetricData=data)

    def query(self, name: str, stat: str = "Sum", shown: bool = False) -> dict[str, Any]:
        metric = {"Namespace": self.namespace, "MetricName": name}
        return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}, "ReturnData": shown}

    def ask(self, *queries: dict[str, Any], minutes: int = 3) -> dict[str, list[float]]:
        span = {"StartTime": END - timedelta(minutes=minutes), "EndTime": END, "ScanBy": "TimestampAscending"}
        found = client("cloudwatch").get_metric_data(MetricDataQueries=list(queries), **span)["MetricDataResults"]
        return {one["Id"]: one["Values"] for one in found}

    def test_percentiles_and_trimmed_means(self) -> None:
        self.put("m", 1, *range(1, 102))
        for stat, value in (("p90", 91.0), ("p99.9", 100.9), ("p50", 51.0), ("tm50", 25.5)):
            self.assertAlmostEqual(self.ask(self.query("m", stat, True))["m"][0], value)

    def test_expressions_use_queries_and_each_other(self) -> None:
        self.put("m", 3, 1)
        self.put("m", 2, 3)
        self.put("n", 2, 4)
        ratio = {"Id": "ratio", "Expression": "100*m/n", "ReturnData": False}
        self.assertEqual(
            self.ask(self.query("m"), self.query("n"), ratio, {"Id": "e", "Expression": "ratio + 1"}), {"e": [76.0]}
        )

    def test_a_series_is_filled_even_where_it_is_empty(self) -> None:
        self.put("m", 2, 3)
        found = self.ask(self.query("m"), self.query("none"), {"Id": "e", "Expression": "FILL(m, 0) + FILL(none, 1)"})
        self.assertEqual(found, {"e": [1.0, 4.0, 1.0]})

    def test_series_are_summed_compared_and_chosen(self) -> None:
        self.put("m", 2, 3)
        self.put("n", 2, 4)
        queries = self.query("m"), self.query("n")
        for expression, value in (("SUM([m, n])", 7.0), ("MAX(METRICS())", 4.0), ("IF(m > 2, 1, 0)", 1.0), ("-m", -3.0)):
            self.assertEqual(self.ask(*queries, {"Id": "e", "Expression": expression}), {"e": [value]})

    def test_a_division_by_zero_is_no_value(self) -> None:
        self.put("m", 2, 0)
        self.assertEqual(self.ask(self.query("m"), {"Id": "e", "Expression": "1/m"}), {"e": []})

    def test_an_unknown_function_is_refused(self) -> None:
        self.refused("ValidationError", "", self.ask, self.query("m"), {"Id": "e", "Expression": "ANOMALY(m)"})
