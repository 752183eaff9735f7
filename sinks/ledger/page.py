"""The ledger's own /metrics page. Names come from `schemas.metrics`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, Summary, start_http_server

from schemas import metrics
from schemas.metrics import Metric
from sinks.ledger.errors import LedgerError

M = TypeVar("M", Counter, Gauge, Summary)


class Page:
    """What this process wrote since its start, and how far behind it is."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._records = self._made(Counter, metrics.LEDGER_RECORDS)
        self._rows = self._made(Counter, metrics.LEDGER_ROWS)
        self._batches = self._made(Counter, metrics.LEDGER_BATCHES)
        self._seconds = self._made(Summary, metrics.LEDGER_BATCH)
        self._lag = self._made(Gauge, metrics.LEDGER_LAG)
        self._last_commit = self._made(Gauge, metrics.LEDGER_LAST_COMMIT)

    def serve(self, host: str, port: int) -> None:
        """Serves the page from a thread of its own; port 0 switches it off.

        Raises:
            LedgerError: the port cannot be had.
        """
        if not port:
            return
        try:
            start_http_server(port, addr=host, registry=self.registry)
        except OSError as error:
            raise LedgerError(f"Cannot listen on {host}:{port} ({error}): set FIELDTALLY_LEDGER_PORT to another, "
                              "or to 0.") from error

    def wrote(self, records: Mapping[str, int], rows: int, seconds: float) -> None:
        """A batch was committed: records by topic, rows inserted, and how long the transaction took."""
        for topic, count in records.items():
            self._records.labels(topic).inc(count)
        self._rows.inc(rows)
        self._batches.inc()
        self._seconds.observe(seconds)
        self._last_commit.set(self._clock())

    def behind(self, lag: Mapping[str, int]) -> None:
        """Records by topic that are not in Postgres yet."""
        for topic, records in lag.items():
            self._lag.labels(topic).set(records)

    def _made(self, kind: type[M], metric: Metric) -> M:
        return kind(metric.name, metric.help, metric.labels, registry=self.registry)
