"""Events made by hand, one line each."""

from __future__ import annotations

import json
from typing import Any

from schemas.partition import partition_of
from tests.ledger.random_log import PARTITIONS, Put

UNIT, OTHER = "2025-07:24848", "2025-07:24846"
HOME, NEIGHBOUR = "household/2025-07.24848-0000-0", "household/2025-07.24848-0001-Z"
SESSION = "session/2025-07.24848-S001"
Json = dict[str, Any]


def fact(subject: str, data: Json, time: str = "2026-03-01T08:00:00+07:00") -> Json:
    """What an event states."""
    return {"subject": subject, "time": time, "receivedat": time, "data": {"organisation": "other"} | data}


def event(topic: str, name: str, seq: int, states: Json, *, id: int = 0, source: str = "/tablets/a") -> Put:
    """An event of UNIT, or of the unit that its subject names; its id ends with `id`, by default with `seq`."""
    unit = states["subject"].partition("/")[2][: len("2025-07.24848")].replace(".", ":")
    value = {"id": f"01934c1e-0000-7000-8000-{id or seq:012x}", "specversion": "1.0", "source": source, "type": name,
             "dataschema": f"urn:fieldtally:{name}:1", "unit": unit, "seq": seq, **states}  # fmt: skip
    key = unit.encode()
    return Put(f"field.{topic}.v1", partition_of(key, PARTITIONS), key, json.dumps(value).encode())


def revision(
    topic: str, name: str, seq: int, root: int, carried: Json, new: Json | None = None, *, number: int = 1
) -> Put:
    """A correction of the same source's event `root` to `new`, or its void."""
    data = {"root": {"source": "/tablets/a", "unit": UNIT, "seq": root}, "revision": number, "reason": "office-check",
            "original": carried} | ({"new": new} if new else {})  # fmt: skip
    kind = "corrected" if new else "voided"
    return event(topic, f"{name}.{kind}", seq, fact(carried["subject"], data))


def leaflet(seq: int, household: str = HOME, **more: Any) -> Put:
    """A leaflet given to a household."""
    return event("outreach", "leaflet.distributed", seq, fact(household, {"leaflet": "l-1"}), **more)


def visitors(count: int, day: int = 1) -> Json:
    """An activity at a point with so many visitors, in March."""
    return fact("point/2025-07.24848-P1", {"topic": "health", "language": "vi", "activity": "learning",
                                           "visitors": count}, f"2026-03-{day:02d}T08:00:00+07:00")  # fmt: skip


def activity(seq: int, count: int, day: int = 1) -> Put:
    """The event of `visitors`."""
    return event("points", "point.activity-held", seq, visitors(count, day))
