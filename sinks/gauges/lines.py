"""Prometheus' text format, version 0.0.4, for the figures of communes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.metrics import Metric
from sinks.gauges.figures import Family, Row


def header(metric: Metric) -> bytes:
    """The HELP and TYPE lines that begin a metric's block."""
    text = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {metric.name} {text}\n# TYPE {metric.name} {metric.kind}\n".encode()


def labels(pairs: Mapping[str, str]) -> str:
    """Labels without the braces, escaped."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs.items())


def info(metric: Metric, pairs: Mapping[str, str]) -> bytes:
    """The one line of an info metric."""
    return f"{metric.name}{{{labels(pairs)}}} 1\n".encode()


def chunk(family: Family, place: str, rows: Iterable[Row[int]], shown: bytearray) -> bytes:
    """A commune's lines of one metric: the figures that are shown, folded over the commune's units.

    `place` holds the commune's labels; `shown` marks the figures of a row that were ever above 0.
    """
    units = list(rows)
    lines = []
    for index, kind in enumerate(family.kinds, family.first):
        if not shown[index]:
            continue
        value = family.fold([row[index] for row in units])
        with_kind = f',kind="{kind}"' if kind else ""
        if not family.is_time:
            lines.append(f"{family.metric.name}{{{place}{with_kind}}} {value}\n")
        elif value > 0:
            lines.append(f"{family.metric.name}{{{place}}} {value / 1000:.3f}\n")
    return "".join(lines).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
