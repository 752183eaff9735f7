"""What a reader sees, and when: `python -m infra.benchmarks.watchers NAME` watches until its input is closed.

Each watcher is a process of its own, so that none waits for another's interpreter; it only writes down, and prints
all of it as JSON at the end. Times are ms since 1970.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import create_engine, select

from infra.benchmarks.measured import environment
from schemas import metrics
from schemas.settings import Settings, from_env
from schemas.topics import FIELD_TOPICS, TOTALS
from schemas.totals import decode_total
from sinks.ledger import tables

LEDGER_POLL_S = 0.04
PAGE_POLL_S = 0.1  # the page is large: to ask for it more often would measure the asking
_OFFSET_LINE = metrics.GAUGES_OFFSET.name + '{partition="'
Place = tuple[int, int]  # index of a field topic, partition


class Seen(msgspec.Struct):
    """Of totals: unit, time read, offset in its partition, positions. Of positions: topic, partition, time, offset."""

    totals: list[tuple[str, float, int, list[int]]] = msgspec.field(default_factory=list)
    ledger: list[tuple[int, int, float, int]] = msgspec.field(default_factory=list)
    page: list[tuple[int, float, int]] = msgspec.field(default_factory=list)


def watch_totals(settings: Settings, stop: threading.Event) -> Seen:
    """Reads the totals topic as a subscriber does."""
    read: list[tuple[float, ConsumerRecord]] = []  # decoded afterwards: what a reader does with them is its own affair
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    consumer.assign([TopicPartition(settings.topic(TOTALS), number) for number in range(settings.partitions)])
    while not stop.is_set():
        for records in consumer.poll(timeout_ms=100).values():
            now = time.time() * 1000
            read += [(now, record) for record in records]
    consumer.close()
    totals = ((now, record.offset, decode_total(record.value)) for now, record in read)
    return Seen(totals=[(total.unit, now, offset, total.positions) for now, offset, total in totals])


def watch_ledger(settings: Settings, stop: threading.Event) -> Seen:
    """Asks Postgres how far the ledger has come."""
    seen, index = Seen(), {topic: number for number, topic in enumerate(FIELD_TOPICS)}
    rows = tables.positions
    with create_engine(settings.database_url, isolation_level="AUTOCOMMIT").connect() as connection:
        while not stop.wait(LEDGER_POLL_S):
            found = connection.execute(select(rows.c.topic, rows.c.partition, rows.c.next_offset)).all()
            now = time.time() * 1000
            seen.ledger += [(index[topic], number, now, at) for topic, number, at in found if topic in index]
    return seen


def watch_page(settings: Settings, stop: threading.Event) -> Seen:
    """Asks the gauges' page how far of the totals it shows."""
    seen = Seen()
    while not stop.wait(PAGE_POLL_S):
        try:
            with urlopen(f"http://127.0.0.1:{settings.gauges_port}/metrics", timeout=5) as page:
                text = page.read().decode()
        except OSError:  # not up yet, or already down: then there is nothing to see
            continue
        now = time.time() * 1000
        for line in text.splitlines():
            if line.startswith(_OFFSET_LINE):
                partition, _, value = line.removeprefix(_OFFSET_LINE).partition('"} ')
                seen.page.append((int(partition), now, int(float(value))))
    return seen


WATCHERS: dict[str, Callable[[Settings, threading.Event], Seen]] = {
    "totals": watch_totals, "ledger": watch_ledger, "page": watch_page,
}  # fmt: skip


@contextmanager
def watching(settings: Settings) -> Iterator[Callable[[], Seen]]:
    """All watchers while the block runs; what is given ends them and tells what they saw."""
    processes = [
        subprocess.Popen([sys.executable, "-m", __name__, name], env=environment(settings),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in WATCHERS
    ]  # fmt: skip

    def told() -> Seen:
        everything = Seen()
        for process in processes:
            part = msgspec.json.decode(process.communicate()[0], type=Seen)
            everything.totals += part.totals
            everything.ledger += part.ledger
            everything.page += part.page
        return everything

    try:
        yield told
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main() -> None:
    """Watch what the command line names until the input is closed."""
    stop = threading.Event()

    def until_closed() -> None:
        sys.stdin.buffer.read()
        stop.set()

    threading.Thread(target=until_closed, daemon=True).start()
    sys.stdout.buffer.write(msgspec.json.encode(WATCHERS[sys.argv[1]](from_env(), stop)))


if __name__ == "__main__":
    main()
