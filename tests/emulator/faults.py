"""Faults on order: at the n-th call from now of an action and the k calls after it, or by chance from a seed."""

import random
import threading
from fnmatch import fnmatchcase
from typing import Any

from exchange import AwsCall

KINDS = ("throttle", "unavailable", "reset", "delay", "lose_reply", "hold_before", "hold_after")


class Faults:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.orders: list[dict[str, Any]] = []
        self.chances: dict[str, Chances] = {}

    def order(self, order: dict[str, Any]) -> None:
        known(order["kind"])
        with self.lock:
            self.orders.append({"after": 0, "count": 1, "access_key": None, "milliseconds": 0} | order)

    def leave_to_chance(self, order: dict[str, Any]) -> None:
        for kind in order["rates"]:
            known(kind)
        with self.lock:
            self.chances[order["access_key"]] = Chances(order)

    def strike(self, call: AwsCall) -> dict[str, Any] | None:
        """The fault that hits this call, if any. Every call that an order is about counts, hit or not."""
        with self.lock:
            for order in self.orders:
                if not fnmatchcase(call.action, order["action"]) or order["access_key"] not in (None, call.access_key):
                    continue
                if order["after"] > 0:
                    order["after"] -= 1
                elif order["count"] > 0:
                    order["count"] -= 1
                    return order
            chances = self.chances.get(call.access_key)
            return chances.strike(call.action) if chances else None

    def calm(self, access_key: str) -> None:
        with self.lock:
            self.orders = [order for order in self.orders if order["access_key"] != access_key]
            self.chances.pop(access_key, None)

    def clear(self) -> None:
        with self.lock:
            self.orders.clear()
            self.chances.clear()


class Chances:
    """What hits the calls of one access key.

    The n-th call of an action meets the same fate with the same seed, whatever calls of other actions come between.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self.seed = order["seed"]
        self.rates: dict[str, float] = order["rates"]
        self.milliseconds = order.get("milliseconds", 0)
        self.counts: dict[str, int] = {}

    def strike(self, action: str) -> dict[str, Any] | None:
        number = self.counts[action] = self.counts.get(action, 0) + 1
        drawn = random.Random(f"{self.seed}/{action}/{number}").random()
        for kind in sorted(self.rates):
            drawn -= self.rates[kind]
            if drawn < 0:
                return {"kind": kind, "milliseconds": self.milliseconds}
        return None


def known(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind}")
