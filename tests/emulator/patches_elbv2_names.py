"""ELBv2: names and ARNs as AWS gives them. moto makes every load balancer an `app/`, and takes any name twice."""

import hashlib
from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import DuplicateListenerError, DuplicateLoadBalancerName

KIND = {"network": "net", "gateway": "gwy"}


def install() -> None:
    load_balancer_arns()
    listener_ports()
    default_rule_arns()


def load_balancer_arns() -> None:
    """AWS: the ARN of a network load balancer has `net/`, and a name is taken once in an account and region."""
    plain = models.ELBv2Backend.create_load_balancer

    def create_load_balancer(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        if any(known.name == name for known in self.load_balancers.values()):
            raise DuplicateLoadBalancerName()
        made = plain(self, name, *args, **kwargs)
        if made.type in KIND:
            del self.load_balancers[made.arn]
            tags = self.tagging_service.get_tag_dict_for_resource(made.arn)
            self.tagging_service.delete_all_tags_for_resource(made.arn)
            made.arn = made.arn.replace(":loadbalancer/app/", f":loadbalancer/{KIND[made.type]}/")
            self.load_balancers[made.arn] = made
            self.tagging_service.tag_resource(made.arn, [{"Key": k, "Value": v} for k, v in tags.items()])
        return made

    models.ELBv2Backend.create_load_balancer = create_load_balancer


def listener_ports() -> None:
    """AWS: a port of a load balancer has one listener."""
    plain = models.ELBv2Backend.create_listener

    def create_listener(self: Any, load_balancer_arn: str, protocol: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        balancer = self.load_balancers.get(load_balancer_arn)
        if balancer and any(str(known.port) == str(port) for known in balancer.listeners.values()):
            raise DuplicateListenerError()
        return plain(self, load_balancer_arn, protocol, port, *args, **kwargs)

    models.ELBv2Backend.create_listener = create_listener


def default_rule_arns() -> None:
    """AWS: the default rule's ARN stays the same. moto puts a memory address into it."""
    plain = models.FakeRule.__init__

    def init(self: Any, listener_arn: str, *args: Any, **kwargs: Any) -> None:
        plain(self, listener_arn, *args, **kwargs)
        ending = hashlib.sha256(listener_arn.encode()).hexdigest()[:16]
        self.arn = f"{listener_arn.replace(':listener/', ':listener-rule/')}/{ending}"

    models.FakeRule.__init__ = init
