"""Decisions of offices in the ledger: of several closes the first in the log holds, and only it is restated."""

from __future__ import annotations

import logging

import pytest

from schemas.office import Action, encode
from schemas.topics import ACTIONS
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.conftest import Record, Sql, write
from tests.office.test_decisions import CLOSED, NOTHING, Statements, by, close, frozen, restate


def put(store: Store, *values: bytes) -> None:
    partition = Partition(ACTIONS, 0)
    store.positions({partition: "log-1"})
    write(store, {partition: [Record(offset, b"", value) for offset, value in enumerate(values)]})


def restated(of: Action, count: int, number: int) -> Action:
    event = f"01934c1e-0000-7000-8000-{number:012x}"
    made = restate(frozen(count), Statements(of, []), [event], by(number))
    assert made is not None
    return made


def test_the_first_close_holds_and_only_its_restatements_count(store: Store, sql: Sql) -> None:
    late = close(frozen(12), NOTHING, by(2))
    ours, others = restated(CLOSED, 13, 3), restated(late, 14, 4)
    put(store, *map(encode, (CLOSED, late, others, ours)))
    [closed] = sql("SELECT id::text, programme, period, digest, report FROM closed_periods")
    assert closed[:4] == (CLOSED.id, "lac-duong", "2026-Q1", CLOSED.data.digest)
    assert closed.report["rows"][0]["value"]["count"] == 10
    [row] = sql("SELECT id::text, changed, events::text[] AS events FROM restated_periods")
    assert (row.id, row.changed, row.events) == (ours.id, 1, ours.data.events)


def test_a_decision_lies_in_the_ledger_byte_for_byte(store: Store, sql: Sql) -> None:
    put(store, encode(CLOSED))
    [(value,)] = sql("SELECT value FROM office_actions")
    assert value.encode() == encode(CLOSED)


def test_what_is_no_decision_is_said_and_left_out(
    store: Store, sql: Sql, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        put(store, b"{}", encode(CLOSED))
    assert "no decision of an office" in caplog.text
    assert sql("SELECT count(*) FROM office_actions") == [(1,)]
