"""Calls that are held, before or after they take effect, until they are released or their client has gone."""

import threading
from collections.abc import Callable
from typing import Any

from exchange import ConnectionLost

# Between two looks at whether the client is still there.
LOOK = 0.01


class Holds:
    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.held: list[dict[str, Any]] = []
        self.released: set[int] = set()

    def hold(self, entry: dict[str, Any], gone: Callable[[], bool]) -> None:
        """Returns once the call is released. A client that goes first takes its call with it."""
        with self.condition:
            self.held.append(entry)
            try:
                while entry["number"] not in self.released:
                    if gone():
                        raise ConnectionLost
                    self.condition.wait(LOOK)
                self.released.discard(entry["number"])
            finally:
                self.held.remove(entry)

    def of(self, access_key: str) -> list[int]:
        """The numbers of the calls that are being held."""
        with self.condition:
            return [entry["number"] for entry in self.held if entry["access_key"] == access_key]

    def release(self, access_key: str) -> None:
        with self.condition:
            self.released.update(entry["number"] for entry in self.held if entry["access_key"] == access_key)
            self.condition.notify_all()
