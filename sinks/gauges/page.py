"""The page: rendered lines of communes and the state of the pipeline, always of one moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from schemas.metrics import COMMUNE_METRICS
from schemas.places import Places
from sinks.gauges.board import Board
from sinks.gauges.lines import header
from sinks.gauges.status import Status


class Page:
    """What is shown. One thread changes it inside `change`, any thread reads it with `blocks`."""

    def __init__(self, places: Places, clock: Callable[[], float] = time.time) -> None:
        self.board = Board(places)
        self.status = Status(self.board, clock)
        self.ready = False
        self._lock = threading.Lock()
        self._registry = CollectorRegistry()
        self._registry.register(self.status)
        ProcessCollector(registry=self._registry)

    @contextmanager
    def change(self) -> Iterator[Status]:
        """For the time of a change no page is read; at its end the changed lines are rendered, once the page is ready.

        Raises:
            GaugesError: a total has a counter that this version does not know.
        """
        with self._lock:
            yield self.status
            if self.ready:
                self.board.render()
            else:
                self.board.settle()

    def blocks(self) -> list[list[bytes]]:
        """The page in pieces, block by block; its lines are rendered already, so this copies references only."""
        with self._lock:
            pipeline, communes = generate_latest(self._registry), self.board.chunks()
        page = [[pipeline]]
        for number, metric in enumerate(COMMUNE_METRICS):
            if lines := [chunks[number] for chunks in communes if chunks[number]]:
                page.append([header(metric), *lines])
        return page
