"""Wrongs done to the counter's own state while it is down, and what shows that it noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kafka.consumer.fetcher import ConsumerRecord

from schemas.topics import FIELD_TOPICS, STATE, TOTALS
from schemas.totals import decode_total, dominates
from tests.faults.broker import Bus

Wrong = Callable[[Bus], None]


def recreated(bus: Bus) -> None:
    """The state topic is deleted and created anew."""
    bus.recreate(STATE)


def half_gone(bus: Bus) -> None:
    """The state topic loses its records up to the last state, and keeps the book after it."""
    last = max(_states(bus), key=lambda record: record.offset)
    [tp] = [tp for tp in bus.tps(STATE) if tp.partition == last.partition]
    bus.cut({tp: last.offset + 1})


def damaged(bus: Bus) -> None:
    """One state is overwritten with rubbish."""
    record = next(_states(bus))
    bus.write(STATE, record.partition, record.key, b"\x93\x01\x02\xc4\x03bad")


def book_lost(bus: Bus) -> None:
    """The book of one partition is removed."""
    *_, last = (record for record in bus.read(STATE) if record.key.startswith(b"book ") and record.value)
    bus.write(STATE, last.partition, last.key, None)


WRONGS: tuple[Wrong, ...] = (recreated, half_gone, damaged, book_lost)


def _states(bus: Bus) -> Iterator[ConsumerRecord]:
    """The states that the next owner would take, one per unit, as they are now."""
    last = {record.key: record for record in bus.read(STATE)}
    return (record for key, record in last.items() if key.startswith(b"state ") and record.value)


def generations(bus: Bus) -> dict[int, int]:
    """The highest generation shown, by partition."""
    shown: dict[int, int] = {}
    for record in bus.read(TOTALS):
        total = decode_total(record.value)
        shown[record.partition] = max(shown.get(record.partition, 0), total.generation)
    return shown


def spoken_too_early(bus: Bus, before: dict[int, int], ends: dict[int, list[int]]) -> list[str]:
    """Totals of a new generation that do not cover the log as it was when the counter was started again."""
    return [
        f"{total.unit} was shown at {total.positions}, the log ended at {ends[record.partition]}"
        for record in bus.read(TOTALS)
        if (total := decode_total(record.value)).generation > before.get(record.partition, 0)
        and not dominates(total.positions, ends[record.partition])
    ]


def log_ends(bus: Bus) -> dict[int, list[int]]:
    """The ends of the field topics by partition, in the order of FIELD_TOPICS."""
    ends = bus.ends()
    by_partition: dict[int, list[int]] = {}
    for topic in FIELD_TOPICS:
        for tp in bus.tps(topic):
            by_partition.setdefault(tp.partition, []).append(ends[tp])
    return by_partition
