"""The ledger as a process: read the log, write batches, show how far it is, end when that is asked."""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import psycopg2
from kafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from schemas import logs
from schemas.instant import day_of
from schemas.settings import Settings
from sinks.ledger import unknown
from sinks.ledger.errors import LedgerError
from sinks.ledger.following.background import Follower
from sinks.ledger.log import LITTLE, Log, await_logs
from sinks.ledger.page import Page
from sinks.ledger.positions import Partition, Position, behind
from sinks.ledger.store import Batch, Store, await_schema
from sinks.map_topic import MapTopic, MapTopicError

QUIET = 100  # records between two looks; following more would hold up what is live, and reports follow by themselves
LOOK_EVERY_S = 1.0  # between two looks at the log's end and at Postgres, which notice when one of them is gone
_log = logging.getLogger("fieldtally.ledger")


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, then returns; ends the process with status 1 and a sentence on a fault."""
    logs.setup("ledger")
    # The client writes ten lines for each failed try; what comes of it is an exception, and told by our own lines.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        write_until(settings, stop)
    except (LedgerError, MapTopicError) as error:
        _log.error("%s", error)
        raise SystemExit(1) from error
    except (DBAPIError, psycopg2.OperationalError) as error:
        _log.error("Postgres did not do it, the next start tries again: %s", str(error).strip())
        raise SystemExit(1) from error
    except KafkaError as error:
        _log.error("Kafka at %s did not do it, the next start tries again: %r", settings.bootstrap, error)
        raise SystemExit(1) from error
    _log.info("Stopped.")


def write_until(settings: Settings, stop: threading.Event) -> None:
    """The service without signals: writes what the log has and what comes until `stop` is set.

    Raises:
        LedgerError, MapTopicError: the ledger cannot go on; the sentence says what to do.
        KafkaError, DBAPIError: Kafka or Postgres is away or refuses; what was not committed comes again.
    """
    page = Page()
    page.serve(settings.metrics_host, settings.ledger_port)
    await_schema(settings.database_url, stop)
    logs_there = {} if stop.is_set() else await_logs(settings, stop)
    if stop.is_set():
        return
    with closing(MapTopic(settings, stop)) as places:
        places.read_on()  # before any event is judged
        with closing(Store(settings.database_url, places.places, settings.partitions)) as store:
            store.adopt(places.places, places)
            gc.freeze()  # the map of places and all code: nothing there ever becomes garbage
            positions = store.positions(logs_there)
            if places.loadings:
                _judge_again(settings, store)  # an end may have come between a new map and this
            _follow(settings, Log(settings, logs_there, positions), store, places, positions, page, stop)


def _follow(
    settings: Settings, log: Log, store: Store, places: MapTopic, start: dict[Partition, Position], page: Page,
    stop: threading.Event,
) -> None:
    """Writes batch after batch. A batch that was begun is finished before the end."""
    positions = {partition: position.offset for partition, position in start.items()}
    _log.info("Writing.", extra={"records_so_far": sum(positions.values())})
    unshown, taken, looked, adopted = dict(positions), 0, 0.0, (places.places.digest, _today())
    with ThreadPoolExecutor(1, "read") as pool, Follower(settings.database_url) as follower:
        # One batch is read and judged while the one before it is written. What was read in vain comes again.
        ahead = pool.submit(_judged, log, store, places)
        while not stop.is_set():
            batch = ahead.result()
            if time.monotonic() - looked > LOOK_EVERY_S:
                store.ask()
                places.read_on()
                if adopted != (places.places.digest, _today()):
                    adopted = places.places.digest, _today()
                    store.adopt(places.places, places)
                    _judge_again(settings, store)
                    batch = store.judge(batch.records)
                log.show(unshown)
                lag = behind(positions, log.ends())
                page.behind(lag)
                if sum(lag.values()) < LITTLE and taken < QUIET:
                    follower.when_idle()
                unshown, taken, looked = {}, 0, time.monotonic()
            ahead = pool.submit(_judged, log, store, places)
            if batch.records:
                moved = _write(store, batch, page)
                taken += sum(map(len, batch.records.values()))
                positions |= moved
                unshown |= moved
    log.close(unshown)


def _judge_again(settings: Settings, store: Store) -> None:
    if taken := store.judge_again(lambda wanted: unknown.fetch(settings, wanted)):
        _log.info("%d records of units that were unknown are events now.", taken)


def _judged(log: Log, store: Store, places: MapTopic) -> Batch:
    """The next batch. Where a unit is unknown, the map is asked again: what the counter sent back is known by now."""
    batch = store.judge(log.poll())
    if batch.unknown:
        places.read_on()
        if store.judge_by(places.places):
            batch = store.judge(batch.records)
    return batch


def _today() -> date:
    return day_of(int(time.time() * 1000))


def _write(store: Store, batch: Batch, page: Page) -> dict[Partition, int]:
    begun = time.monotonic()
    moved, rows = store.write(batch)
    records: Counter[str] = Counter()
    for partition, some in batch.records.items():
        records[partition.topic] += len(some)
    page.wrote(records, rows, time.monotonic() - begun)
    return moved
