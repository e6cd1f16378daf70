"""API Gateway: patch operations, by which a REST API's objects are updated."""

from typing import Any, NoReturn

from moto.apigateway.exceptions import BadRequestException

OPERATIONS = ("add", "copy", "move", "remove", "replace", "test")


class Operation:
    def __init__(self, fields: dict[str, Any]) -> None:
        self.op = fields.get("op")
        self.path = fields.get("path") or ""
        self.value = fields.get("value")
        self.source = fields.get("from")
        if self.op not in OPERATIONS:
            raise BadRequestException(f"Invalid patch operation specified. Must be one of: [{', '.join(OPERATIONS)}]")

    def parts(self) -> list[str]:
        """AWS: in a path, `~1` is a slash within a name, and `~0` a tilde."""
        return [part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")[1:]]

    def refuse(self, *paths: str) -> NoReturn:
        choice = f"Must be one of: [{', '.join(paths)}]" if paths else "Please choose supported operations"
        raise BadRequestException(f"Invalid patch path  '{self.path}' specified for op '{self.op}'. {choice}")

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise BadRequestException(
                f"Invalid patch value  '{self.value}' specified for op '{self.op}'. Must be a string"
            )
        return self.value

    def number(self) -> float:
        try:
            return float(self.text())
        except ValueError:
            raise BadRequestException(f"Invalid number '{self.value}' for '{self.path}'") from None

    def flag(self) -> bool:
        if self.text().lower() not in ("true", "false"):
            raise BadRequestException(f"Invalid boolean '{self.value}' for '{self.path}'")
        return self.text().lower() == "true"


def of(fields: list[dict[str, Any]] | None) -> list[Operation]:
    return [Operation(operation) for operation in fields or []]
