"""The gauges as a process under test."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

from kafka import KafkaProducer

from infra.stack.ports import HOST
from infra.stack.process import Process, Program
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total, encode
from tests.gauges.support import Samples, samples

PARTITIONS = 3
PATIENCE_S = 60.0


class Gauges:
    """The process under test, its page, and a producer for what it reads."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings, self.log = settings, log
        self.producer = KafkaProducer(bootstrap_servers=settings.bootstrap, acks="all")
        self.process = self._process()

    def _process(self) -> Process:
        environment = {
            "FIELDTALLY_BOOTSTRAP": self.settings.bootstrap,
            "FIELDTALLY_TOPIC_PREFIX": self.settings.topic_prefix,
            "FIELDTALLY_GAUGES_PORT": str(self.settings.gauges_port),
        }
        return Process(Program("gauges", (sys.executable, "-m", "sinks.gauges"), self.log, environment))

    def start(self) -> None:
        self.process = self._process()
        self.process.spawn()

    def publish(self, totals: Iterable[Total]) -> None:
        """Writes totals and returns when the broker has them."""
        for each in totals:
            key = each.unit.encode()
            self.producer.send(
                self.settings.topic(TOTALS), key=key, value=encode(each), partition=partition_of(key, PARTITIONS)
            )
        self.producer.flush()

    def get(self, path: str = "/metrics") -> str | None:
        """A page's text, None while it is not to be had."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.settings.gauges_port}{path}", timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            return None

    def page(self, holds: Callable[[Samples], bool] = lambda _: True) -> str:
        """The page's text as soon as it is there and `holds`."""

        def look() -> str | None:
            text = self.get()
            assert text is not None or self.process.running, self.log.read_text()[-2000:]
            return text if text is not None and holds(samples(text)) else None

        return until(look, self.log)


def until(look: Callable[[], str | None], log: Path) -> str:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.02)
    return found
