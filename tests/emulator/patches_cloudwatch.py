"""CloudWatch: alarms as AWS keeps them."""

from typing import Any

from moto.cloudwatch import models, responses
from moto.cloudwatch.exceptions import ValidationError
from moto.core.responses import ActionResult


def install() -> None:
    new_alarms()
    composite_alarms()
    transitions()


def new_alarms() -> None:
    """AWS: a new alarm has INSUFFICIENT_DATA until it is first evaluated; moto calls it OK."""
    plain = models.Alarm.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        self.state_value = "INSUFFICIENT_DATA"
        self.state_transitioned_timestamp = self.state_updated_timestamp

    models.Alarm.__init__ = init


def transitions() -> None:
    """AWS: the time of the last transition moves only when the state changes."""
    plain = models.Alarm.update_state

    def update_state(self: Any, reason: str, reason_data: str, state_value: str) -> None:
        changed = self.state_value != state_value
        plain(self, reason, reason_data, state_value)
        if changed:
            self.state_transitioned_timestamp = self.state_updated_timestamp

    models.Alarm.update_state = update_state


def composite_alarms() -> None:
    """AWS: composite alarms are made by a call of their own, and described only when asked for by type."""
    responses.CloudWatchResponse.put_composite_alarm = responses.CloudWatchResponse.put_metric_alarm
    plain = responses.CloudWatchResponse.describe_alarms

    def describe_alarms(self: Any) -> ActionResult:
        if len(self._get_param("AlarmNames", [])) > 100:
            raise ValidationError("At most 100 alarm names can be given")
        types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
        found = plain(self).result
        if "MetricAlarm" not in types:
            found["MetricAlarms"] = []
        if "CompositeAlarm" not in types:
            found["CompositeAlarms"] = []
        return ActionResult(found)

    responses.CloudWatchResponse.describe_alarms = describe_alarms
