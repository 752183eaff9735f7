"""How live: from publish to the totals topic, to Postgres and to the gauges' own page, at a steady rate.

The delays are worked out afterwards from what the watchers saw. An event's moment of publishing is its record's
timestamp, given by the publisher on this machine; it is in the totals once a total of its unit covers its offset,
in Postgres once the ledger's position has passed it, on the page once the page has read that total. A record that is
rejected and names no number of a stream changes no unit, so no total comes of it: it counts in Postgres alone.
"""

from __future__ import annotations

import bisect
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from rich.console import Console
from rich.table import Table

from infra.benchmarks.ledger import scratch_database
from infra.benchmarks.measured import environment, service, state_per_record
from infra.benchmarks.watchers import Place, Seen, watching
from infra.errors import InfraError
from infra.stack.ports import choose
from infra.topics import ensure
from schemas.places import load
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.core.partition import Partition

SETTLE_S = 20.0  # services start, and load what they need, in one go
WARM_S = 10  # then the rate is steady, and the servers have compiled and cached what they use
TRICKLE_S, TRICKLE_RATE = 30, 1.0


class Event(NamedTuple):
    """A record in the log; `unit` is the one that it changes, if any; `published` in ms since 1970."""

    place: Place
    offset: int
    unit: str | None
    published: float


def measure(settings: Settings, seconds: int, rate: int, seed: int, console: Console) -> None:
    """Run all services, publish at a steady rate, and print p50, p99 and the largest delay of each stage.

    Then publish a trickle, and print for both how many bytes of state were written per counted event.

    Raises:
        InfraError: the publisher failed.
    """
    ensure(settings)
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database(settings))  # another log's positions must not meet this one's
        ports: list[int] = []
        for wanted in (settings.gauges_port, settings.counter_port):
            ports.append(choose([wanted], taken=ports))
        mine = msgspec.structs.replace(database, gauges_port=ports[0], counter_port=ports[1], ledger_port=0)
        for name in ("counter", "ledger", "gauges"):
            stack.enter_context(service(name, mine))
        told = stack.enter_context(watching(mine))
        time.sleep(SETTLE_S)
        console.print(f"publishing {rate:,} records/s for {WARM_S} s, and {seconds} s that are measured, seed {seed} …")
        steady = state_per_record(mine, lambda: _publish(mine, rate * (WARM_S + seconds), rate, seed))
        seen = told()
        events = list(_events(mine, rate * WARM_S, rate * (WARM_S + seconds)))
        console.print(f"publishing {TRICKLE_RATE:.0f} record/s for {TRICKLE_S} s …")
        alone = int(TRICKLE_S * TRICKLE_RATE)
        trickle = state_per_record(mine, lambda: _publish(mine, alone, TRICKLE_RATE, seed + 1))
    table = Table("stage", "events", "p50 ms", "p99 ms", "max ms", title=f"{rate:,} records/s")
    for stage, delays in worked_out(events, seen).items():
        table.add_row(stage, f"{len(delays):,}", *(f"{_share(delays, q):,.0f}" for q in (0.5, 0.99, 1.0)))
    console.print(table)
    idle = sum(event.unit is None for event in events)
    console.print(f"Of {len(events):,} records {idle:,} change no unit, being rejected: Postgres alone has those.")
    console.print(f"State written per record: {steady:,.0f} bytes at {rate:,}/s, {trickle:,.0f} bytes in a trickle.")


def _publish(settings: Settings, records: int, rate: float, seed: int) -> int:
    """Publish a season at a rate, from a process of its own; how many records."""
    command = [sys.executable, "-m", "infra.cli", "simulate", f"--events={records}", f"--rate={rate}", f"--seed={seed}"]
    done = subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise InfraError(f"The publisher failed: {done.stderr.strip()}")
    return records


def worked_out(events: list[Event], seen: Seen) -> dict[str, list[float]]:
    """The delays of each stage in ms, sorted; events that never got there are not among them."""
    totals: dict[str, list[tuple[float, int, list[int]]]] = defaultdict(list)
    ledger: dict[Place, list[tuple[float, int]]] = defaultdict(list)
    page: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for name, now, offset, positions in seen.totals:
        totals[name].append((now, offset, positions))
    for topic, partition, now, position in seen.ledger:
        ledger[topic, partition].append((now, position))
    for partition, now, position in seen.page:
        page[partition].append((now, position))
    delays: dict[str, list[float]] = {"totals topic": [], "Postgres": [], "gauges' page": []}
    for place, offset, unit, published in events:
        covering = next((t for t in totals[unit] if t[2][place[0]] > offset), None) if unit else None
        if covering is not None:
            delays["totals topic"].append(covering[0] - published)
            if (shown := _first_above(page[place[1]], covering[1])) is not None:
                delays["gauges' page"].append(shown - published)
        if (stored := _first_above(ledger[place], offset)) is not None:
            delays["Postgres"].append(stored - published)
    return {stage: sorted(values) for stage, values in delays.items()}


def _events(settings: Settings, first: int, last: int) -> Iterator[Event]:
    """These records of the log, in the order of their publishing."""
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest")
    index = {settings.topic(topic): number for number, topic in enumerate(FIELD_TOPICS)}
    consumer.assign([TopicPartition(topic, number) for topic in index for number in range(settings.partitions)])
    known = load().known
    counted = {number: Partition(number, settings.partitions, known) for number in range(settings.partitions)}
    found: list[Event] = []
    while len(found) < last:
        for batch in consumer.poll(timeout_ms=1000).values():
            found += [Event((index[r.topic], r.partition), r.offset, _changes(counted[r.partition], index[r.topic], r),
                            r.timestamp) for r in batch]  # fmt: skip
    consumer.close()
    yield from sorted(found, key=lambda event: event.published)[first:last]


def _changes(partition: Partition, topic: int, record: ConsumerRecord) -> str | None:
    """The unit that a record changes, as the shipped core has it."""
    partition.take(topic, [record])
    changed = {partition.states[key].unit for key in partition.due}
    partition.due.clear()
    return changed.pop() if changed else None


def _first_above(read: list[tuple[float, int]], offset: int) -> float | None:
    """When a rising position was first seen above an offset."""
    at = bisect.bisect_right(read, offset, key=lambda r: r[1])
    return read[at][0] if at < len(read) else None


def _share(delays: list[float], share: float) -> float:
    return delays[min(len(delays) - 1, int(share * len(delays)))] if delays else float("nan")
