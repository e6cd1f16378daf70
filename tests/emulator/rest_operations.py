"""Which operation a request to a REST service asks for: only its method, path and query say so."""

import functools
import re
from typing import Any
from urllib.parse import parse_qsl

import botocore.session

# The services behind a signing name, the one with the narrower paths first.
SERVICES = {"route53": ("route53",), "apigateway": ("apigatewayv2", "apigateway"), "eks": ("eks",)}


def named(service: str, method: str, path: str, query: str) -> tuple[str, str] | None:
    """The operation's name and its protocol, where the service has such an operation."""
    arguments = dict(parse_qsl(query, keep_blank_values=True))
    for name, protocol, asked, pattern, required in patterns(service):
        if asked == method and pattern.fullmatch(path.rstrip("/")) and required.items() <= arguments.items():
            return name, protocol
    return None


@functools.cache
def patterns(service: str) -> list[tuple[str, str, str, re.Pattern[str], dict[str, str]]]:
    """Every operation's pattern, those with more fixed text first."""
    found: list[tuple[int, Any]] = []
    for name in SERVICES.get(service, ()):
        model = botocore.session.get_session().get_service_model(name)
        for operation in model.operation_names:
            http = model.operation_model(operation).http
            path, _, query = http["requestUri"].partition("?")
            fixed = re.sub(r"\{[^}]*\}", "", path) + query
            pattern = re.compile("".join(piece(part) for part in re.split(r"(\{[^}]*\})", path.rstrip("/"))))
            entry = (operation, model.metadata["protocol"], http["method"], pattern, dict(parse_qsl(query)))
            found.append((len(fixed), entry))
    return [entry for _, entry in sorted(found, key=lambda item: -item[0])]


def piece(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"
