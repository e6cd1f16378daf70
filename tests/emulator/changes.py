"""A count of the changes made to load balancers, or to APIs, for whoever follows them to wait on."""

import threading


class Changes:
    def __init__(self) -> None:
        self.count = 0
        self.condition = threading.Condition()

    def made(self) -> None:
        with self.condition:
            self.count += 1
            self.condition.notify_all()

    def after(self, seen: int, seconds: float) -> int:
        """The count, once it is beyond `seen` or the time is over."""
        with self.condition:
            self.condition.wait_for(lambda: self.count > seen, seconds)
            return self.count
