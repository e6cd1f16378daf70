"""Sees every call done, and writes beside it what was true when a route, records, targets or an API were written: the
weights before and after, and the healthy targets on each side. What a write was worth can be told from the log alone."""

import threading
from collections.abc import Callable
from typing import Any

import written_apis
import written_records
import written_routes
import written_targets
from exchange import Answer, AwsCall
from stale_reads import StaleReads


class Witness:
    def __init__(self, turn: threading.RLock) -> None:
        self.turn = turn
        self.stale_reads = StaleReads()
        self.effects = 0

    def see(self, call: AwsCall, entry: dict[str, Any], ask: Callable[[], Answer]) -> Answer:
        with self.turn:
            if (zone := written_records.zone(call)) is not None:
                return self.see_batch(call, entry, zone, ask)
            if (api := written_apis.named(call)) is not None:
                return self.see_api(call, entry, api, ask)
            if groups := written_targets.named(call):
                return self.see_targets(call, entry, groups, ask)
            arn = written_routes.named(call)
            route = written_routes.find(call, arn) if arn else None
            if arn is None or route is None:
                with self.stale_reads.shown_to(call):
                    return ask()
            before = written_routes.actions(route)
            weights = written_routes.weights(before)
            healthy = written_routes.healthy(call, weights)
            answer = ask()
            if answer.status < 400:
                self.effects += 1
                after = written_routes.weights(written_routes.actions(route))
                entry["effect"] = {"order": self.effects, "before": weights, "after": after, "healthy": healthy}
                self.stale_reads.wrote(arn, before)
            return answer

    def see_batch(self, call: AwsCall, entry: dict[str, Any], zone: Any, ask: Callable[[], Answer]) -> Answer:
        before = written_records.groups(call, zone)
        answer = ask()
        if answer.status < 400:
            self.effects += 1
            after = written_records.groups(call, zone)
            groups = {name: {"before": before[name], "after": after[name]} for name in after}
            entry["batch"] = {"order": self.effects, "groups": groups}
        return answer

    def see_targets(self, call: AwsCall, entry: dict[str, Any], groups: dict[str, Any], ask: Callable[[], Answer]) -> Answer:
        before = written_targets.stand(call, groups)
        for arn, group in groups.items():
            self.stale_reads.registers(arn, group)
        answer = ask()
        if answer.status < 400:
            self.effects += 1
            after = written_targets.stand(call, groups)
            stands = {arn: {"before": before[arn], "after": after[arn]} for arn in groups}
            entry["handover"] = {"order": self.effects, "groups": stands}
        return answer

    def see_api(self, call: AwsCall, entry: dict[str, Any], api: str, ask: Callable[[], Answer]) -> Answer:
        before, digest = written_apis.weights(call, api), written_apis.digest(call, api)
        answer = ask()
        if answer.status < 400:
            self.effects += 1
            after = written_apis.weights(call, api)
            entry["effect"] = {
                "order": self.effects,
                "before": before,
                "after": after,
                "healthy": written_apis.healthy(call, before.keys() | after.keys()),
                "whole": [digest, written_apis.digest(call, api)],
            }
        return answer
