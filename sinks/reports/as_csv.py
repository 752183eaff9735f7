"""A report for programs: plain numbers, a row for each result and target, place, entry of a list, device of a kit,
actor and document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from schemas.programmes.report import Report, ReportRow, Share, Value
from sinks.reports.tables import name_of, name_of_kit
from sinks.reports.words import said

COLUMNS = (
    "table", "id", "title", "place", "unit", "reported", "reported_qualifier", "reported_words", "reported_as_of",
    "reported_source", "count", "of", "percent", "state", "target", "target_qualifier", "target_period",
    "target_source", "reading", "share_percent", "points", "basis", "kind", "text", "since", "until",
    "programme", "version", "period",
    "as_of", "map", "latest_event", "latest_receipt", "tablets_heard", "tablets", "missing", "rejected",
)  # fmt: skip


def as_csv(report: Report, language: str) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets misread Vietnamese else; `state` is shown, hidden or unknown."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    as_of = report.as_of
    stamp = {
        "programme": report.programme, "version": report.version, "period": as_of.period and as_of.period.name,
        "as_of": as_of.day, "map": as_of.map, "latest_event": as_of.latest_event,
        "latest_receipt": as_of.latest_receipt, "tablets_heard": as_of.tablets_heard, "tablets": as_of.tablets,
        "missing": as_of.missing, "rejected": as_of.rejected,
    }  # fmt: skip
    parts = (_results, _places, _lists, _kits, _actors, _documents)
    for cells in (cells for part in parts for cells in part(report, language)):
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
        "reported_source": reported.source,
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
        "target_source": target.source,
        "reading": said(target.reading, language) if target.reading else None,
        "share_percent": share.percent, "points": share.points,
    }  # fmt: skip


def _places(report: Report, language: str) -> Iterator[dict[str, object]]:
    units = {row.row.id: row.unit for row in report.rows}
    for line in report.lines:
        for column, value in zip(report.columns, line.values, strict=True):
            yield {"table": "place", "id": column, "title": said(line.name, language), "unit": units[column],
                   "place": line.place or line.unresolved, **_value(value)}  # fmt: skip


def _lists(report: Report, language: str) -> Iterator[dict[str, object]]:
    """`id` is the list and the measure, `kind` the code that is counted; none: all that the list does not name."""
    for shown in report.lists:
        for entry in shown.entries:
            for count, unit, value in zip(shown.counts, shown.units, entry.values, strict=True):
                yield {"table": "list", "id": f"{shown.id} {count}", "kind": entry.kind, "unit": unit,
                       "title": said(entry.title, language), **_value(value)}  # fmt: skip


def _kits(report: Report, language: str) -> Iterator[dict[str, object]]:
    for kit in report.kits:
        for kind, number in kit.devices.items():
            yield {"table": "kit", "id": kit.host or kit.point, "title": name_of_kit(kit, language), "kind": kind,
                   "unit": "device", "target": number, "since": kit.valid_from}  # fmt: skip


def _actors(report: Report, language: str) -> Iterator[dict[str, object]]:
    for actor in report.actors:
        yield {"table": "actor", "id": actor.organisation, "title": name_of(actor, language),
               "text": said(actor.role, language), "since": actor.since, "until": actor.until}  # fmt: skip


def _documents(report: Report, language: str) -> Iterator[dict[str, object]]:
    for document in report.documents:
        yield {"table": "document", "id": document.id, "title": said(document.title, language)}


def _value(value: Value) -> dict[str, object]:
    percent: Decimal | None = value.percent
    state = "hidden" if value.hidden else "shown" if value.known else "unknown"
    return {"count": value.count, "of": value.of, "percent": percent, "state": state}
