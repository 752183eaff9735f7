"""The board's reading side: totals and the map from Kafka, targets from Postgres, health from Prometheus; in threads.

What is away is said on the board, and asked again; the board goes on with what it knows.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from typing import Any

import msgspec
from kafka.errors import KafkaError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from infra.board.hub import Hub
from infra.bus import Newest, connect
from infra.stack import pipeline
from schemas.instant import day_of
from schemas.settings import Settings
from sinks.map_topic import MapTopic

READ_EVERY_S = 0.2
MAP_EVERY_S = 5.0
ASK_EVERY_S = 5.0
RETRY_S = 2.0
_TARGETS = """SELECT programme_vi, programme_en, title_vi, title_en, unit, counted, whole, reached, target, progress
FROM dashboards.targets ORDER BY programme, row_id, target"""
_log = logging.getLogger("fieldtally.board")


def follow(settings: Settings, hub: Hub, stop: threading.Event) -> None:
    """Takes totals as they come, until `stop` is set.

    Raises:
        InfraError, MapTopicError: a record is none that this version knows.
    """
    while not stop.is_set():
        try:
            _follow(settings, hub, stop)
        except KafkaError as error:
            _log.warning("Kafka at %s does not answer (%r): asking again.", settings.bootstrap, error)
            hub.away("kafka")
            stop.wait(RETRY_S)


def _follow(settings: Settings, hub: Hub, stop: threading.Event) -> None:
    with connect(settings) as bus, closing(MapTopic(settings, stop)) as places:
        newest, first, looked, today = Newest(bus), True, 0.0, None
        known: dict[str, Any] = {}
        while not stop.is_set():
            if time.monotonic() - looked > MAP_EVERY_S:
                looked = time.monotonic()
                if places.read_on() or today != day_of(_now()):
                    today = day_of(_now())
                    hub.remap(places.places, today)
            newest.read_on()
            changed = [total for unit, total in newest.totals.items() if known.get(unit) is not total]
            hub.take(changed, news=not first, at=_now())
            known.update({total.unit: total for total in changed})
            first = False
            stop.wait(READ_EVERY_S)


def ask(settings: Settings, hub: Hub, stop: threading.Event) -> None:
    """Asks for targets and health every few seconds, until `stop` is set."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    while not stop.is_set():
        targets: list[dict[str, Any]] | None = None
        try:
            with engine.connect() as connection:
                found = connection.execute(text(_TARGETS)).mappings()
                targets = [{name: float(value) if name in _NUMBERS and value is not None else value
                            for name, value in row.items()} for row in found]  # fmt: skip
        except SQLAlchemyError as error:
            _log.warning("Postgres does not tell the targets (%s).", str(error).splitlines()[0])
        found_health = pipeline.gather(settings.prometheus_url)
        health = {"postgres": targets is not None, "prometheus": found_health is not None,
                  "pipeline": msgspec.to_builtins(found_health)}  # fmt: skip
        hub.hear(health, targets)
        stop.wait(ASK_EVERY_S)
    engine.dispose()


_NUMBERS = ("counted", "whole", "reached", "target", "progress")


def _now() -> int:
    return int(time.time() * 1000)
