"""Events count by the day on which they happened; one event moves what it counts for, and nothing else."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import text

from schemas.partition import partition_of
from schemas.programmes import parse_period
from schemas.programmes.report import Report
from sinks.reports.errors import ReportsError
from tests.ledger.made import fact
from tests.ledger.random_log import Put
from tests.reports.conftest import PARTITIONS, Ledger, count

UNIT = "2025-03:24848"
HOUSEHOLD = "household/2025-03.24848-0000-0"
SOURCE = "/tablets/report"


def event(topic: str, name: str, seq: int, states: dict[str, object]) -> Put:
    """An event of one tablet in Đạ Nhim."""
    value = {"id": f"01934c1e-0000-7000-8000-{seq:012x}", "specversion": "1.0", "source": SOURCE, "type": name,
             "dataschema": f"urn:fieldtally:{name}:1", "unit": UNIT, "seq": seq, **states}  # fmt: skip
    key = UNIT.encode()
    return Put(f"field.{topic}.v1", partition_of(key, PARTITIONS), key, json.dumps(value).encode())


def phone(seq: int, day: str = "2026-03-01") -> dict[str, object]:
    """A smartphone handed to a pupil of the household."""
    imei = f"p1.{seq:032x}"
    return fact(HOUSEHOLD, {"recipient": "pupil", "imei": imei, "funding": "donation"}, f"{day}T08:00:00+07:00")


def differences(before: Report, after: Report) -> set[str]:
    """The rows of which the value differs."""
    pairs = zip(before.rows, after.rows, strict=True)
    return {old.row.id for old, new in pairs if old.value != new.value}


def test_voiding_one_named_event_moves_exactly_its_rows(small: Ledger) -> None:
    before = small.report("lac-duong")
    given = phone(1)
    small.add([event("handouts", "smartphone.handed-out", 1, given)])
    with_phone = small.report("lac-duong")
    moved = {"smartphones", "smartphones_pupils", "smartphone_share"}
    assert differences(before, with_phone) == moved
    assert (count(with_phone, "smartphones") or 0) - (count(before, "smartphones") or 0) == 1
    void = {"root": {"source": SOURCE, "unit": UNIT, "seq": 1}, "revision": 1, "reason": "did-not-happen",
            "original": given}  # fmt: skip
    small.add([event("handouts", "smartphone.handed-out.voided", 2, fact(HOUSEHOLD, void))])
    voided = small.report("lac-duong")
    assert differences(with_phone, voided) == moved
    assert differences(before, voided) == set()


def test_a_late_event_counts_on_its_own_day(small: Ledger) -> None:
    asked = {"until": date(2026, 2, 28)}
    before = small.report("lac-duong", **asked)
    small.add([event("handouts", "smartphone.handed-out", 1, phone(1))])
    assert differences(before, small.report("lac-duong", **asked)) == set()
    small.add([event("handouts", "smartphone.handed-out", 2, phone(2, "2026-02-28"))])
    later = small.report("lac-duong", **asked)
    assert differences(before, later) == {"smartphones", "smartphones_pupils", "smartphone_share"}


def test_a_period_counts_what_happened_in_it(small: Ledger) -> None:
    events = [(1, "2026-03-31"), (2, "2026-04-01"), (3, "2026-06-30"), (4, "2026-07-01")]
    asked = {"period": parse_period("2026-Q2")}
    before = small.report("lac-duong", **asked)
    small.add([event("handouts", "smartphone.handed-out", seq, phone(seq, day)) for seq, day in events])
    after = small.report("lac-duong", **asked)
    assert (count(after, "smartphones") or 0) - (count(before, "smartphones") or 0) == 2
    assert after.as_of.period == parse_period("2026-Q2")


def test_a_year_of_the_programme_is_its_events_of_that_year(played: Ledger) -> None:
    first, second, third = (played.report("lac-duong", period=parse_period(year)) for year in ("2023", "2024", "2025"))
    whole = played.report("lac-duong")
    for name in ("contributions", "smartphones", "sims", "support"):
        parts = [count(report, name) or 0 for report in (first, second, third)]
        assert all(part > 0 for part in parts[:2])
        assert sum(parts) == count(whole, name)
    assert [count(report, "rounds") for report in (first, second)] == [3, 0]
    early = played.report("lao-cai", until=date(2023, 6, 30))
    assert (count(early, "points"), count(early, "access")) == (0, count(played.report("lao-cai"), "access"))


def test_a_period_after_the_day_is_refused(small: Ledger) -> None:
    with pytest.raises(ReportsError, match=r"Nothing of 2026-Q2 lies before 2026-03-31"):
        small.report("lac-duong", until=date(2026, 3, 31), period=parse_period("2026-Q2"))


@pytest.mark.parametrize("day", [date(2023, 2, 20), date(2023, 10, 21), date(2024, 4, 30), date(2025, 3, 9)])
def test_the_latest_event_of_a_header_is_the_latest_that_counts(played: Ledger, day: date) -> None:
    statement = "SELECT max(day_of(instant)) FROM standing_facts WHERE unit LIKE '2023:%' AND day_of(instant) <= :day"
    with played.engine.connect() as connection:
        latest = connection.scalar(text(statement), {"day": day})
    asked = {"period": parse_period(f"2023-01-01..{day}")}
    for report in (played.report("lao-cai", until=day), played.report("lao-cai", **asked)):
        assert report.as_of.latest_event == str(latest)


def test_the_header_says_as_of_when(played: Ledger) -> None:
    as_of = played.report("lao-cai").as_of
    assert as_of.latest_event is not None
    assert as_of.latest_event.endswith("Z")
    assert as_of.events > 0
    assert as_of.tablets > 0
    assert as_of.tablets_heard <= as_of.tablets
    holes = played.expected.holes
    mine = [unit for unit in holes if unit.startswith("2023:")]
    assert as_of.missing == sum(holes[unit]["missing"] for unit in mine)
    assert as_of.rejected == sum(holes[unit]["rejected"] for unit in mine)
