"""Stands in for the validator of OpenAPI documents that moto's API Gateway imports, and which would bring ten more.

Only an import of a document that is to fail on warnings asks for it, which is then answered as not implemented.
"""

import sys
import types

STEM = "openapi_spec_validator"


class OpenAPIValidationError(Exception):
    pass


def validate(document: object) -> None:
    raise NotImplementedError


def install() -> None:
    modules = {name: types.ModuleType(name) for name in (STEM, f"{STEM}.validation", f"{STEM}.validation.exceptions")}
    modules[STEM].__dict__["validate"] = validate
    modules[f"{STEM}.validation.exceptions"].__dict__["OpenAPIValidationError"] = OpenAPIValidationError
    sys.modules.update(modules)
