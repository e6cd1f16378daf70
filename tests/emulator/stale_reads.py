"""Reads that lag behind writes: for a while after a write, whoever asked for it sees what was there before."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import written_routes
from exchange import AwsCall

# Where a target group keeps its targets, and those that drain.
TARGETS = ("targets", "leaving")


class StaleReads:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        # When a route was last written, and its actions before that. Actions are replaced whole, never edited in place.
        self.past: dict[str, tuple[float, list[Any]]] = {}
        # When the targets of a target group were last written, and what they were before that.
        self.targets: dict[str, tuple[float, Any, dict[str, Any]]] = {}

    def lag(self, access_key: str, milliseconds: int) -> None:
        self.seconds[access_key] = milliseconds / 1000

    def wrote(self, arn: str, before: list[Any]) -> None:
        self.past[arn] = (time.monotonic(), before)

    def registers(self, arn: str, group: Any) -> None:
        past = {name: dict(group.__dict__.get(name, {})) for name in TARGETS}
        self.targets[arn] = (time.monotonic(), group, past)

    @contextmanager
    def shown_to(self, call: AwsCall) -> Iterator[None]:
        seconds = self.seconds.get(call.access_key, 0)
        if seconds and call.action == "DescribeTargetHealth":
            with self.past_targets(call.parameters["TargetGroupArn"], seconds):
                yield
            return
        if not seconds or call.action not in ("DescribeRules", "DescribeListeners"):
            yield
            return
        since = time.monotonic() - seconds
        routes = {arn: written_routes.find(call, arn) for arn, (at, _) in self.past.items() if at > since}
        present = {arn: written_routes.actions(route) for arn, route in routes.items() if route}
        for arn in present:
            written_routes.replace(routes[arn], self.past[arn][1])
        try:
            yield
        finally:
            for arn, actions in present.items():
                written_routes.replace(routes[arn], actions)

    @contextmanager
    def past_targets(self, arn: str, seconds: float) -> Iterator[None]:
        at, group, past = self.targets.get(arn, (0.0, None, {}))
        if at <= time.monotonic() - seconds:
            yield
            return
        present = {name: group.__dict__.get(name, {}) for name in TARGETS}
        group.__dict__.update({name: dict(kept) for name, kept in past.items()})
        try:
            yield
        finally:
            group.__dict__.update(present)

    def calm(self, access_key: str) -> None:
        self.seconds.pop(access_key, None)

    def clear(self) -> None:
        self.seconds.clear()
        self.past.clear()
        self.targets.clear()
