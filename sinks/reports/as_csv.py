"""A report for spreadsheets and programs: plain numbers, one row for each result and target, one for each place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from schemas.programmes.report import Report, ReportRow, Share, Value
from sinks.reports.words import said

COLUMNS = (
    "table", "id", "title", "place", "unit", "reported", "reported_qualifier", "reported_words", "reported_as_of",
    "count", "of", "percent", "state", "target", "target_qualifier", "target_period", "reading", "share_percent",
    "points", "basis", "as_of", "map",
)  # fmt: skip


def as_csv(report: Report, language: str) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets misread Vietnamese else; `state` is shown, hidden or unknown."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    stamp = {"as_of": report.as_of.day, "map": report.as_of.map}
    for cells in (*_results(report, language), *_places(report, language)):
        writer.writerow({name: value for name, value in (cells | stamp).items() if value is not None})
    return text.getvalue().encode("utf-8-sig")


def _results(report: Report, language: str) -> Iterator[dict[str, object]]:
    for row in report.rows:
        for share in row.shares or (None,):
            yield _row(row, language) | _target(share, language)


def _row(row: ReportRow, language: str) -> dict[str, object]:
    reported = row.row.reported
    stated = {} if reported is None else {
        "reported": reported.value, "reported_qualifier": reported.qualifier, "reported_as_of": reported.as_of,
        "reported_words": said(reported.words, language) if reported.words else None,
    }  # fmt: skip
    return {
        "table": "result", "id": row.row.id, "title": said(row.row.title, language), "place": row.row.within,
        "unit": row.unit, "basis": " ".join(row.basis), **stated, **_value(row.value),
    }  # fmt: skip


def _target(share: Share | None, language: str) -> dict[str, object]:
    if share is None:
        return {}
    target = share.target
    return {
        "target": target.value, "target_qualifier": target.qualifier, "target_period": target.period,
        "reading": said(target.reading, language) if target.reading else None,
        "share_percent": share.percent, "points": share.points,
    }  # fmt: skip


def _places(report: Report, language: str) -> Iterator[dict[str, object]]:
    units = {row.row.id: row.unit for row in report.rows}
    for line in report.lines:
        for column, value in zip(report.columns, line.values, strict=True):
            yield {"table": "place", "id": column, "title": said(line.name, language), "unit": units[column],
                   "place": line.place or line.unresolved, **_value(value)}  # fmt: skip


def _value(value: Value) -> dict[str, object]:
    percent: Decimal | None = value.percent
    state = "hidden" if value.hidden else "shown" if value.known else "unknown"
    return {"count": value.count, "of": value.of, "percent": percent, "state": state}
