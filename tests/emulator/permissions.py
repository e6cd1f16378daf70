"""What access keys may do, for those that a test gave a policy; whoever has none may do everything."""

import threading
from typing import Any

import aws_error
from exchange import Answer, AwsCall

# IAM's prefix of a service's actions, where it is not the name that calls are signed for.
PREFIXES = {"monitoring": "cloudwatch"}
# IAM, sts:GetCallerIdentity: no permission is required. Taking a role on is a matter of the provider's configuration.
FREE = ("sts:GetCallerIdentity", "sts:AssumeRole")


# IAM: actions of API Gateway's control plane are the verbs of HTTP.
VERBS = {"Get": "GET", "Export": "GET", "Create": "POST", "Put": "PUT", "Update": "PATCH", "Delete": "DELETE"}


def iam_action(service: str, action: str) -> str:
    """The action in IAM that an operation of a service, by its signing name, needs."""
    if service == "apigateway":
        verbs = [verb for start, verb in VERBS.items() if action.startswith(start)]
        return f"apigateway:{verbs[0] if verbs else action}"
    return f"{PREFIXES.get(service, service)}:{action}"


def needed(calls: list[dict[str, Any]]) -> list[str]:
    """The actions that calls of the log need, each once."""
    return sorted({iam_action(call["service"], call["action"]) for call in calls} - set(FREE))


class Permissions:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.allowed: dict[str, frozenset[str]] = {}

    def allow(self, access_key: str, actions: list[str]) -> None:
        with self.lock:
            self.allowed[access_key] = frozenset(actions)

    def refusal(self, call: AwsCall) -> Answer | None:
        """AWS: HTTP 403, AccessDenied, naming who may not do what."""
        with self.lock:
            allowed = self.allowed.get(call.access_key)
        action = iam_action(call.service, call.action)
        if allowed is None or action in allowed or action in FREE:
            return None
        who = f"arn:aws:iam::123456789012:user/{call.access_key}"
        return aws_error.answer(call, 403, "AccessDenied", f"User: {who} is not authorized to perform: {action}")
