"""A log written by hand, for cases whose outcome can be worked out on paper. All of one unit, in one partition."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from producers.simulator import Expected, Oracle

UNIT = "2025-07:24848"
PLACE = "2025-07.24848"
HOUSE = f"household/{PLACE}-AAAA-0"
OTHER_HOUSE = f"household/{PLACE}-BBBB-0"
SESSION = f"session/{PLACE}-S001"
POINT = f"point/{PLACE}-P1"
_FAMILY = {
    "point": "points", "device": "devices", "training": "training", "outreach": "outreach", "leaflet": "outreach",
    "media": "outreach", "smartphone": "handouts", "sim": "handouts", "card": "payments", "account": "payments",
    "contribution": "support", "support": "support", "household": "households",
}  # fmt: skip
Json = dict[str, Any]


def fact(subject: str, time: str = "2026-03-01T08:00:00Z", received: str = "2026-03-09T00:00:00Z", **data: Any) -> Json:
    """What an event states."""
    return {"subject": subject, "time": time, "receivedat": received, "skewms": 0,
            "data": {"organisation": "other", **data}}  # fmt: skip


class Log:
    """Takes events in the order of the log; every one has an id of its own unless it is given one."""

    def __init__(self) -> None:
        self.oracle = Oracle({UNIT})
        self._ids = count(1)

    def original(self, kind: str, seq: int, states: Json, source: str = "a", id: int | None = None) -> str:
        """An original; what becomes of it."""
        return self._feed(kind, kind, seq, source, states, id)

    def revised(self, kind: str, seq: int, of: tuple[str, int], original: Json, new: Json | None = None, *,
                number: int = 1, source: str = "a", time: str = "2026-03-05T00:00:00Z") -> str:  # fmt: skip
        """A correction to `new`, or a void without it."""
        name = f"{kind}.voided" if new is None else f"{kind}.corrected"
        data: Json = {"organisation": "other", "root": {"source": f"/tablets/{of[0]}", "unit": UNIT, "seq": of[1]},
                      "revision": number, "reason": "other", "original": original}  # fmt: skip
        if new is not None:
            data["new"] = new
        return self._feed(name, kind, seq, source, fact(original["subject"], time) | {"data": data}, None)

    def withdrawn(self, kind: str, seq: int, source: str = "a") -> str:
        """The withdrawal of a number of the stream of that type."""
        states = fact(f"unit/{PLACE}") | {"data": {"organisation": "other", "reason": "lost"}}
        return self._feed("stream.withdrawn", kind, seq, source, states, None)

    def _feed(self, name: str, kind: str, seq: int, source: str, states: Json, id: int | None) -> str:
        number = next(self._ids) if id is None else id
        event = {"specversion": "1.0", "id": f"00000000-0000-7000-8000-{number:012x}", "source": f"/tablets/{source}",
                 "type": name, "datacontenttype": "application/json", "dataschema": f"urn:fieldtally:{name}:1",
                 "unit": UNIT, "seq": seq, **states}  # fmt: skip
        topic = f"field.{_FAMILY[kind.partition('.')[0]]}.v1"
        return self.oracle.feed(topic, UNIT.encode(), json.dumps(event).encode())

    def result(self) -> Expected:
        """What must come out of the log."""
        return self.oracle.result()

    def counters(self) -> dict[str, dict[str, int]]:
        """The unit's counters."""
        return self.result().counters[UNIT]

    def figures(self) -> dict[str, int]:
        """Where the unit's records went, without zeroes."""
        return {name: value for name, value in self.result().conservation[UNIT].items() if value}


def household(classed: str = "poor", *, needs: bool = True, has: bool = False, phone: bool = False, net: bool = False,
              house: str = HOUSE, time: str = "2026-03-01T08:00:00Z") -> Json:  # fmt: skip
    """What a survey states."""
    return fact(house, time, household_class=classed, needs_telecom=needs, has_telecom=has, owns_smartphone=phone,
                has_internet=net)  # fmt: skip


def phone(house: str = HOUSE, time: str = "2026-03-01T08:00:00Z") -> Json:
    """What the hand-out of a smartphone states."""
    return fact(house, time, recipient="household", imei="p1." + "0" * 32, funding="other")


def session(headcount: int, topic: str = "health") -> Json:
    """What a team records of the training session."""
    return fact(SESSION, topic=topic, language="vi", headcount=headcount)


def attended(attendee: str) -> Json:
    """A line of the training session's roster."""
    return fact(SESSION, attendee=attendee)


def gift(amount: int, purpose: str = "housing", time: str = "2026-03-01T08:00:00Z") -> Json:
    """What a contribution states."""
    return fact(f"unit/{PLACE}", time, giver="bank", purpose=purpose, amount=amount)
