"""Findings come and go with the events, name the events behind them, and refuse nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.finding_words import words
from infra.findings import Found, find
from schemas.findings import FINDINGS
from sinks.ledger.store import Store
from tests.ledger.conftest import MemoryLog, Sql, grouped, write
from tests.ledger.made import HOME, NEIGHBOUR, SESSION, UNIT, Json, activity, event, fact, leaflet, revision, visitors
from tests.ledger.random_log import Put
from tests.ledger.test_registers import Register, household, since

POINT, ELSEWHERE = "point/2025-07.24848-P1", "point/2025-07.24848-P2"
DAY = date(2026, 12, 1)


def on(day: int, subject: str, data: Json, month: int = 3) -> Json:
    return fact(subject, data, f"2026-{month:02d}-{day:02d}T08:00:00+07:00")


def device(day: int, number: int, point: str = POINT, *, kind: str = "laptop", **more: Any) -> Json:
    data = {"maker": "maker-a", "model": "m-1", "serial": f"p1.{number:032x}", "kind": kind}
    return on(day, point, data | more)


def installed(seq: int, states: Json) -> Put:
    states["data"].setdefault("funding", "national-target-programme")
    return event("devices", "device.installed", seq, states)


def phone(seq: int, home: str = HOME, number: int = 1, day: int = 1) -> Put:
    data = {"recipient": "household", "imei": f"p1.{number:032x}", "funding": "donation"}
    return event("handouts", "smartphone.handed-out", seq, on(day, home, data))


def ids(*seqs: int) -> set[str]:
    """The ids of events that `event` made."""
    return {f"01934c1e-0000-7000-8000-{seq:012x}" for seq in seqs}


class Field:
    """Plays records into the ledger, call by call."""

    def __init__(self, store: Store) -> None:
        self.store, self._log = store, MemoryLog()

    def __call__(self, *puts: Put) -> None:
        before = len(self._log.order)
        self._log.put(puts)
        write(self.store, grouped(self._log.order[before:]))


@pytest.fixture
def field(store: Store) -> Field:
    return Field(store)


class Findings:
    """What the ledger finds now."""

    def __init__(self, database: str) -> None:
        self._url = database

    def __call__(self, kind: str, days: int | None = 0) -> list[Found]:
        return find(self._url, DAY, kind=kind, days=days)


@pytest.fixture
def findings(database: str) -> Findings:
    return Findings(database)


def test_every_kind_of_finding_has_a_title_and_no_other_is_found(sql: Sql) -> None:
    said = " ".join(row[0] for row in sql("SELECT definition FROM pg_views WHERE viewname LIKE 'finding\\_%'"))
    assert all(f"'{kind}'" in said for kind in FINDINGS)


def test_a_serial_that_was_installed_twice_is_found_per_maker_until_it_was_removed(
    field: Field, findings: Findings
) -> None:
    field(installed(1, device(1, 7)), installed(2, device(2, 7, ELSEWHERE)),
            installed(3, device(2, 7, ELSEWHERE, maker="maker-b")))  # fmt: skip
    [found] = findings("equipment-seen-twice")
    assert (set(found.events), found.subjects, found.since) == (ids(1, 2), [POINT, ELSEWHERE], date(2026, 3, 2))
    field(event("devices", "device.removed", 4, device(2, 7, reason="moved")))
    assert findings("equipment-seen-twice") == []


def test_an_imei_that_was_handed_out_twice_is_found_until_one_is_corrected(field: Field, findings: Findings) -> None:
    first, second = phone(1, HOME, 9), phone(2, NEIGHBOUR, 9, day=4)
    field(first, second)
    [found] = findings("equipment-seen-twice")
    assert (set(found.events), found.since) == (ids(1, 2), date(2026, 3, 4))
    right, wrong = ({"recipient": "household", "imei": f"p1.{n:032x}", "funding": "donation"} for n in (8, 9))
    field(revision("handouts", "smartphone.handed-out", 3, 2, on(4, NEIGHBOUR, wrong),
                               on(4, NEIGHBOUR, right)))  # fmt: skip
    assert findings("equipment-seen-twice") == []


@pytest.mark.parametrize(("between", "found"), [
    ([], True),
    ([("device.faulted", {"fault": "no-power"})], False),
    ([("device.faulted", {"fault": "no-power"}), ("device.faulted", {"fault": "repaired"})], True),
    ([("device.removed", {"reason": "lost"})], False),
])  # fmt: skip
def test_a_device_that_was_bought_though_another_funds_works_there_is_found(
    field: Field, findings: Findings, between: list[tuple[str, Json]], found: bool
) -> None:
    life = [event("devices", name, 2 + n, device(2 + n, 1, **more)) for n, (name, more) in enumerate(between)]
    field(installed(1, device(1, 1, funding="enterprise")), *life, installed(9, device(9, 2)))
    assert [set(each.events) for each in findings("double-funded-device")] == ([ids(1, 9)] if found else [])


def test_another_kind_the_same_fund_or_another_point_is_no_double_funding(field: Field, findings: Findings) -> None:
    field(installed(1, device(1, 1, funding="enterprise")), installed(2, device(2, 2, kind="printer")),
            installed(3, device(2, 3, funding="enterprise")), installed(4, device(2, 4, ELSEWHERE)))  # fmt: skip
    assert findings("double-funded-device") == []


def approved(seq: int, point: str = POINT, day: int = 1) -> Put:
    data = {"host": "difficult-village", "period": "2023-2030", "decision": "qd-1"}
    return event("points", "point.approved", seq, on(day, point, data))


def test_a_kit_is_compared_with_the_list_in_force_and_a_points_own_goes_first(
    field: Field, sql: Sql, findings: Findings
) -> None:
    sql("DELETE FROM approved_kits")
    sql("""INSERT INTO approved_kits (host, point, valid_from, kind, number) VALUES
           ('difficult-village', '', '2023-01-01', 'laptop', 5), ('difficult-village', '', '2024-01-01', 'laptop', 1),
           ('difficult-village', '', '2024-01-01', 'printer', 1), ('', :own, '2024-01-01', 'laptop', 2)""",
        own=ELSEWHERE)
    field(approved(1), approved(2, ELSEWHERE), installed(3, device(5, 3)), installed(4, device(6, 4)))
    [more] = findings("kit-exceeded")
    assert (more.detail, set(more.events)) == ({"laptop": "2 of 1"}, ids(1, 3, 4))
    less = {each.subjects[0]: each.detail for each in findings("kit-incomplete")}
    assert less == {POINT: {"printer": "0 of 1"}, ELSEWHERE: {"laptop": "0 of 2"}}


def test_a_second_smartphone_for_a_household_is_found_until_one_is_voided(field: Field, findings: Findings) -> None:
    data = {"recipient": "household", "imei": f"p1.{2:032x}", "funding": "donation"}
    field(phone(1, number=1), phone(2, number=2, day=8), phone(3, NEIGHBOUR, 3))
    [found] = findings("second-smartphone")
    assert (found.units, found.subjects, set(found.events)) == ([UNIT], [HOME], ids(1, 2))
    field(revision("handouts", "smartphone.handed-out", 4, 2, on(8, HOME, data)))
    assert findings("second-smartphone") == []


def test_a_roster_that_is_larger_than_every_headcount_is_found(field: Field, findings: Findings) -> None:
    def held(seq: int, headcount: int) -> Put:
        data = {"topic": "health", "language": "vi", "headcount": headcount}
        return event("training", "training.session-held", seq, on(1, SESSION, data))

    roster = [event("training", "training.attended", 10 + n, on(1, SESSION, {"attendee": str(n)})) for n in range(4)]
    field(held(1, 3), *roster)
    [found] = findings("roster-above-headcount")
    assert (found.detail, set(found.events)) == ({"headcount": 3, "roster": 4}, ids(1, 10, 11, 12, 13))
    field(held(2, 4))
    assert findings("roster-above-headcount") == []


def test_a_point_that_is_approved_and_not_connected_is_found_after_so_many_days(
    field: Field, findings: Findings
) -> None:
    data = {"service": "fibre", "funding": "public-utility-telecom", "expires": "2026-12-31"}
    field(approved(1), approved(2, ELSEWHERE), event("points", "point.connected", 3, on(9, ELSEWHERE, data)))
    [found] = findings("point-unconnected", days=275)
    assert (found.subjects, found.since, set(found.events)) == ([POINT], date(2026, 3, 1), ids(1))
    assert findings("point-unconnected", days=276) == []


def test_a_commune_is_silent_only_when_its_old_units_are_too(field: Field, findings: Findings) -> None:
    old = on(20, "household/2025-03.24847-0000-0", {"leaflet": "l-1"})
    field(leaflet(1))
    [found] = findings("unit-silent", days=30)
    assert (found.units, found.since, set(found.events)) == ([UNIT], date(2026, 3, 1), ids(1))
    field(event("outreach", "leaflet.distributed", 1, old, id=77))
    [found] = findings("unit-silent", days=30)
    assert (found.units, found.since, set(found.events)) == (["2025-03:24847", UNIT], date(2026, 3, 20), ids(77))
    assert findings("unit-silent", days=300) == []


def surveyed(seq: int, home: str, class_: str, day: int, *, need: bool = True) -> Put:
    states = dict.fromkeys(("has_telecom", "owns_smartphone", "has_internet"), False)
    data = {"household_class": class_, "needs_telecom": need, **states}
    return event("households", "household.surveyed", seq, on(day, home, data))


def test_a_survey_that_differs_from_the_register_of_its_day_is_found(field: Field, findings: Findings) -> None:
    Register(field.store).put(household(HOME, since("2025-07-01", class_="poor", need=True)))
    field(surveyed(1, HOME, "near-poor", 2), surveyed(2, NEIGHBOUR, "poor", 2))
    [differs] = findings("register-differs")
    assert (differs.subjects, set(differs.events)) == ([HOME], ids(1))
    assert differs.detail == {"surveyed": ["near-poor", True], "registered": ["poor", True]}
    assert words(differs.detail) == (
        "khảo sát: Hộ cận nghèo, cần hỗ trợ viễn thông; trong sổ: Hộ nghèo, cần hỗ trợ viễn thông / "
        "surveyed: Near-poor, needs telecom; in the register: Poor, needs telecom")
    [absent] = findings("not-in-register")
    assert (absent.subjects, set(absent.events)) == ([NEIGHBOUR], ids(2))
    field(surveyed(3, HOME, "poor", 5))
    assert findings("register-differs") == []


def test_a_card_under_an_old_unit_and_under_what_became_of_it_is_found(field: Field, findings: Findings) -> None:
    old = "household/2025-03.24847-0000-0"
    Register(field.store).put(household(old, since("2025-03-01")))
    field(surveyed(1, HOME, "poor", 2))
    [found] = findings("household-in-two-units")
    assert (found.units, found.subjects, set(found.events)) == (["2025-03:24847", UNIT], [old, HOME], ids(1))


def test_a_revision_that_carries_another_original_is_found(field: Field, findings: Findings) -> None:
    field(activity(1, 10), revision("points", "point.activity-held", 2, 1, visitors(3), visitors(20)))
    [found] = findings("carried-original-differs")
    assert set(found.events) == ids(1, 2)
