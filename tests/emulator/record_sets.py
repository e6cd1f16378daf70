"""Route 53: record sets in the form in which AWS keeps them, compares them and puts them in order."""

import re
from typing import Any

from moto.route53 import models

# What makes a set one of several under one name and type, and how AWS's messages call it.
POLICIES = {
    "Weight": "weighted",
    "Region": "latency",
    "Failover": "failover",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "CidrRoutingConfig": "cidr",
    "MultiValueAnswer": "multivalue answer",
}
# moto forgets these three.
KEPT = {
    "GeoProximityLocation": "geo_proximity_location",
    "CidrRoutingConfig": "cidr_routing_config",
    "TrafficPolicyInstanceId": "traffic_policy_instance_id",
}


def dotted(name: str) -> str:
    """AWS: names are lower case, end in a dot, and have an octal escape for what is not a-z, 0-9, `-`, `_` or a dot."""
    pieces = re.findall(r"\\[0-7]{3}|.", name.lower(), re.DOTALL)
    escaped = [piece if re.fullmatch(r"\\[0-7]{3}|[a-z0-9._-]", piece) else f"\\{ord(piece):03o}" for piece in pieces]
    return "".join(escaped).rstrip(".") + "."


def kept(fields: dict[str, Any]) -> models.RecordSet:
    """A record set of moto's, from the fields of a change."""
    fields = {name: value for name, value in fields.items() if value is not None}
    fields["Name"] = dotted(fields["Name"])
    if "AliasTarget" in fields:
        fields["AliasTarget"] = fields["AliasTarget"] | {"DNSName": dotted(fields["AliasTarget"]["DNSName"])}
    values = [record["Value"] for record in fields.get("ResourceRecords") or []]
    made = models.RecordSet(fields | {"ResourceRecords": values, "TTL": fields.get("TTL")})
    for field, attribute in KEPT.items():
        setattr(made, attribute, fields.get(field))
    made.fields = fields | {"ResourceRecords": sorted(values)}
    return made


def key(record: models.RecordSet) -> tuple[str, str, str | None]:
    return record.name, str(record.type), record.set_identifier


def policy(record: models.RecordSet) -> str | None:
    return next((policy for policy in POLICIES if policy in record.fields), None)


def place(name: str, kind: str = "", identifier: str | None = None) -> tuple[str, str, str]:
    """AWS: the order is that of the names with their labels reversed, the last dot included; then type, then set."""
    plain = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), dotted(name))
    return ".".join(reversed(plain[:-1].split("."))) + ".", kind, identifier or ""
