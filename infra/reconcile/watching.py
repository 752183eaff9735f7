"""What `fieldtally reconcile --watch` found last, as a page for Prometheus. Names come from `schemas.metrics`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, start_http_server

from infra.errors import InfraError
from infra.reconcile.report import Report
from schemas import metrics
from schemas.metrics import Metric


class Watch:
    """The figures of the last comparison; before the first one there are none but that nothing has agreed yet."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._sides: set[str] = set()
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._differences = self._made(metrics.RECONCILE_DIFFERENCES)
        self._compared = self._made(metrics.RECONCILE_COMPARED)
        self._failures = self._made(metrics.RECONCILE_FAILURES)
        self._agreed = self._made(metrics.RECONCILE_AGREED)
        self._seconds = self._made(metrics.RECONCILE_SECONDS)

    def serve(self, host: str, port: int) -> None:
        """Serves the page from a thread of its own; port 0 switches it off.

        Raises:
            InfraError: the port cannot be had.
        """
        if not port:
            return
        try:
            start_http_server(port, addr=host, registry=self.registry)
        except OSError as error:
            raise InfraError(f"Cannot listen on {host}:{port} ({error}): set FIELDTALLY_RECONCILE_PORT to another, "
                             "or to 0.") from error

    def show(self, report: Report) -> None:
        """Shows a comparison. Sides that it could not compare keep what was found of them before.

        The log is read only where the ledger is suspect; when nothing failed, it agrees where it was not read.
        """
        differences = Counter(each.sides for each in report.differences)
        told = report.compared.keys() | differences.keys()
        self._sides |= told
        for sides in told if report.failures else self._sides:
            self._differences.labels(sides).set(differences[sides])
            self._compared.labels(sides).set(report.compared.get(sides, 0))
        self._failures.set(len(report.failures))
        self._seconds.set(report.seconds)
        if report.agrees:
            self._agreed.set(self._clock())

    def fail(self) -> None:
        """Shows that nothing could be compared: Kafka or Postgres is away."""
        self._failures.set(1)

    def _made(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.help, metric.labels, registry=self.registry)
