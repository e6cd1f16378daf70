"""ELBv2: listeners as AWS makes them, their certificates and their attributes."""

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2 import models, responses
from moto.elbv2.exceptions import DuplicateListenerError, ValidationError
from patches_elbv2_listing import listener_of, page

SECURE = ("HTTPS", "TLS")


def install() -> None:
    create()
    certificates()
    attributes()


def create() -> None:
    """AWS: a create is idempotent: with the same settings it succeeds again, with others the port is taken."""
    plain = responses.ELBV2Response.create_listener

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        sent = copy.deepcopy({key: value for key, value in params.items() if key not in ("Action", "Version")})
        balancer = self.elbv2_backend.load_balancers.get(params["LoadBalancerArn"])
        for known in balancer.listeners.values() if balancer else ():
            if str(known.port) == str(params.get("Port")):
                if known.__dict__.get("sent") == sent:
                    return ActionResult({"Listeners": [known]})
                raise DuplicateListenerError()
        made = plain(self)
        listener = next(known for known in balancer.listeners.values() if str(known.port) == str(params.get("Port")))
        listener.sent = sent
        if listener.protocol not in SECURE:
            listener.ssl_policy = None
        listener.attributes = usual(balancer, listener)
        return made

    responses.ELBV2Response.create_listener = respond


def certificates() -> None:
    """AWS: a listener shows its default certificate alone; its list has them all, in pages, and each once."""
    transformers = responses.ELBV2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER
    for answer in ("CreateListener", "DescribeListeners", "ModifyListener"):
        key = f"{answer}Output.Listeners.Listener.Certificates"
        transformers[key] = lambda arns: [{"CertificateArn": arn} for arn in arns[:1]] or None

    def respond(self: Any) -> ActionResult:
        params = self._get_params()
        listener = listener_of(self.elbv2_backend, params["ListenerArn"])
        listed = [{"CertificateArn": arn, "IsDefault": not nth} for nth, arn in enumerate(listener.certificates)]
        found, marker = page(listed, params, self.get_access_key())
        return ActionResult({"Certificates": found, "NextMarker": marker})

    responses.ELBV2Response.describe_listener_certificates = respond
    plain = models.ELBv2Backend.add_listener_certificates

    def add_listener_certificates(self: Any, arn: str, certificates: list[dict[str, Any]]) -> Any:
        known = listener_of(self, arn).certificates
        return plain(self, arn, [one for one in certificates if one["CertificateArn"] not in known])

    models.ELBv2Backend.add_listener_certificates = add_listener_certificates


def usual(balancer: Any, listener: Any) -> dict[str, str]:
    """AWS: a network load balancer's listeners have the idle timeout of TCP."""
    return {"tcp.idle_timeout.seconds": "350"} if balancer.type == "network" and "TCP" in listener.protocol else {}


def attributes() -> None:
    """AWS: only attributes that a listener of its kind has are taken, within their range."""
    plain = models.ELBv2Backend.modify_listener_attributes

    def modify_listener_attributes(self: Any, listener_arn: str, attrs: list[dict[str, str]]) -> Any:
        listener = listener_of(self, listener_arn)
        balancer = self.load_balancers[listener.load_balancer_arn]
        for pair in attrs:
            if balancer.type == "network" and pair["Key"] not in usual(balancer, listener):
                raise ValidationError(f"Listener attribute key '{pair['Key']}' is not recognized")
            if pair["Key"] == "tcp.idle_timeout.seconds" and not 60 <= int(pair["Value"]) <= 6000:
                raise ValidationError(f"'{pair['Value']}' must be between '60-6000'")
        return plain(self, listener_arn, attrs)

    models.ELBv2Backend.modify_listener_attributes = modify_listener_attributes
