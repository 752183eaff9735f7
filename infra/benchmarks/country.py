"""Events in every commune of today: the contract's examples of all types, told anew for each, some rounds of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from producers.simulator.clock import uuid7
from producers.simulator.record import Record, headers_of
from producers.simulator.writing import TOPIC_OF
from schemas import contracts
from schemas.events.catalogue import ROOT_TYPES
from schemas.places import load
from schemas.pseudonym import household_code

EXAMPLES = Path(contracts.__file__).parent / "golden"
FIRST, DAYS = datetime(2025, 7, 2, 1, tzinfo=UTC), 360
_HOUSEHOLD = re.compile(rb"\d{4}-\d\d\.\d+-[0-9A-Z]{4}-[0-9A-Z]")
_PSEUDONYM = re.compile(rb"p1\.[0-9a-f]{32}")


def communes() -> list[str]:
    """The communes of today."""
    return sorted(unit.id for unit in load().units.values() if unit.is_current and len(unit.code) == 5)


def events(rounds: int, seed: int) -> Iterator[Record]:
    """All examples of originals in each commune, `rounds` times, each time of another tablet and household."""
    rng = Random(seed)
    examples = [(name, path.read_bytes()) for name in ROOT_TYPES for path in sorted((EXAMPLES / name / "1").glob("*"))]
    for number in range(rounds):
        for unit in communes():
            numbers: dict[str, int] = {}
            household = household_code(unit, rng.randrange(32**4)).encode()
            for name, example in examples:
                topic = TOPIC_OF[name]
                seq = numbers[topic] = numbers.get(topic, 0) + 1
                yield _told_anew(example, topic, unit, household, f"/simulator/{seed}/t{number}", seq, rng)


def _told_anew(
    example: bytes, topic: str, unit: str, household: bytes, source: str, seq: int, rng: Random
) -> Record:
    event: dict[str, Any] = msgspec.json.decode(example)
    there = event["unit"].encode()
    example = _HOUSEHOLD.sub(household, example).replace(there, unit.encode())
    example = example.replace(there.replace(b":", b"."), unit.replace(":", ".").encode())
    example = _PSEUDONYM.sub(lambda _: b"p1.%032x" % rng.getrandbits(128), example)
    happened = FIRST + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(36_000))
    event = msgspec.json.decode(example) | {
        "id": uuid7(int(happened.timestamp() * 1000), rng), "source": source, "seq": seq, "time": happened,
        "receivedat": happened + timedelta(days=1), "skewms": 0,
    }  # fmt: skip
    return Record(topic, unit.encode(), msgspec.json.encode(event), None, headers_of(event["type"], event["id"]), "")
