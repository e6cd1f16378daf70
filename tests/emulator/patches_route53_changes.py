"""Route 53: a change batch is valid as a whole, or changes nothing. moto stops midway, and matches keys loosely."""

import ipaddress
from typing import Any

import record_sets
from moto.route53 import models
from moto.route53.exceptions import InvalidInput, NoSuchHealthCheck, Route53ClientError

# Zones whose weighted groups must have one TTL. AWS's own messages say that it refuses others, its documents do not.
ONE_TTL: set[str] = set()


def install() -> None:
    new_zones()
    models.Route53Backend.change_resource_record_sets = change_resource_record_sets


def new_zones() -> None:
    """AWS: a zone's own NS and SOA sets are like any others. moto keeps the SOA's value as a dictionary."""
    plain = models.Route53Backend.create_hosted_zone

    def create_hosted_zone(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        zone = plain(self, record_sets.dotted(name), *args, **kwargs)
        zone.rrsets = [
            record_sets.kept({"Name": zone.name, "Type": kind, "TTL": ttl, "ResourceRecords": values})
            for kind, ttl, values in (
                ("NS", 172800, [{"Value": f"{server}."} for server in zone.delegation_set.name_servers]),
                ("SOA", 900, zone.rrsets[1].records),
            )
        ]
        return zone

    models.Route53Backend.create_hosted_zone = create_hosted_zone


def change_resource_record_sets(self: Any, zone_id: str, changes: list[dict[str, Any]]) -> None:
    zone = self.get_hosted_zone(zone_id)
    if not changes:
        raise InvalidInput("Invalid request: Expected at least one change")
    for number, change in enumerate(changes, 1):
        well_formed(number, change)
    for change in changes:
        check = change["ResourceRecordSet"].get("HealthCheckId")
        if check and change["Action"] != "DELETE" and check not in self.health_checks:
            raise NoSuchHealthCheck(check)
    zone.rrsets = after(zone, changes)


def well_formed(number: int, change: dict[str, Any]) -> None:
    """AWS: what a change has to carry; what is wrong with it alone is InvalidInput, not InvalidChangeBatch."""
    fields = {name: value for name, value in (change.get("ResourceRecordSet") or {}).items() if value is not None}
    action = change.get("Action")
    where = (
        f"in Change with [Action={action}, Name={fields.get('Name')}, Type={fields.get('Type')}, "
        f"SetIdentifier={fields.get('SetIdentifier', 'null')}]"
    )
    if action not in ("CREATE", "DELETE", "UPSERT"):
        raise InvalidInput(f"Invalid XML ; the action '{action}' is not one of [CREATE, DELETE, UPSERT]")
    for name, top in (("Weight", 255), ("TTL", 2147483647)):
        if not 0 <= fields.get(name, 0) <= top:
            bound = "less than or equal to " + str(top) if fields[name] > top else "greater than or equal to 0"
            member = f"changeBatch.changes.{number}.member.resourceRecordSet.{name[0].lower() + name[1:]}"
            raise InvalidInput(
                f"1 validation error detected: Value '{fields[name]}' at '{member}' failed to satisfy constraint: "
                f"Member must have value {bound}"
            )
    if not 1 <= len(fields.get("SetIdentifier", "-")) <= 128:
        raise InvalidInput("1 validation error detected: SetIdentifier must have length between 1 and 128")
    given = [
        "AliasTarget" in fields,
        "TTL" in fields and bool(fields.get("ResourceRecords")),
        "TrafficPolicyInstanceId" in fields,
    ]
    if sum(given) != 1 or (given[0] and ("TTL" in fields or fields.get("ResourceRecords"))):
        count = "more than one" if sum(given) else "none"
        choice = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]"
        raise InvalidInput(f"Invalid request: Expected exactly one of {choice}, but found {count} {where}")
    policies = [name for name in record_sets.POLICIES if name in fields]
    if policies and "SetIdentifier" not in fields:
        raise InvalidInput(f"Invalid request: Missing field 'SetIdentifier' {where}")
    if len(policies) > 1 or (not policies and "SetIdentifier" in fields):
        count = "more than one" if policies else "none"
        choice = ", ".join(record_sets.POLICIES)
        raise InvalidInput(f"Invalid request: Expected exactly one of [{choice}], but found {count} {where}")


def after(zone: Any, changes: list[dict[str, Any]]) -> list[models.RecordSet]:
    """AWS: the record sets after the whole batch. Whatever is wrong in it is told at once, and then nothing changes."""
    sets = {record_sets.key(record): record for record in zone.rrsets}
    wrong = quotas(changes)
    seen: dict[Any, list[str]] = {}
    for change in changes:
        action, record = change["Action"], record_sets.kept(change["ResourceRecordSet"])
        actions = seen.setdefault(record_sets.key(record), [])
        actions.append(action)
        if len(actions) > 1 and actions != ["DELETE", "CREATE"]:
            wrong.append(
                "The request contains an invalid set of changes for a resource record set "
                f"'{record.type} {record.name}'"
            )
            continue
        bad = refused(zone, sets, action, record)
        if bad:
            wrong.append(bad)
        elif action == "DELETE":
            del sets[record_sets.key(record)]
        else:
            sets[record_sets.key(record)] = record
    wrong += uneven(zone, sets, changes)
    if wrong:
        raise Route53ClientError("InvalidChangeBatch", f"[{', '.join(wrong)}]")
    return list(sets.values())


def quotas(changes: list[dict[str, Any]]) -> list[str]:
    """AWS: at most 1000 values in a batch, and 32000 characters in them; an UPSERT's count twice."""
    values = [
        record["Value"]
        for change in changes
        for record in (change["ResourceRecordSet"].get("ResourceRecords") or []) * (1 + (change["Action"] == "UPSERT"))
    ]
    wrong = ["Number of records limit of 1000 exceeded."] if len(values) > 1000 else []
    if sum(len(value) for value in values) > 32000:
        wrong.append("Number of value characters limit of 32000 exceeded.")
    return wrong


def refused(zone: Any, sets: dict[Any, Any], action: str, record: models.RecordSet) -> str | None:
    """What AWS has against one change of a batch, given the record sets that the changes before it leave."""
    if not f".{record.name}".endswith(f".{zone.name}"):
        return f"RRSet with DNS name {record.name} is not permitted in zone {zone.name}"
    illegal = illegal_value(record) if action != "DELETE" else None
    if illegal:
        return illegal
    before = sets.get(record_sets.key(record))
    identifier = f", set-identifier='{record.set_identifier}'" if record.set_identifier else ""
    described = f"[name='{record.name}', type='{record.type}'{identifier}]"
    if action == "DELETE":
        if before is None:
            return f"Tried to delete resource record set {described} but it was not found"
        if before.fields != record.fields:
            return (
                f"Tried to delete resource record set {described} but the values provided do not match "
                "the current values"
            )
        if record.name == zone.name and record.type in ("NS", "SOA"):
            count = "at least one NS" if record.type == "NS" else "exactly one SOA"
            return f"A HostedZone must contain {count} record for the zone itself."
        return None
    if action == "CREATE" and before is not None:
        return f"Tried to create resource record set {described} but it already exists"
    return beside(zone, sets, record)


def illegal_value(record: models.RecordSet) -> str | None:
    """AWS: the values of A and AAAA records are addresses."""
    parse = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}.get(record.type)
    for value in record.fields["ResourceRecords"]:
        try:
            if parse:
                parse(value)
        except ValueError:
            kind = "ARRDATAIllegalIPv4Address" if record.type == "A" else "AAAARRDATAIllegalIPv6Address"
            return f"Invalid Resource Record: 'FATAL problem: {kind} encountered with '{value}''"
    return None


def beside(zone: Any, sets: dict[Any, Any], record: models.RecordSet) -> str | None:
    """AWS: what may stand beside what: one policy under a name and type, a simple set alone, and so a CNAME."""
    others = [other for key, other in sets.items() if other.name == record.name and key != record_sets.key(record)]
    same = [other for other in others if other.type == record.type]
    policy = record_sets.policy(record)
    if same and policy is None:
        return (
            f"RRSet with DNS name {record.name}, type {record.type} cannot be created as other RRSets exist with "
            "the same name and type."
        )
    if any(record_sets.policy(other) != policy for other in same):
        return (
            f"RRSet with DNS name {record.name}, type {record.type}, SetIdentifier {record.set_identifier} cannot be "
            f"created as a non-{record_sets.POLICIES[str(policy)]} set exists with the same name and type."
        )
    if policy == "Weight" and len(same) >= 100:
        return f"RRSet with DNS name {record.name}, type {record.type} cannot have more than 100 weighted sets."
    if record.type == "CNAME" and record.name == zone.name:
        return f"RRSet of type CNAME with DNS name {record.name} is not permitted at apex in zone {zone.name}"
    if record.type == "CNAME" and any(other.type != "CNAME" for other in others):
        return (
            f"RRSet of type CNAME with DNS name {record.name} is not permitted as it conflicts with other records "
            f"with the same DNS name in zone {zone.name}"
        )
    if record.type != "CNAME" and any(other.type == "CNAME" for other in others):
        return (
            f"RRSet of type {record.type} with DNS name {record.name} is not permitted because a conflicting RRSet "
            f"of type CNAME with the same DNS name already exists in zone {zone.name}"
        )
    return None


def uneven(zone: Any, sets: dict[Any, Any], changes: list[dict[str, Any]]) -> list[str]:
    """The groups that a batch leaves with more than one TTL, where that is to be refused."""
    if zone.resource_id not in ONE_TTL:
        return []
    wrong = []
    for change in changes:
        record = record_sets.kept(change["ResourceRecordSet"])
        group = [other for other in sets.values() if (other.name, other.type) == (record.name, record.type)]
        if record_sets.policy(record) == "Weight" and len({other.ttl for other in group if other.ttl is not None}) > 1:
            wrong.append(
                f"RRSet with DNS name {record.name} and type {record.type}, SetIdentifier {record.set_identifier} "
                "cannot be created as weighted sets must contain the same TTL."
            )
    return wrong
