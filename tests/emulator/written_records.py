"""The record sets that calls write: which groups of them, and what each group answers with."""

import xml.etree.ElementTree as ElementTree
from typing import Any

import record_sets
from exchange import AwsCall
from moto.core import DEFAULT_ACCOUNT_ID
from moto.route53.models import route53_backends

SPACE = "{https://route53.amazonaws.com/doc/2013-04-01/}"


def zone(call: AwsCall) -> Any | None:
    """The zone that a call writes, if it is one that writes records."""
    if call.service != "route53" or call.action != "ChangeResourceRecordSets":
        return None
    zone_id = call.parameters["path"].rstrip("/").split("/")[-2]
    return route53_backends[DEFAULT_ACCOUNT_ID]["aws"].zones.get(zone_id)


def groups(call: AwsCall, written: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The groups that a batch names, each a name and a type: the weight and the answer of each of their sets now, by set
    identifier. A simple set has none, and no weight."""
    try:
        batch = ElementTree.fromstring(call.parameters["body"])
    except ElementTree.ParseError:
        return {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for named in batch.iter(f"{SPACE}ResourceRecordSet"):
        name, kind = (named.findtext(f"{SPACE}{part}", "") for part in ("Name", "Type"))
        found[f"{record_sets.dotted(name)} {kind}"] = {}
    for record in written.rrsets:
        group = found.get(f"{record.name} {record.type}")
        if group is not None:
            group[record.set_identifier or ""] = {"weight": record.fields.get("Weight"), "answer": answer(record)}
    return found


def answer(record: Any) -> str:
    alias = record.fields.get("AliasTarget")
    return str(alias["DNSName"]) if alias else ", ".join(record.fields["ResourceRecords"])
