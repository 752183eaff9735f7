"""The gauges as a process: read the topics, keep the page, look at the counter's group, end when that is asked."""

from __future__ import annotations

import logging
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import date

from kafka import TopicPartition
from kafka.errors import KafkaError

from schemas import logs
from schemas.instant import day_of
from schemas.places import load
from schemas.settings import Settings
from schemas.topics import ACTIONS, CONTACTS, FIELD_TOPICS, REJECTED, TOTALS
from sinks.gauges import bus
from sinks.gauges.errors import GaugesError
from sinks.gauges.group import group
from sinks.gauges.page import Page
from sinks.gauges.web import serve
from sinks.map_topic import MapTopic, MapTopicError

LOOK_EVERY_S = 5.0
MAP_EVERY_S = 1.0
PATIENCE_S = 10.0  # after so long without an answer from Kafka the figures may be old, so the page goes
_log = logging.getLogger("fieldtally.gauges")


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, then returns; ends the process with status 1 and a sentence on a fault."""
    logs.setup("gauges")
    # The client writes ten lines for each failed try; what comes of it is an exception, and told by our own lines.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve_until(settings, stop)
    except (GaugesError, MapTopicError) as error:
        _log.error("%s", error)
        raise SystemExit(1) from error
    _log.info("Stopped.")


def serve_until(settings: Settings, stop: threading.Event) -> None:
    """The service without signals and logs: serves the page until `stop` is set.

    Raises:
        GaugesError, MapTopicError: the page cannot be shown (any more); the sentence says what to do.
    """
    page = Page(load())
    with serve(page, settings.metrics_host, settings.gauges_port) as port:
        _log.info("The page is at http://%s:%d/metrics.", settings.metrics_host, port)
        shown = bus.await_topics(settings, (TOTALS, REJECTED, ACTIONS, CONTACTS), stop)
        field = bus.await_topics(settings, FIELD_TOPICS, stop)
        if stop.is_set():
            return
        with ThreadPoolExecutor(1, "group") as pool:
            looking = pool.submit(_look, settings, page, field, stop)
            try:
                _follow(settings, page, shown, looking, stop)
            except KafkaError as error:
                raise GaugesError(
                    f"The totals cannot be read on ({error!r}): start again to read them anew."
                ) from error
            finally:
                stop.set()
            looking.result()


def _follow(
    settings: Settings, page: Page, partitions: list[TopicPartition], looking: Future[None], stop: threading.Event
) -> None:
    """Brings what the topics say onto the page, for as long as the look at the group goes on too."""
    with bus.consumer(settings) as client, closing(MapTopic(settings, stop)) as places:
        reader = bus.Reader(client, partitions)
        today, looked = date.min, 0.0
        while not stop.is_set() and not looking.done():
            batches = reader.poll()
            turned = False
            if time.monotonic() - looked > MAP_EVERY_S:
                turned = _changed(places) or today != _today()
                today, looked = _today(), time.monotonic()
            with page.change() as status:
                if turned:
                    page.board.remap(places.places, today)
                takes = {settings.topic(TOTALS): status.take_totals, settings.topic(REJECTED): status.take_rejects,
                         settings.topic(CONTACTS): status.take_contacts,
                         settings.topic(ACTIONS): status.take_actions}  # fmt: skip
                for partition, records in batches.items():
                    takes[partition.topic](records)
                if not page.ready and reader.caught_up():
                    page.ready = True
                    _log.info("All totals are read.", extra={"units": page.board.units, "records": status.read})


def _changed(places: MapTopic) -> bool:
    """Whether the map changed; unknown while Kafka is away, which `_look` tells, and ends the page if it lasts."""
    try:
        return places.read_on()
    except KafkaError as error:
        _log.warning("Kafka does not say whether the map of places changed (%r).", error)
        return False


def _today() -> date:
    return day_of(int(time.time() * 1000))


def _look(settings: Settings, page: Page, partitions: list[TopicPartition], stop: threading.Event) -> None:
    """Looks at the counter's group every few seconds.

    Raises:
        GaugesError: Kafka did not answer for too long.
    """
    answered = time.monotonic()
    while not stop.is_set():
        try:
            with group(settings) as counter:
                while not stop.is_set():
                    found, disks = counter.look(partitions), counter.disks()
                    answered = time.monotonic()
                    with page.change() as status:
                        status.backlog, status.disks = found, disks
                    stop.wait(LOOK_EVERY_S)
        except KafkaError as error:
            _log.warning("Kafka does not say how far the counter is (%r).", error)
            if time.monotonic() - answered > PATIENCE_S:
                raise GaugesError(
                    f"Kafka at {settings.bootstrap} has not answered for {PATIENCE_S:.0f} s: look after it; "
                    "the next start waits for it."
                ) from error
            stop.wait(1)
