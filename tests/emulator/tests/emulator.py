"""One emulator for all the tests of a run, and what they ask it."""

import atexit
import functools
import itertools
import json
import pathlib
import subprocess
import sys
import unittest
import urllib.error
import urllib.request
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

LAUNCHER = pathlib.Path(__file__).parent.parent / "launcher.py"
NUMBERS = itertools.count(1)


@functools.cache
def endpoint() -> str:
    # Its standard input is the leash: when it closes, the emulator ends.
    running = subprocess.Popen([sys.executable, LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end() -> None:
        running.stdin.close()
        running.wait()
        running.stdout.close()

    atexit.register(end)
    return f"http://127.0.0.1:{json.loads(running.stdout.readline())['port']}"


@functools.cache
def client(service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
    return boto3.client(service, region_name="eu-west-1", endpoint_url=endpoint(), config=config, **keys)


def control(name: str, body: Any = None) -> Any:
    """Asks a control endpoint; what it refuses comes back as its error."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"{endpoint()}/_ctl/{name}", data) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def fresh(stem: str) -> str:
    """A name that no other test has."""
    return f"{stem}{next(NUMBERS)}"


class Refused(unittest.TestCase):
    """A test that can say what AWS refuses, and how."""

    def refused(self, code: str, message: str, call: Any, *arguments: Any, **parameters: Any) -> ClientError:
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], code, error)
        self.assertIn(message, error["Message"])
        return caught.exception

    def status(self, error: ClientError) -> int:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
