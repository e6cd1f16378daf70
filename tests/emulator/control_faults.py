"""The control endpoints for what goes wrong: `/_ctl/faults` and the like."""

from typing import TYPE_CHECKING, Any

from exchange import Answer, Asked

if TYPE_CHECKING:
    from front import Front


def answer(front: "Front", name: str, asked: Asked) -> Answer | None:
    """None where the endpoint is none of these."""
    if name == "held":
        return Answer.of({"held": front.holds.of(asked.arguments()["access_key"])})
    if name not in ORDERS:
        return None
    try:
        ORDERS[name](front, asked.json())
    except (KeyError, ValueError) as error:
        return Answer.of({"error": f"{name}: {error!r}"}, 400)
    return Answer.of({})


def stale_reads(front: "Front", order: dict[str, Any]) -> None:
    with front.turn:
        front.witness.stale_reads.lag(order["access_key"], order["milliseconds"])


def calm(front: "Front", order: dict[str, Any]) -> None:
    """Ends whatever was ordered for an access key, and releases what it has waiting."""
    key = order["access_key"]
    front.faults.calm(key)
    front.buckets.calm(key)
    front.holds.release(key)
    with front.turn:
        front.witness.stale_reads.calm(key)


ORDERS = {
    "faults": lambda front, order: front.faults.order(order),
    "chances": lambda front, order: front.faults.leave_to_chance(order),
    "buckets": lambda front, order: front.buckets.keep(order["access_key"]),
    "stale_reads": stale_reads,
    "release": lambda front, order: front.holds.release(order["access_key"]),
    "calm": calm,
}
