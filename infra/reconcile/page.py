"""The gauges' page as it is served: fetched once, and read with Prometheus' own parser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from infra.bus import Place
from infra.reconcile.figures import CommuneKey
from infra.reconcile.report import Figure
from schemas.metrics import COMMUNE_INFO, COMMUNE_METRICS, GAUGES_OFFSET, REJECTED
from schemas.topics import TOTALS

TIMEOUT_S = 10.0
_FIGURES = {metric.name for metric in COMMUNE_METRICS} - {COMMUNE_INFO.name}


class Page(NamedTuple):
    """What the page says: figures of communes without zeroes, the totals that it covers, and rejects by reason."""

    communes: dict[CommuneKey, dict[Figure, float]]
    offsets: dict[Place, int]
    rejected: dict[str, int]


def fetch(url: str) -> Page | str:
    """The page, or why it cannot be had."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            return parse(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"status {error.code}: {error.read().decode(errors='replace').strip()}"
    except (urllib.error.URLError, OSError) as error:
        return str(getattr(error, "reason", error))


def parse(text: str) -> Page:
    """Reads a page.

    Raises:
        ValueError: it is no page in Prometheus' text format.
    """
    page = Page({}, {}, {})
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            _take(page, sample.name, sample.labels, sample.value)
    return page


def _take(page: Page, name: str, labels: Mapping[str, str], value: float) -> None:
    if name == GAUGES_OFFSET.name:
        page.offsets[Place(TOTALS, int(labels["partition"]))] = int(value)
    elif name == REJECTED.name:
        page.rejected[labels["reason"]] = int(value)
    elif name == COMMUNE_INFO.name or name in _FIGURES:
        figures = page.communes.setdefault((labels["commune"], labels["province"]), {})
        if name in _FIGURES and value:
            figures[name, labels.get("kind", "")] = value
