"""The counter's own /metrics page: what this process did since its start. Names come from `schemas.metrics`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, ProcessCollector, Summary, disable_created_metrics, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family

from schemas import metrics as names
from stream_processors.core.partition import Partition
from stream_processors.protocol.owner import Owner


class Figures:
    """Counted over the life of the process, by the worker that owns it."""

    def __init__(self) -> None:
        self.records: dict[str, int] = {}
        self.rejected: dict[str, int] = {}
        self.events = self.duplicates = self.conflicts = self.replayed = 0
        self.published = self.checkpoint_bytes = self.rebuilds = self.checkpoints = 0

    def note(self, topic: str, partition: Partition, read: int) -> None:
        """Take over what a partition found in one batch."""
        self.records[topic] = self.records.get(topic, 0) + read
        found = partition.found
        self.events += found.events
        self.duplicates += found.duplicates
        self.conflicts += found.conflicts
        self.replayed += found.replayed
        for reason, amount in found.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + amount
        found.clear()


class Page:
    """Collects at scrape time; nothing here costs anything per event."""

    def __init__(self, figures: Figures, owners: Callable[[], Iterable[Owner]]) -> None:
        self._figures, self._owners = figures, owners
        # A time of creation per series is not in our vocabulary.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left its types out
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(self)
        self.checkpoint_seconds = Summary(
            names.COUNTER_CHECKPOINT.name, names.COUNTER_CHECKPOINT.help, registry=self._registry
        )

    def serve(self, port: int, host: str) -> None:
        """Serve the page; port 0 switches it off."""
        if port:
            start_http_server(port, addr=host, registry=self._registry)

    def collect(self) -> Iterable[Family]:
        """All families."""
        f = self._figures
        for metric, value in (
            (names.COUNTER_EVENTS, f.events),
            (names.COUNTER_DUPLICATES, f.duplicates),
            (names.COUNTER_CONFLICTS, f.conflicts),
            (names.COUNTER_REPLAYED, f.replayed),
            (names.COUNTER_PUBLISHED, f.published),
            (names.COUNTER_CHECKPOINT_BYTES, f.checkpoint_bytes),
            (names.COUNTER_REBUILDS, f.rebuilds),
        ):
            yield CounterMetricFamily(metric.name, metric.help, value=value)
        for metric, by_label in ((names.COUNTER_RECORDS, f.records), (names.COUNTER_REJECTED, f.rejected)):
            family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for label, amount in by_label.items():
                family.add_metric([label], amount)
            yield family
        owners = list(self._owners())
        silent = sum(not owner.proven for owner in owners)
        yield GaugeMetricFamily(names.COUNTER_PARTITIONS.name, names.COUNTER_PARTITIONS.help, value=len(owners))
        yield GaugeMetricFamily(names.COUNTER_SILENT.name, names.COUNTER_SILENT.help, value=silent)
