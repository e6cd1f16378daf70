"""What every request passes first: the control endpoints, the call log, the faults, then moto."""

import io
import sys
import threading
import time
import traceback

import aws_error
import control
import described_rules
import protocol_cbor
from buckets import Buckets
from calls import Calls
from changes import Changes
from exchange import Answer, Asked, AwsCall, ConnectionLost
from faults import Faults
from holds import Holds
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from permissions import Permissions
from witness import Witness


class Front:
    def __init__(self) -> None:
        self.calls = Calls()
        self.faults = Faults()
        self.changes = Changes()
        self.api_changes = Changes()
        self.buckets = Buckets()
        self.holds = Holds()
        self.permissions = Permissions()
        # moto's models are plain dictionaries: one call at a time, so that each is whole.
        self.turn = threading.RLock()
        self.witness = Witness(self.turn)
        self.moto = DomainDispatcherApplication(create_backend_app)

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/_ctl/"):
            return control.answer(self, asked)
        call = AwsCall.of(asked)
        entry = self.calls.arrived(call)
        began = time.perf_counter()
        fault = {"kind": "bucket"} if self.buckets.refuses(call) else self.faults.strike(call)
        kind = fault["kind"] if fault else None
        entry["fault"] = kind
        try:
            if kind == "reset":
                raise ConnectionLost
            if (refusal := self.permissions.refusal(call)) is not None:
                answer = refusal
            elif kind in ("throttle", "bucket"):
                answer = aws_error.throttled(call)
            elif kind == "unavailable":
                answer = aws_error.answer(call, 503, "ServiceUnavailable", "The service is unavailable. Try again later.")
            else:
                if kind == "delay":
                    time.sleep(fault["milliseconds"] / 1000)
                if kind == "hold_before":
                    self.holds.hold(entry, asked.gone)
                answer = self.witness.see(call, entry, lambda: self.ask(asked, call))
            entry["status"] = answer.status
            entry["code"] = code_of(answer)
            if kind == "lose_reply":
                raise ConnectionLost
            if kind == "hold_after":
                self.holds.hold(entry, asked.gone)
            return answer
        finally:
            entry["seconds"] = time.perf_counter() - began

    def ask(self, asked: Asked, call: AwsCall) -> Answer:
        try:
            with self.turn:
                if call.service == "elasticloadbalancing" and call.action == "DescribeRules":
                    return described_rules.answer(call)
                if call.protocol == "cbor":
                    return protocol_cbor.answer(call, lambda request: self.ask_moto(request))
                return known(self.ask_moto(asked))
        except NotImplementedError:
            return aws_error.answer(call, 501, "NotImplemented", f"the emulator has no {call.service} {call.action}")
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return aws_error.answer(call, 500, "InternalFailure", f"the emulator failed: {error!r}")
        finally:
            if call.service == "elasticloadbalancing" and not call.action.startswith("Describe"):
                self.changes.made()
            if call.service == "apigateway":
                # Reads too: an HTTP API's deployment goes from PENDING to DEPLOYED as it is polled.
                self.api_changes.made()

    def ask_moto(self, asked: Asked) -> Answer:
        environ = {
            "REQUEST_METHOD": asked.method,
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "CONTENT_TYPE": asked.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(asked.body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in asked.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        answer = Answer(500)

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            answer.status = int(status.split()[0])
            answer.headers = {
                name: value for name, value in headers if name.lower() not in ("content-length", "connection")
            }

        parts = self.moto(environ, start_response)
        try:
            answer.body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return answer


def known(answer: Answer) -> Answer:
    """The answer, unless it is the page or the silence with which moto's web framework meets a path it lacks."""
    if answer.status in (404, 405) and (not answer.body or answer.body[:9].lower() == b"<!doctype"):
        raise NotImplementedError
    return answer


def code_of(answer: Answer) -> str | None:
    """The error code of an answer, for the log."""
    if answer.status < 400:
        return None
    text = answer.body.decode(errors="replace")
    if "<Code>" in text:
        return text.split("<Code>", 1)[1].split("</Code>", 1)[0]
    headers = {name.lower(): value for name, value in answer.headers.items()}
    told = headers.get("x-amzn-query-error", "").split(";")[0] or headers.get("x-amzn-errortype")
    return told or text[:200]
