"""Route 53: record sets are listed in AWS's order, in pages that can end within a weighted group."""

from typing import Any

import record_sets
from moto.core.responses import ActionResult
from moto.route53 import responses
from moto.route53.exceptions import InvalidInput
from patches_elbv2_listing import LIMITS


def install() -> None:
    responses.Route53.list_resource_record_sets = list_resource_record_sets


def list_resource_record_sets(self: Any) -> ActionResult:
    """AWS: at most 300 in a page; a page starts at a name, a type and a set identifier, each only with those before."""
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    name, kind = self._get_param("StartRecordName"), self._get_param("StartRecordType")
    identifier = self._get_param("StartRecordIdentifier")
    if (kind and not name) or (identifier and not kind):
        raise InvalidInput("The input is not valid")
    asked = self._get_int_param("MaxItems", 300)
    if asked < 1:
        raise InvalidInput("1 validation error detected: MaxItems must be greater than or equal to 1")
    size = min(asked, 300, LIMITS.get(self.get_access_key(), 300))
    found = sorted(zone.rrsets, key=lambda record: record_sets.place(*record_sets.key(record)))
    if name:
        start = record_sets.place(name, kind or "", identifier)
        found = [record for record in found if record_sets.place(*record_sets.key(record)) >= start]
    following = found[size] if len(found) > size else None
    result = {"ResourceRecordSets": found[:size], "IsTruncated": following is not None, "MaxItems": min(asked, 300)}
    if following:
        result |= {"NextRecordName": following.name, "NextRecordType": following.type}
        result["NextRecordIdentifier"] = following.set_identifier
    return ActionResult(result)
