"""CloudWatch: percentiles, trimmed means and metric math. moto crashes on the first, and computes nothing of the last."""

import re
from datetime import timedelta
from typing import Any

import metric_math
from moto.cloudwatch import models
from moto.cloudwatch.exceptions import ValidationError


def install() -> None:
    statistics()
    expressions()


def statistics() -> None:
    """AWS: pNN is the value below which NN percent of the samples lie, tmNN the mean of the lowest NN percent."""
    plain = models.Statistics.get_statistics_for_type

    def get_statistics_for_type(self: Any, stat: str) -> Any:
        found = re.fullmatch(r"(p|tm)(\d{1,2}(?:\.\d+)?|100)", stat)
        values = sorted(self.metric_single_values_list)
        if not found:
            return plain(self, stat)
        if not values:
            return None
        share = float(found[2]) / 100
        if found[1] == "tm":
            kept = values[: max(1, round(len(values) * share))]
            return sum(kept) / len(kept)
        place = (len(values) - 1) * share
        low = int(place)
        high = min(low + 1, len(values) - 1)
        return values[low] + (values[high] - values[low]) * (place - low)

    models.Statistics.get_statistics_for_type = get_statistics_for_type


def expressions() -> None:
    """AWS: an expression may use other queries and other expressions by their ids, whether they are returned or not."""
    plain = models.CloudWatchBackend.get_metric_data

    def get_metric_data(self: Any, queries: list[Any], start_time: Any, end_time: Any, scan_by: Any = None) -> Any:
        maths = [query for query in queries if not query.get("Expression", "SELECT").startswith("SELECT")]
        others = [query | {"ReturnData": True} for query in queries if query not in maths]
        scan_by = scan_by or "TimestampDescending"
        results = {result["id"]: result for result in plain(self, others, start_time, end_time, scan_by)}
        series = {name: dict(zip(one["timestamps"], one["values"])) for name, one in results.items()}
        grids = {
            query["Id"]: grid(start_time, end_time, int(query["MetricStat"]["Period"]))
            for query in others
            if "MetricStat" in query
        }
        for query in maths:
            try:
                value = metric_math.evaluate(query["Expression"], series, grids)
            except metric_math.Unsupported as error:
                raise ValidationError(f"Error in expression '{query['Id']}': {error}") from None
            if not isinstance(value, dict):
                value = {time: float(value) for time in sorted({time for times in grids.values() for time in times})}
            series[query["Id"]] = value
            times = sorted(value, reverse=scan_by == "TimestampDescending")
            results[query["Id"]] = {
                "id": query["Id"],
                "label": query.get("Label") or query["Id"],
                "values": [value[time] for time in times],
                "timestamps": times,
                "status_code": "Complete",
            }
        return [results[query["Id"]] for query in queries if query.get("ReturnData", True)]

    models.CloudWatchBackend.get_metric_data = get_metric_data


def grid(start: Any, end: Any, period: int) -> list[Any]:
    """The times of a metric's values, as moto counts them: from the start, in steps of the period."""
    start = start.replace(microsecond=0)
    count = int((end - start) / timedelta(seconds=period)) + 1
    return [time for time in (start + timedelta(seconds=period * step) for step in range(count)) if time < end]
