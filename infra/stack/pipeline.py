"""How the pipeline is, as Prometheus has it: what came, what waits, what differs, which alerts fire."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import msgspec

from schemas.metrics import (
    CONSUMER_LAG,
    HOLES,
    LAST_TOTAL_AGE,
    LOG_RECORDS,
    OLDEST_UNPROCESSED,
    RECONCILE_DIFFERENCES,
    REJECTED,
)

TIMEOUT_S = 5.0
_QUERIES = {
    "records": f"sum({LOG_RECORDS.name})", "waiting": f"sum({CONSUMER_LAG.name})",
    "oldest_waiting_s": f"max({OLDEST_UNPROCESSED.name})", "last_total_age_s": f"max({LAST_TOTAL_AGE.name})",
    "rejected": f"sum({REJECTED.name})", "missing": f'sum({HOLES.name}{{kind="missing"}})',
    "differences": f"sum({RECONCILE_DIFFERENCES.name})",
}  # fmt: skip


class Alert(msgspec.Struct, frozen=True):
    """An alert that fires: what it means in both languages, and its section in the runbook."""

    name: str
    severity: str
    vi: str
    en: str
    runbook: str


class Pipeline(msgspec.Struct, frozen=True):
    """Figures that Prometheus does not have (yet) are None; times are seconds."""

    records: float | None = None
    waiting: float | None = None
    oldest_waiting_s: float | None = None
    last_total_age_s: float | None = None
    rejected: float | None = None
    missing: float | None = None
    differences: float | None = None
    alerts: tuple[Alert, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether nothing fires that cannot wait until tomorrow."""
        return not any(alert.severity == "page" for alert in self.alerts)


def gather(url: str) -> Pipeline | None:
    """What the Prometheus at `url` says; None while it does not answer."""
    try:
        figures = {name: _figure(_get(url, "query", query=expr)) for name, expr in _QUERIES.items()}
        return Pipeline(**figures, alerts=tuple(_alerts(_get(url, "alerts"))))
    except (urllib.error.URLError, OSError):
        return None


def _get(url: str, path: str, **query: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=TIMEOUT_S) as answer:
        found: dict[str, Any] = json.load(answer)["data"]
    return found


def _figure(data: dict[str, Any]) -> float | None:
    return float(data["result"][0]["value"][1]) if data["result"] else None


def _alerts(data: dict[str, Any]) -> list[Alert]:
    return [Alert(each["labels"]["alertname"], each["labels"]["severity"], each["annotations"]["summary_vi"],
                  each["annotations"]["summary_en"], each["annotations"]["runbook"])
            for each in data["alerts"] if each["state"] == "firing"]
