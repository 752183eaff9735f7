"""What a counter would put among the rejected, and what the field topics hold, without a counter."""

from __future__ import annotations

from typing import Any

from infra.bus import connect
from producers.publisher import Publisher
from producers.simulator import Oracle, Record
from schemas.places import load
from schemas.rejected import Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, REJECTED
from tests.mend.site import PARTITIONS, Operator
from tests.mend.test_mending import KEY, TOPIC


def reject(settings: Settings, offset: int, reason: str, value: bytes | None, *marks: tuple[str, bytes]) -> str:
    """Puts a record where the counter puts what it rejects; its origin."""
    origin = Origin(TOPIC, 1, offset)
    headers = [*rejected_headers(origin, KEY, Refusal(reason, "$.data"), []), *marks]
    with Publisher(settings) as publisher:
        publisher.send(Record(REJECTED, origin.key(), value, 1, headers, reason))
    return origin.key().decode()


def log(settings: Settings) -> list[tuple[str, Any]]:
    """Topic and record of everything in the field topics."""
    with connect(settings) as bus:
        ends = bus.ends(bus.places(FIELD_TOPICS))
        return [(place.topic, record) for place, record in bus.read({}, ends)]


def fates(settings: Settings) -> list[str]:
    """What the naive oracle makes of each record in the field topics."""
    oracle = Oracle(load().units, PARTITIONS)
    return [oracle.feed(topic, each.key, each.value, each.partition) for topic, each in log(settings)]


def standings(operator: Operator) -> list[str]:
    return [each["standing"] for each in operator.rejected()]
