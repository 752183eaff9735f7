"""How live: from publish to the totals topic, to Postgres and to the gauges' own page, at a steady rate.

Watchers only write down what they see and when; the delays are worked out afterwards. An event's moment of publishing
is its record's timestamp, given by the publisher on this machine; it is in the totals once a total of its unit covers
its offset, in Postgres once the ledger's position has passed it, on the page once the page has read that total.
"""

from __future__ import annotations

import bisect
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.request import urlopen

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, select

from infra.benchmarks.ledger import scratch_database
from infra.benchmarks.measured import service
from infra.stack.ports import choose
from infra.topics import ensure
from producers.publisher import Publisher, publish
from producers.simulator import NO_FAULTS, Shape, season
from schemas import metrics
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOTALS
from schemas.totals import decode_total
from sinks.ledger import tables

POLL_S = 0.01
SETTLE_S = 20.0
_OFFSET_LINE = metrics.GAUGES_OFFSET.name + '{partition="'
Place = tuple[int, int]  # index of a field topic, partition


class Seen:
    """What the watchers saw, in the order of their clocks (ms)."""

    def __init__(self) -> None:
        self.events: list[tuple[Place, int, bytes, float]] = []  # place, offset, unit, published
        self.totals: dict[bytes, list[tuple[float, int, list[int]]]] = defaultdict(list)  # read, offset, positions
        self.ledger: dict[Place, list[tuple[float, int]]] = defaultdict(list)  # read, next offset
        self.page: dict[int, list[tuple[float, int]]] = defaultdict(list)  # read, next offset of the totals


def measure(settings: Settings, seconds: int, rate: int, seed: int, console: Console) -> None:
    """Run all services, publish at a steady rate, and print p50, p99 and the largest delay of each stage."""
    ensure(settings)
    seen = Seen()
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database(settings))  # another log's positions must not meet this one's
        port = choose([settings.gauges_port])
        mine = msgspec.structs.replace(database, counter_port=0, ledger_port=0, gauges_port=port)
        for name in ("counter", "ledger", "gauges"):
            stack.enter_context(service(name, mine))
        stack.enter_context(watching(mine, seen))
        time.sleep(SETTLE_S)
        console.print(f"publishing {rate:,} events/s for {seconds} s, seed {seed} …")
        records = season(seed, rate * seconds, NO_FAULTS, Shape(partitions=settings.partitions))
        with Publisher(mine, linger_ms=0) as publisher:
            publish(publisher, records, rate=rate)
        time.sleep(3)
    table = Table("stage", "events", "p50 ms", "p99 ms", "max ms", title=f"{rate:,} events/s")
    for stage, delays in worked_out(seen).items():
        table.add_row(stage, f"{len(delays):,}", *(f"{_share(delays, q):,.0f}" for q in (0.5, 0.99, 1.0)))
    console.print(table)


def worked_out(seen: Seen) -> dict[str, list[float]]:
    """The delays of each stage in ms, sorted; events that never got there are not among them."""
    delays: dict[str, list[float]] = {"totals topic": [], "Postgres": [], "gauges' page": []}
    for place, offset, unit, published in seen.events:
        covering = next((t for t in seen.totals[unit] if t[2][place[0]] > offset), None)
        if covering is not None:
            delays["totals topic"].append(covering[0] - published)
            if (shown := _first_above(seen.page[place[1]], covering[1])) is not None:
                delays["gauges' page"].append(shown - published)
        if (stored := _first_above(seen.ledger[place], offset)) is not None:
            delays["Postgres"].append(stored - published)
    return {stage: sorted(values) for stage, values in delays.items()}


def _first_above(read: list[tuple[float, int]], offset: int) -> float | None:
    """When a rising position was first seen above an offset."""
    at = bisect.bisect_right(read, offset, key=lambda r: r[1])
    return read[at][0] if at < len(read) else None


def _share(delays: list[float], share: float) -> float:
    return delays[min(len(delays) - 1, int(share * len(delays)))] if delays else float("nan")


@contextmanager
def watching(settings: Settings, seen: Seen) -> Iterator[None]:
    """Watchers in threads of their own while the block runs."""
    stop = threading.Event()
    watchers: list[Callable[[], None]] = [
        lambda: _watch_events(settings, seen, stop),
        lambda: _watch_totals(settings, seen, stop),
        lambda: _watch_ledger(settings, seen, stop),
        lambda: _watch_page(settings, seen, stop),
    ]
    threads = [threading.Thread(target=watcher, daemon=True) for watcher in watchers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _read(settings: Settings, topics: tuple[str, ...], stop: threading.Event) -> Iterator[tuple[float, ConsumerRecord]]:
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    consumer.assign([TopicPartition(settings.topic(t), p) for t in topics for p in range(settings.partitions)])
    while not stop.is_set():
        for records in consumer.poll(timeout_ms=100).values():
            now = time.time() * 1000
            for record in records:
                yield now, record
    consumer.close()


def _watch_events(settings: Settings, seen: Seen, stop: threading.Event) -> None:
    index = {settings.topic(topic): number for number, topic in enumerate(FIELD_TOPICS)}
    for _, record in _read(settings, FIELD_TOPICS, stop):
        seen.events.append(((index[record.topic], record.partition), record.offset, record.key, record.timestamp))


def _watch_totals(settings: Settings, seen: Seen, stop: threading.Event) -> None:
    for now, record in _read(settings, (TOTALS,), stop):
        seen.totals[record.key].append((now, record.offset, decode_total(record.value).positions))


def _watch_ledger(settings: Settings, seen: Seen, stop: threading.Event) -> None:
    index = {topic: number for number, topic in enumerate(FIELD_TOPICS)}
    rows = tables.positions
    with create_engine(settings.database_url, isolation_level="AUTOCOMMIT").connect() as connection:
        while not stop.wait(POLL_S):
            found = connection.execute(select(rows.c.topic, rows.c.partition, rows.c.next_offset)).all()
            now = time.time() * 1000
            for topic, partition, position in found:
                if topic in index:
                    seen.ledger[index[topic], partition].append((now, position))


def _watch_page(settings: Settings, seen: Seen, stop: threading.Event) -> None:
    while not stop.wait(POLL_S):
        try:
            with urlopen(f"http://127.0.0.1:{settings.gauges_port}/metrics", timeout=5) as page:
                text = page.read().decode()
        except OSError:  # not up yet, or already down: then there is nothing to see
            continue
        now = time.time() * 1000
        for line in text.splitlines():
            if line.startswith(_OFFSET_LINE):
                partition, _, value = line.removeprefix(_OFFSET_LINE).partition('"} ')
                seen.page[int(partition)].append((now, int(float(value))))
