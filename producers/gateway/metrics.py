"""The gateway's /metrics page: names come from `schemas.metrics`; no label says which tablet it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from producers.gateway.admission import Admission
from producers.gateway.following import Follower
from producers.gateway.guard import Guard
from producers.gateway.publishing import Publisher
from schemas import metrics as names
from schemas.gateway import Receipt


class Metrics(Collector):
    """What this process did since its start, and how it is now; collected when Prometheus asks."""

    def __init__(self, publisher: Publisher, admission: Admission, followers: Sequence[Follower]) -> None:
        self._publisher, self._admission, self._followers = publisher, admission, followers
        self._requests: Counter[tuple[str, str]] = Counter()
        self._times: dict[str, tuple[int, float]] = {}
        self._events: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left its types out
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def note_request(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests[route, str(status)] += 1
        count, total = self._times.get(route, (0, 0.0))
        self._times[route] = count + 1, total + seconds

    def note_receipts(self, receipts: Iterable[Receipt]) -> None:
        """Events were answered."""
        self._events.update(str(receipt.__struct_config__.tag) for receipt in receipts)

    def note_quarantined(self, events: int) -> None:
        """Events of a revoked tablet were set aside."""
        self._events["quarantined"] += events

    def note_refused(self, reason: str) -> None:
        """An event was not taken."""
        self._refused[reason] += 1

    def page(self) -> bytes:
        """The page."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Family]:
        """All families."""
        requests = CounterMetricFamily(
            names.GATEWAY_REQUESTS.name, names.GATEWAY_REQUESTS.help, labels=names.GATEWAY_REQUESTS.labels)
        for labels, count in self._requests.items():
            requests.add_metric(labels, count)
        yield requests
        times = SummaryMetricFamily(
            names.GATEWAY_REQUEST_TIME.name, names.GATEWAY_REQUEST_TIME.help, labels=names.GATEWAY_REQUEST_TIME.labels)
        for route, (count, total) in self._times.items():
            times.add_metric([route], count, total)
        yield times
        for metric, by_label in ((names.GATEWAY_EVENTS, self._events), (names.GATEWAY_REFUSED, self._refused)):
            family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for label, count in by_label.items():
                family.add_metric([label], count)
            yield family
        for metric, value in (
            (names.GATEWAY_UNDER_WAY, self._admission.under_way + self._admission.slow),
            (names.GATEWAY_CONNECTIONS, Guard.open),
            (names.GATEWAY_UNCONFIRMED, self._publisher.unconfirmed_bytes),
            (names.GATEWAY_READY, self._publisher.up and all(each.fresh for each in self._followers)),
        ):
            yield GaugeMetricFamily(metric.name, metric.help, value=value)
