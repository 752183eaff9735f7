"""A stream in which every twentieth record is poison of one kind or another, and what it would be without."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from producers.simulator import NO_FAULTS, Record, Shape, season
from producers.simulator.geography import geography
from producers.simulator.record import headers_of
from producers.simulator.rubbish import FORMS, Form, Letter, Surroundings
from schemas.partition import partition_of
from tests.mend.site import PARTITIONS

SHARE = 20  # one in so many
CONFLICT = "conflict"


class Poison(NamedTuple):
    """What was meant, what came instead, and why it must be rejected."""

    reason: str
    meant: Record
    came: Record


class Stream(NamedTuple):
    """Records as they come, each poison by its origin in the log."""

    records: list[Record]
    clean: list[Record]
    poison: dict[str, Poison]


def stream(seed: int) -> Stream:
    """A season of which one in twenty is spoiled: each kind once, in one of its forms, and a conflict."""
    rng = random.Random(seed)
    forms = rng.sample(FORMS, len(FORMS))
    kinds: list[tuple[str, Form | None]] = [*dict(forms).items(), (CONFLICT, None)]
    clean = list(season(seed, SHARE * len(kinds), NO_FAULTS, Shape(partitions=PARTITIONS, households_per_commune=20)))
    places = geography()
    around = Surroundings(places.lao_cai["2023"] + places.lac_duong["2025-03"], PARTITIONS, rng)
    records, poison = list(clean), {}
    for number, (reason, form) in enumerate(kinds):
        at = number * SHARE + rng.randrange(SHARE // 2, SHARE)
        meant = clean[at]
        if form is None:
            came = _numbered_as(meant, rng.choice(_neighbours(records[:at], meant) or [None]))
            if came is None:
                continue
        else:
            body: dict[str, Any] = msgspec.json.decode(meant.value or b"")
            letter = form(body, Letter(meant.topic, meant.key, meant.value), around)
            came = Record(letter.topic, letter.key, letter.value, letter.partition,
                          headers_of(body["type"], body["id"]), reason)  # fmt: skip
        records[at] = came
        poison[at] = Poison(reason, meant, came)
    return Stream(records, clean, {origin: poison[at] for at, origin in enumerate(origins(records)) if at in poison})


def origins(records: list[Record]) -> Iterator[str]:
    """Where each record comes to lie in topics that were empty."""
    offsets: Counter[tuple[str, int]] = Counter()
    for record in records:
        partition = record.partition
        if partition is None:
            assert record.key is not None
            partition = partition_of(record.key, PARTITIONS)
        yield f"{record.topic}:{partition}:{offsets[record.topic, partition]}"
        offsets[record.topic, partition] += 1


def _neighbours(before: list[Record], of: Record) -> list[Record]:
    """Events of the same topic and unit that came before."""
    return [each for each in before if (each.topic, each.key) == (of.topic, of.key) and each.fate == "original"]


def _numbered_as(record: Record, other: Record | None) -> Record | None:
    """The record with another event's number."""
    if other is None:
        return None
    body, theirs = msgspec.json.decode(record.value or b""), msgspec.json.decode(other.value or b"")
    return record._replace(value=msgspec.json.encode(body | {name: theirs[name] for name in ("source", "seq")}))


def kinds_of(stream: Stream) -> dict[str, list[str]]:
    """Origins by kind."""
    found: dict[str, list[str]] = defaultdict(list)
    for origin, each in stream.poison.items():
        found[each.reason].append(origin)
    return found
