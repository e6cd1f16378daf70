"""Who signed a call. moto sees only access keys of 20 characters, and takes all others for one and the same."""

import re

from moto.core.responses import BaseResponse


def install() -> None:
    """AWS: a signature names its key before the first slash, `Credential=KEY/DATE/...`, whatever its length."""
    BaseResponse.access_key_regex = re.compile(r"Credential=(?P<access_key>[^/,\s]+)/")
