"""Faults on order: for one action, and where asked one access key, at the n-th call from now and the k calls after."""

import threading
from typing import Any

from exchange import AwsCall

KINDS = ("throttle", "unavailable", "reset", "delay", "lose_reply")


class Faults:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.orders: list[dict[str, Any]] = []

    def order(self, order: dict[str, Any]) -> None:
        if order["kind"] not in KINDS:
            raise ValueError(f"unknown fault {order['kind']}")
        with self.lock:
            self.orders.append({"after": 0, "count": 1, "access_key": None, "milliseconds": 0} | order)

    def strike(self, call: AwsCall) -> dict[str, Any] | None:
        """The fault that hits this call, if any. Every call that an order is about counts, hit or not."""
        with self.lock:
            for order in self.orders:
                if order["action"] != call.action or order["access_key"] not in (None, call.access_key):
                    continue
                if order["after"] > 0:
                    order["after"] -= 1
                elif order["count"] > 0:
                    order["count"] -= 1
                    return order
        return None

    def clear(self) -> None:
        with self.lock:
            self.orders.clear()
