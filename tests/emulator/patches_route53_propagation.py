"""Route 53: a change is PENDING until every name server has it. In moto it is INSYNC at once, under one id for all."""

import time
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.route53 import responses
from moto.route53.exceptions import Route53ClientError

# How changes of a zone spread, by the zone's id; under None for all others.
PACES: dict[str | None, dict[str, Any]] = {}
AT_ONCE: dict[str, Any] = {"polls": 0, "milliseconds": 0, "busy_milliseconds": 0, "busy_until_insync": False}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Change:
    def __init__(self, zone_id: str, comment: str | None, sets: list[Any]) -> None:
        pace = AT_ONCE | PACES.get(zone_id, PACES.get(None, {}))
        self.id = "C" + "".join(mock_random.choice(LETTERS) for _ in range(20))
        self.comment = comment
        self.submitted = utcnow()
        self.sets = sets
        self.polls = int(pace["polls"])
        self.insync_at = time.monotonic() + pace["milliseconds"] / 1000
        self.busy_until = time.monotonic() + pace["busy_milliseconds"] / 1000
        self.busy_until_insync = bool(pace["busy_until_insync"])

    def pending(self) -> bool:
        return self.polls > 0 or time.monotonic() < self.insync_at

    def busy(self) -> bool:
        return time.monotonic() < self.busy_until or (self.busy_until_insync and self.pending())

    def told(self) -> dict[str, Any]:
        status = "PENDING" if self.pending() else "INSYNC"
        return {"Id": f"/change/{self.id}", "Status": status, "SubmittedAt": self.submitted, "Comment": self.comment}


def install() -> None:
    change_resource_record_sets()
    zones()
    responses.Route53.get_change = get_change


def changes(backend: Any) -> dict[str, Change]:
    return backend.__dict__.setdefault("known_changes", {})


def enter(backend: Any, zone: Any, comment: str | None = None) -> dict[str, Any]:
    """Takes a zone's new state into the books, and says what AWS says of a change just made."""
    change = Change(zone.resource_id, comment, zone.rrsets)
    changes(backend)[change.id] = change
    history(zone).append(change)
    return change.told()


def history(zone: Any) -> list[Change]:
    return zone.__dict__.setdefault("change_history", [])


def served(zone: Any) -> list[Any]:
    """The record sets with which AWS's name servers answer: those of the newest change that has reached them."""
    known = history(zone)
    spread = [number for number, change in enumerate(known) if not change.pending()]
    return known[spread[-1]].sets if spread else []


def change_resource_record_sets() -> None:
    """AWS: every change has an id of its own, and a zone that is busy with a change takes no other."""

    def respond(self: Any) -> ActionResult:
        zone_id = self._get_param("HostedZoneId")
        zone = self.backend.get_hosted_zone(zone_id)
        if any(change.busy() for change in history(zone)):
            raise Route53ClientError(
                "PriorRequestNotComplete",
                "The request was rejected because Route 53 was still processing a prior request.",
            )
        self.backend.change_resource_record_sets(zone_id, self._get_param("ChangeBatch.Changes") or [])
        return ActionResult({"ChangeInfo": enter(self.backend, zone, self._get_param("ChangeBatch.Comment"))})

    responses.Route53.change_resource_record_sets = respond


def zones() -> None:
    """AWS: making a zone and giving it up are changes too, which can be waited for."""
    creation, deletion = responses.Route53.create_hosted_zone, responses.Route53.delete_hosted_zone

    def create_hosted_zone(self: Any) -> ActionResult:
        made = creation(self)
        made.result["ChangeInfo"] = enter(self.backend, made.result["HostedZone"])
        return made

    def delete_hosted_zone(self: Any) -> ActionResult:
        zone = self.backend.get_hosted_zone(self._get_param("Id"))
        gone = deletion(self)
        gone.result["ChangeInfo"] = enter(self.backend, zone)
        return gone

    responses.Route53.create_hosted_zone = create_hosted_zone
    responses.Route53.delete_hosted_zone = delete_hosted_zone


def get_change(self: Any) -> ActionResult:
    """AWS: an id that no change has is an error."""
    change_id = self._get_param("Id").removeprefix("/change/")
    change = changes(self.backend).get(change_id)
    if change is None:
        raise Route53ClientError("NoSuchChange", f"Could not find resource with ID: {change_id}")
    told = change.told()
    change.polls -= 1
    return ActionResult({"ChangeInfo": told})
