"""An error as each of AWS's protocols writes it."""

import uuid
from xml.sax.saxutils import escape

import cbor
from exchange import Answer, AwsCall


def answer(call: AwsCall, status: int, code: str, message: str) -> Answer:
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if call.protocol == "cbor":
        headers |= {
            "Content-Type": "application/cbor",
            "smithy-protocol": "rpc-v2-cbor",
            "x-amzn-query-error": f"{code};{'Sender' if status < 500 else 'Receiver'}",
        }
        return Answer(status, headers, cbor.encode_error(code, message))
    if call.protocol in ("json", "rest-json"):
        headers |= {"Content-Type": "application/x-amz-json-1.0", "x-amzn-ErrorType": code}
        return Answer(status, headers, Answer.of({"__type": code, "message": message}).body)
    body = (
        "<ErrorResponse><Error>"
        f"<Type>{'Sender' if status < 500 else 'Receiver'}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
        f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return Answer(status, headers | {"Content-Type": "text/xml"}, body.encode())


def throttled(call: AwsCall) -> Answer:
    """AWS: most services throttle with 400 and `Throttling`, API Gateway with a code of its own and 429."""
    if call.service == "apigateway":
        return answer(call, 429, "TooManyRequestsException", "Too Many Requests")
    return answer(call, 400, "Throttling", "Rate exceeded")
