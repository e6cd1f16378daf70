"""The call log: every call to AWS, in the order in which they arrived."""

import threading
import time
from typing import Any

from exchange import AwsCall


class Calls:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.log: list[dict[str, Any]] = []

    def arrived(self, call: AwsCall) -> dict[str, Any]:
        with self.lock:
            entry = {
                "number": len(self.log) + 1,
                "service": call.service,
                "action": call.action,
                "region": call.region,
                "access_key": call.access_key,
                "parameters": plain(call.parameters),
                "at": time.time(),
                "status": None,
                "code": None,
                "fault": None,
                "seconds": None,
                "effect": None,
                "batch": None,
                "handover": None,
            }
            self.log.append(entry)
            return entry

    def since(self, number: int, access_key: str | None) -> list[dict[str, Any]]:
        with self.lock:
            return [entry for entry in self.log[number:] if access_key in (None, entry["access_key"])]

    def clear(self) -> None:
        with self.lock:
            self.log.clear()


def plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    return str(value)
