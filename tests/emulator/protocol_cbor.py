"""CloudWatch's first protocol is rpc-v2-cbor, which moto does not speak: turns such a call into its JSON twin."""

import json
import uuid
from datetime import datetime
from typing import Any, Callable

import aws_error
import botocore.session
import cbor
from exchange import Answer, Asked, AwsCall

SERVICES = {"monitoring": "cloudwatch"}
MODELS: dict[str, Any] = {}


def answer(call: AwsCall, ask_moto: Callable[[Asked], Answer]) -> Answer:
    name = SERVICES.get(call.service)
    if name is None:
        raise NotImplementedError
    if name not in MODELS:
        MODELS[name] = botocore.session.get_session().get_service_model(name)
    model = MODELS[name]
    authorization = f"AWS4-HMAC-SHA256 Credential={call.access_key}/20260101/{call.region}/{call.service}/aws4_request, "
    headers = {
        "authorization": authorization + "SignedHeaders=host, Signature=none",
        "content-type": f"application/x-amz-json-{model.metadata['jsonVersion']}",
        "x-amz-target": f"{model.metadata['targetPrefix']}.{call.action}",
        "host": "127.0.0.1",
    }
    twin = ask_moto(Asked("POST", "/", headers, json.dumps(call.parameters, default=moment).encode()))
    value = json.loads(twin.body or b"{}")
    if twin.status >= 400:
        code = str(value.get("__type", "InternalFailure")).rsplit("#", 1)[-1]
        return aws_error.answer(call, twin.status, code, value.get("message") or value.get("Message") or "")
    shape = model.operation_model(call.action).output_shape
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": str(uuid.uuid4()),
    }
    return Answer(200, headers, cbor.encode(known(value, shape), shape) if shape else b"\xa0")


def moment(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"no JSON for {value!r}")


def known(value: Any, shape: Any) -> Any:
    """The value without nulls and without members that the service's model does not have."""
    if shape.type_name == "structure":
        members = shape.members
        return {k: known(v, members[k]) for k, v in value.items() if v is not None and k in members}
    if shape.type_name == "list":
        return [known(item, shape.member) for item in value]
    if shape.type_name in ("double", "float"):
        return float(value)
    return value
