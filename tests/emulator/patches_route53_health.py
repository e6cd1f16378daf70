"""Route 53: health checks, as their checkers in eight regions see them. In moto every one succeeds."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.route53 import models, responses
from moto.route53.exceptions import InvalidInput

REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)
SUCCESS = "Success: HTTP Status Code 200, OK"
FAILURE = "Failure: Connection timed out. The endpoint or the internet connection is down, or requests are blocked."


def install() -> None:
    alarms()
    responses.Route53.get_health_check_status = get_health_check_status


def tell(check: Any, unhealthy_regions: int) -> None:
    """Has so many of a check's eight regions see a failure."""
    check.unhealthy_regions = unhealthy_regions


def healthy(check: Any, checks: dict[str, Any]) -> bool:
    """AWS: what more than 18 % of the checkers find healthy is healthy. A calculated check is if enough of those are
    that it counts; one that is disabled always is; and one that is inverted says the opposite of all this."""
    if check.disabled:
        found = True
    elif check.type_ == "CALCULATED":
        counted = [healthy(checks[child], checks) for child in check.children or () if child in checks]
        found = sum(counted) >= int(check.health_threshold or 0)
    else:
        found = (len(REGIONS) - check.__dict__.get("unhealthy_regions", 0)) / len(REGIONS) > 0.18
    return found != bool(check.inverted)


def get_health_check_status(self: Any) -> ActionResult:
    """AWS: each region's checkers report what they saw last; a calculated check has no checkers."""
    check = self.backend.get_health_check(self._get_param("HealthCheckId"))
    if check.type_ == "CALCULATED":
        raise InvalidInput("The status of a calculated health check is not available")
    failing = check.__dict__.get("unhealthy_regions", 0)
    observations = [
        {
            "Region": region,
            "IPAddress": f"192.0.2.{number}",
            "StatusReport": {"Status": FAILURE if number <= failing else SUCCESS, "CheckedTime": utcnow()},
        }
        for number, region in enumerate(REGIONS, 1)
    ]
    return ActionResult({"HealthCheckObservations": observations})


def alarms() -> None:
    """AWS: a check of a CloudWatch alarm says which. moto forgets it."""
    config = models.HealthCheck.health_check_config
    creation = responses.Route53.create_health_check

    def create_health_check(self: Any) -> ActionResult:
        made = creation(self)
        wanted = self._get_param("HealthCheckConfig")
        made.result["HealthCheck"].alarm = {
            name: wanted[name] for name in ("AlarmIdentifier", "InsufficientDataHealthStatus") if wanted.get(name)
        }
        return made

    responses.Route53.create_health_check = create_health_check
    models.HealthCheck.health_check_config = property(lambda self: config.fget(self) | self.__dict__.get("alarm", {}))
