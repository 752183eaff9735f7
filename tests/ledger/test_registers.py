"""Registers in the ledger: dated versions, the denominators of a day, and what is distinct over units and days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.registers import Entry, Version, encode
from schemas.topics import REGISTERS
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.conftest import Record, Sql, write
from tests.ledger.made import HOME, NEIGHBOUR, OTHER, SESSION, UNIT, event, fact, revision
from tests.ledger.random_log import Put
from tests.ledger.test_events import written


class Register:
    """One partition of the registers' topic that the store reads."""

    def __init__(self, store: Store) -> None:
        self.store, self.partition, self.end = store, Partition(REGISTERS, 0), 0
        store.positions({self.partition: "log-1"})

    def put(self, *entries: Entry, gone: tuple[Entry, ...] = ()) -> None:
        """Writes entries, and then removals, in one batch."""
        puts = [*((entry.key(), encode(entry)) for entry in entries), *((entry.key(), None) for entry in gone)]
        write(self.store, {self.partition: [Record(self.end + n, *put) for n, put in enumerate(puts)]})
        self.end += len(puts)


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


def household(subject: str, *versions: Version) -> Entry:
    code = subject.removeprefix("household/")
    return Entry(kind="household", unit=code[:13].replace(".", ":"), code=code, versions=list(versions))


def since(day: str, until: str | None = None, **states: Any) -> Version:
    return Version(
        valid_from=date.fromisoformat(day), valid_until=date.fromisoformat(until) if until else None, **states
    )


def test_the_last_record_of_an_entry_replaces_its_versions_also_within_a_batch(register: Register, sql: Sql) -> None:
    register.put(household(HOME, since("2025-07-01", class_="poor")), household(NEIGHBOUR, since("2025-07-01")))
    changed = household(HOME, since("2025-07-01", "2026-01-01", class_="poor"), since("2026-01-01", class_="other"))
    register.put(household(HOME, since("2025-08-01")), changed)
    rows = sql("SELECT class FROM register_entries WHERE code = :code ORDER BY valid_from", code=changed.code)
    assert rows == [("poor",), ("other",)]
    register.put(gone=(changed,))
    assert sql("SELECT code FROM register_entries") == [(NEIGHBOUR.removeprefix("household/"),)]


def test_a_denominator_is_that_of_the_day(register: Register, sql: Sql) -> None:
    poor_at_first = since("2025-07-01", "2026-01-01", class_="poor", need=True), since("2026-01-01", class_="other")
    register.put(
        household(HOME, *poor_at_first),
        household(NEIGHBOUR, since("2025-10-01", class_="poor", need=True)),
    )
    poor = "SELECT sum(entries) FROM denominators_on(:day) WHERE kind = 'household' AND class = 'poor' AND need"
    assert [sql(poor, day=date(2025, month, 31))[0][0] for month in (8, 12)] == [1, 2]
    assert sql(poor, day=date(2026, 1, 1)) == [(1,)]
    assert sql("SELECT count(*) FROM registered_on('2025-06-30')") == [(0,)]


def attended(seq: int, where: str, home: str, day: int) -> Put:
    states = fact(where, {"attendee": f"{home.removeprefix('household/')}/1"}, f"2026-03-{day:02d}T08:00:00+07:00")
    return event("training", "training.attended", seq, states)


def test_who_was_trained_in_two_units_or_on_two_days_counts_once_over_them(store: Store, sql: Sql) -> None:
    far = SESSION.replace("24848", "24846")
    written(store, attended(1, SESSION, HOME, 1), attended(2, SESSION, HOME, 9), attended(1, far, HOME, 5),
            attended(2, far, NEIGHBOUR, 9))  # fmt: skip
    trained = """SELECT value FROM distinct_between(CAST(:units AS text[]), CAST(:first AS date), CAST(:last AS date))
                 WHERE measure = 'households_trained'"""
    def over(units: list[str] | None, first: date | None, last: date | None) -> int:
        return sum(value for (value,) in sql(trained, units=units, first=first, last=last))

    assert over(None, None, None) == 2
    assert over([UNIT], None, None) == 1
    assert over([UNIT, OTHER], None, date(2026, 3, 8)) == 1
    assert over([UNIT, OTHER], date(2026, 3, 9), None) == 2
    assert over([OTHER], date(2026, 3, 1), date(2026, 3, 4)) == 0


def test_a_round_that_was_voided_does_not_count_in_its_period(store: Store, sql: Sql) -> None:
    def held(number: int) -> dict[str, object]:
        data = {"round": number, "topic": "cashless-payment", "language": "vi", "headcount": 30}
        return fact(SESSION, data)

    name = "outreach.session-held"
    written(store, event("outreach", name, 1, held(1)), event("outreach", name, 2, held(2)),
            revision("outreach", name, 3, 2, held(2)))  # fmt: skip
    assert sql("SELECT value FROM distinct_between(NULL, '2026-03-01', '2026-03-31') "
               "WHERE measure = 'outreach_rounds'") == [(1,)]  # fmt: skip
