"""Small payloads and subjects of all 19 types, with few values each, so that they meet."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from schemas.topics import TOPIC_INDEX

Json = dict[str, Any]


def _household(rng: Random, place: str) -> str:
    return f"household/{place}-K7M2-{rng.choice('12')}"


def _point(rng: Random, place: str) -> str:
    return f"point/{place}-{rng.choice('AB')}"


def _session(rng: Random, place: str) -> str:
    return f"session/{place}-S00{rng.choice('12')}"


def _unit(_: Random, place: str) -> str:
    return f"unit/{place}"


def _household_or_unit(rng: Random, place: str) -> str:
    return rng.choice((_household, _unit))(rng, place)


def _yes(rng: Random) -> bool:
    return rng.random() < 0.6


def _device(rng: Random) -> Json:
    return {"maker": "m", "model": "x", "serial": "p1." + "0" * 32, "kind": rng.choice(("laptop", "printer"))}


def _meeting(rng: Random) -> Json:
    return {"topic": rng.choice(("health", "trade")), "language": "vi", "headcount": rng.randrange(4)}


def _survey(rng: Random) -> Json:
    answers = ("needs_telecom", "has_telecom", "owns_smartphone", "has_internet")
    return {"household_class": rng.choice(("poor", "near-poor")), **{answer: _yes(rng) for answer in answers}}


class Kind(NamedTuple):
    """What makes an event of a type: topic family, subject in a place, payload."""

    family: str
    subject: Callable[[Random, str], str]
    data: Callable[[Random], Json]


KINDS = {
    "point.approved": Kind(
        "points",
        _point,
        lambda r: {
            "host": r.choice(("commune-region-3", "difficult-village")),
            "period": "2021-2025",
            "decision": "d-1",
        },
    ),
    "point.site-checked": Kind(
        "points", _point, lambda r: {"solid_house": _yes(r), "works_exist": True, "easy_to_reach": _yes(r)}
    ),
    "point.connected": Kind(
        "points", _point, lambda _: {"service": "fibre", "funding": "enterprise", "expires": "2027-01-01"}
    ),
    "point.activity-held": Kind(
        "points",
        _point,
        lambda r: {"topic": "health", "language": "vi", "activity": "learning", "visitors": r.randrange(5)},
    ),
    "device.installed": Kind("devices", _point, lambda r: {**_device(r), "funding": "enterprise"}),
    "device.faulted": Kind("devices", _point, lambda r: {**_device(r), "fault": "no-power"}),
    "device.removed": Kind("devices", _point, lambda r: {**_device(r), "reason": "lost"}),
    "training.session-held": Kind("training", _session, _meeting),
    "training.attended": Kind("training", _session, lambda r: {"attendee": r.choice("123")}),
    "outreach.session-held": Kind("outreach", _session, lambda r: {**_meeting(r), "round": 1}),
    "leaflet.distributed": Kind("outreach", _household, lambda _: {"leaflet": "l"}),
    "media.delivered": Kind(
        "outreach", _household_or_unit, lambda r: {"kind": r.choice(("book", "radio")), "language": "vi"}
    ),
    "smartphone.handed-out": Kind(
        "handouts",
        _household,
        lambda r: {
            "recipient": r.choice(("household", "pupil")),
            "imei": "p1." + "0" * 32,
            "funding": "enterprise",
        },
    ),
    "sim.handed-out": Kind(
        "handouts", _household, lambda _: {"recipient": "household", "iccid": "p1." + "0" * 32, "plan": "4g"}
    ),
    "card.issued": Kind("payments", _household, lambda r: {"bank": r.choice(("agribank", "bidv"))}),
    "account.opened": Kind("payments", _household, lambda r: {"bank": r.choice(("agribank", "bidv"))}),
    "contribution.received": Kind(
        "support", _unit, lambda r: {"giver": "bank", "purpose": "housing", "amount": r.randrange(1, 9)}
    ),
    "support.delivered": Kind(
        "support", _household_or_unit, lambda r: {"purpose": "housing", "value": r.randrange(1, 9)}
    ),
    "household.surveyed": Kind("households", _household, _survey),
}
TYPES: dict[int, list[str]] = {
    index: [name for name, kind in KINDS.items() if topic == f"field.{kind.family}.v1"]
    for topic, index in TOPIC_INDEX.items()
}
