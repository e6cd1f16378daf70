"""The control endpoints for Route 53."""

from typing import Any

import patches_route53_changes
import patches_route53_health
import patches_route53_propagation
from exchange import Answer, Asked
from moto.core import DEFAULT_ACCOUNT_ID
from moto.route53.models import route53_backends


def backend(wanted: dict[str, Any]) -> Any:
    return route53_backends[wanted.get("account", DEFAULT_ACCOUNT_ID)]["aws"]


def propagation(asked: Asked) -> Answer:
    """Sets how changes spread, in one zone or in every zone without a pace of its own."""
    wanted = asked.json()
    zone = wanted.pop("zone", None)
    one_ttl = wanted.pop("one_ttl", None)
    unknown = set(wanted) - set(patches_route53_propagation.AT_ONCE)
    if unknown:
        return Answer.of({"error": f"no pace called {sorted(unknown)}"}, 400)
    patches_route53_propagation.PACES[zone] = wanted
    if one_ttl is not None and zone:
        (patches_route53_changes.ONE_TTL.add if one_ttl else patches_route53_changes.ONE_TTL.discard)(zone)
    return Answer.of({})


def health_check(asked: Asked) -> Answer:
    """Sets in how many of its eight regions a health check fails."""
    wanted = asked.json()
    check = backend(wanted).health_checks.get(wanted["id"])
    if check is None:
        return Answer.of({"error": f"no health check {wanted['id']}"}, 404)
    patches_route53_health.tell(check, int(wanted["unhealthy_regions"]))
    return Answer.of({})


def answers(asked: Asked) -> Answer:
    """What a zone's name servers answer with: its record sets without the changes that are still PENDING, and which
    health checks are healthy."""
    wanted = asked.arguments()
    known = backend(wanted)
    zone = known.zones.get(wanted["zone"])
    if zone is None:
        return Answer.of({"error": f"no zone {wanted['zone']}"}, 404)
    sets = [record.fields for record in patches_route53_propagation.served(zone)]
    every = known.health_checks
    checks = {name: patches_route53_health.healthy(check, every) for name, check in every.items()}
    return Answer.of({"name": zone.name, "record_sets": sets, "health_checks": checks})


def reset() -> None:
    patches_route53_propagation.PACES.clear()
    patches_route53_changes.ONE_TTL.clear()


ENDPOINTS = {"dns_propagation": propagation, "health_check": health_check, "dns": answers}
