"""The control endpoint for Auto Scaling's traffic sources."""

import patches_autoscaling_sources
from exchange import Answer, Asked


def traffic_sources(asked: Asked) -> Answer:
    """Sets for how many polls the sources that a group is given next are Adding, Added and Removing."""
    wanted = asked.json()
    patches_autoscaling_sources.PACES[wanted["group"]] = int(wanted["polls"])
    return Answer.of({})


def reset() -> None:
    patches_autoscaling_sources.PACES.clear()


ENDPOINTS = {"traffic_sources": traffic_sources}
