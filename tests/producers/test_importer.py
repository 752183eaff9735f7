"""The importer: what a file's lines become, and that no refused line is lost or repeated in another's words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from producers.errors import ProducersError
from producers.importer import Report, import_file, write_file
from producers.lines import record_of
from producers.simulator import Record, recount, season
from schemas.places import load
from schemas.rejected import Refusal

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
KNOWN = load().known


class Kafka:
    """Takes what is delivered."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def __call__(self, records: Iterable[Record]) -> int:
        before = len(self.records)
        self.records.extend(records)
        return len(self.records) - before


def event(**changes: Any) -> dict[str, Any]:
    """A valid event, changed; None takes a field away."""
    whole = {
        "specversion": "1.0", "id": "01934c1e-0000-7000-8000-000000000001", "type": "card.issued",
        "source": "/imports/cards-2026", "subject": "household/2025-07.24848-K7M2-9",
        "time": "2026-03-01T08:12:04+07:00", "datacontenttype": "application/json",
        "dataschema": "urn:fieldtally:card.issued:1", "unit": "2025-07:24848", "seq": 1,
        "receivedat": "2026-03-04T11:30:09.000Z", "data": {"organisation": "local-bank", "bank": "vbsp"},
    } | changes  # fmt: skip
    return {field: value for field, value in whole.items() if value is not None}


def line(**changes: Any) -> bytes:
    return json.dumps(event(**changes)).encode()


def imported(folder: Path, *lines: bytes) -> tuple[Report, list[Record]]:
    path, kafka = folder / "events.jsonl", Kafka()
    path.write_bytes(b"\n".join(lines))
    return import_file(path, kafka, NOW, KNOWN), kafka.records


def refused(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (folder / "events.jsonl.rejected.jsonl").read_text().splitlines()]


def test_a_valid_line_is_published_byte_for_byte_under_its_unit_in_its_topic(tmp_path: Path) -> None:
    report, (record,) = imported(tmp_path, line())
    assert report == Report(1, {}, None)
    assert (record.topic, record.key, record.value) == ("field.payments.v1", b"2025-07:24848", line())
    assert record.headers == [
        ("content-type", b"application/cloudevents+json"),
        ("ce_type", b"card.issued"),
        ("ce_id", b"01934c1e-0000-7000-8000-000000000001"),
    ]


def test_a_line_without_a_receipt_was_received_now(tmp_path: Path) -> None:
    report, (record,) = imported(tmp_path, line(receivedat=None))
    assert report.accepted == 1
    assert json.loads(record.value or b"") == event(receivedat="2026-07-01T12:30:00.000Z")


def test_refused_lines_are_written_beside_the_file_with_number_reason_path_and_rule(tmp_path: Path) -> None:
    bad_code = line(data={"organisation": "local-bank", "bank": "0912345678"})
    report, records = imported(tmp_path, line(), b"{", b"", bad_code, line(seq=0), line(note="any text"))
    assert len(records) == report.accepted == 1
    assert report.refused == {"undecodable": 1, "out-of-range": 1, "bad-seq": 1, "wrong-shape": 1}
    assert report.refused_file == tmp_path / "events.jsonl.rejected.jsonl"
    found = refused(tmp_path)
    assert [(one["line"], one["reason"], one["path"], one["rule"]) for one in found] == [
        (2, "undecodable", "", ""),
        (4, "out-of-range", "$.data.bank", "enum"),
        (5, "bad-seq", "$.seq", ""),
        (6, "wrong-shape", "$", "additionalProperties"),
    ]
    assert found[1]["text"].encode() == bad_code


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unit": "2025-07:99999", "subject": "household/2025-07.99999-K7M2-9"}, "unknown-unit"),
        ({"subject": "household/2025-07.24846-K7M2-9"}, "wrong-subject"),
        ({"type": "drone.delivered"}, "unknown-type"),
        ({"dataschema": "urn:fieldtally:card.issued:2"}, "future-version"),
        ({"topic": "field.points.v1"}, "wrong-topic"),
    ],
)
def test_what_the_counter_would_reject_is_not_published(changes: dict[str, str], reason: str) -> None:
    refusal = record_of(line(**changes), NOW, KNOWN)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_a_withdrawal_must_name_its_topic(tmp_path: Path) -> None:
    changes: dict[str, Any] = {
        "type": "stream.withdrawn", "dataschema": "urn:fieldtally:stream.withdrawn:1",
        "subject": "unit/2025-07.24848", "data": {"organisation": "other", "reason": "lost"},
    }  # fmt: skip
    report, (record,) = imported(tmp_path, line(**changes), line(**changes, topic="field.payments.v1"))
    assert report.refused == {"wrong-topic": 1}
    assert refused(tmp_path)[0]["path"] == "$.topic"
    assert record.topic == "field.payments.v1"
    assert json.loads(record.value or b"") == event(**changes)


def test_lines_may_end_as_on_any_system(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, line() + b"\r", line(seq=2) + b"\r", b"\r")
    assert report == Report(2, {}, None)


def test_the_refused_of_an_earlier_run_do_not_stay_when_nothing_is_refused(tmp_path: Path) -> None:
    imported(tmp_path, b"{")
    report, _ = imported(tmp_path, line())
    assert report.refused_file is None
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_an_import_that_cannot_deliver_leaves_the_refused_of_the_run_before(tmp_path: Path) -> None:
    imported(tmp_path, b"{")

    def away(records: Iterable[Record]) -> int:
        list(records)
        raise ProducersError("Kafka does not answer.")

    with pytest.raises(ProducersError):
        import_file(tmp_path / "events.jsonl", away, NOW, KNOWN)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "events.jsonl.rejected.jsonl"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProducersError, match=r"nowhere\.jsonl cannot be opened"):
        import_file(tmp_path / "nowhere.jsonl", Kafka(), NOW, KNOWN)


def test_a_season_written_to_a_file_and_imported_twice_counts_as_it_would_have(tmp_path: Path) -> None:
    path, kafka, units = tmp_path / "season.jsonl", Kafka(), load().units
    records = list(season(3, 2_000))
    written, left_out = write_file(records, path)
    assert written + left_out == 2_000
    once, twice = (import_file(path, kafka, NOW, KNOWN) for _ in range(2))
    assert once.accepted == twice.accepted == written
    expected, found = recount(records, units), recount(kafka.records, units)
    assert found.counters == expected.counters
    assert found.days == expected.days
    assert sum(c["events"] for c in found.conservation.values()) == sum(
        c["events"] for c in expected.conservation.values()
    )
