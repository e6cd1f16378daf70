"""A request, its answer, and what the front reads out of a request to AWS."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import cbor
import rest_operations

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


class ConnectionLost(Exception):
    """The connection is to be reset instead of answered."""


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    # Whether whoever asked has hung up.
    gone: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query = parts.query

    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    def arguments(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @staticmethod
    def of(value: Any, status: int = 200) -> "Answer":
        return Answer(status, {"Content-Type": "application/json"}, json.dumps(value).encode())


@dataclass
class AwsCall:
    """Which operation of which service a request asks for, and by whom."""

    service: str
    action: str
    region: str
    access_key: str
    protocol: str
    parameters: Any

    @staticmethod
    def of(asked: Asked) -> "AwsCall":
        found = CREDENTIAL.search(asked.headers.get("authorization", ""))
        access_key, region, service = found.groups() if found else ("", "us-east-1", "")
        if asked.headers.get("smithy-protocol") == "rpc-v2-cbor":
            action = asked.path.rsplit("/", 1)[-1]
            return AwsCall(service, action, region, access_key, "cbor", cbor.decode(asked.body))
        target = asked.headers.get("x-amz-target", "")
        if target:
            return AwsCall(service, target.rsplit(".", 1)[-1], region, access_key, "json", asked.json())
        if asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
            return AwsCall(service, form.pop("Action", ""), region, access_key, "query", form)
        parameters = {"path": asked.path, "query": asked.arguments(), "body": asked.body.decode(errors="replace")}
        named = rest_operations.named(service, asked.method, asked.path, asked.query)
        action, protocol = named or (f"{asked.method} {asked.path}", "rest-json")
        return AwsCall(service, action, region, access_key, protocol, parameters)
