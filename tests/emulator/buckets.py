"""AWS's own limits: buckets of tokens for the calls of an account in a region, for whoever asks to be held to them.

AWS counts by account. Tests share one, and keep apart by access key; so each key has buckets of its own here.
"""

import threading
import time
from fnmatch import fnmatchcase
from typing import Any

from exchange import AwsCall

# Elastic Load Balancing user guide, API throttling: calls that change nothing share a bucket of 40 that regains 10 a
# second. It names no size for the others; these are the rates that the AWS Load Balancer Controller keeps to.
SIZES = (
    ("elasticloadbalancing", "Describe*", 40, 10),
    ("elasticloadbalancing", "*egisterTargets", 20, 4),
    ("elasticloadbalancing", "*", 20, 3),
)


class Bucket:
    def __init__(self, size: float, rate: float, now: float) -> None:
        self.size = size
        self.rate = rate
        self.tokens = float(size)
        self.at = now

    def take(self, now: float) -> bool:
        """Takes a token, where there is one. A call that is refused takes none."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Buckets:
    def __init__(self, clock: Any = time.monotonic) -> None:
        self.lock = threading.Lock()
        self.clock = clock
        self.kept: dict[str, dict[Any, Bucket]] = {}

    def keep(self, access_key: str) -> None:
        with self.lock:
            self.kept[access_key] = {}

    def refuses(self, call: AwsCall) -> bool:
        with self.lock:
            buckets = self.kept.get(call.access_key)
            sizes = next((size for size in SIZES if size[0] == call.service and fnmatchcase(call.action, size[1])), None)
            if buckets is None or sizes is None:
                return False
            now = self.clock()
            bucket = buckets.setdefault((call.region, sizes), Bucket(sizes[2], sizes[3], now))
            return not bucket.take(now)

    def calm(self, access_key: str) -> None:
        with self.lock:
            self.kept.pop(access_key, None)

    def clear(self) -> None:
        with self.lock:
            self.kept.clear()
