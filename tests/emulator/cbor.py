"""CBOR as the rpc-v2-cbor protocol uses it, by way of botocore's own reader and writer."""

from typing import Any

from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

READER = RpcV2CBORParser()
WRITER = RpcV2CBORSerializer()


def decode(body: bytes) -> Any:
    if not body:
        return {}
    return READER.parse_data_item(READER.get_peekable_stream_from_bytes(body))


def encode(value: Any, shape: Any) -> bytes:
    """Writes a value as its shape in the service's model says; timestamps need that."""
    out = bytearray()
    WRITER._serialize_data_item(out, value, shape)
    return bytes(out)


def encode_error(code: str, message: str) -> bytes:
    """Writes a map of two texts."""
    out = bytearray([0xA2])
    for text in ("__type", code, "message", message):
        raw = text.encode()
        out += (bytes([0x60 | len(raw)]) if len(raw) < 24 else bytes([0x79]) + len(raw).to_bytes(2, "big")) + raw
    return bytes(out)
