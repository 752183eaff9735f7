"""A tablet is told of its own place in all vintages, of nothing else, and again only when something changed."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from producers.gateway.reference import References
from producers.gateway.registers import Registers
from schemas.events.catalogue import EVENT_TYPES
from schemas.forms import PERSONAL
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.registers import Entry, Version, encode

LAC_DUONG, DA_NHIM, ELSEWHERE = "2025-07:24848", "2025-03:24848", "2025-07:24853"
NOW, DAY = datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1)


def entry(kind: str, unit: str, code: str, until: date | None = None, **more: Any) -> Entry:
    version = Version(valid_from=date(2025, 7, 1), valid_until=until, **more)
    return Entry(kind=kind, unit=unit, code=code, versions=[version])  # type: ignore[arg-type]  # kinds are of the list


def registers(*entries: Entry) -> Registers:
    held = Registers()
    for each in entries:
        held.take(each.key(), encode(each))
    return held


def asked(references: References, day: date = DAY) -> tuple[str, dict[str, Any]]:
    made = references.of([LAC_DUONG], load(), NOW, day)
    return made.etag, json.loads(made.answer(NOW))


def test_a_scope_has_the_units_of_all_vintages_that_lie_in_it() -> None:
    _, told = asked(References(Registers()))
    assert {unit["unit"]: unit["name"] for unit in told["units"]} == {
        "2025-03:24847": "Xã Đạ Chais", DA_NHIM: "Xã Đạ Nhim", "2025-03:24865": "Xã Đạ Sar", LAC_DUONG: "Xã Lạc Dương",
    }  # fmt: skip
    assert {unit["commune_today"] for unit in told["units"]} == {LAC_DUONG}


def test_codes_of_the_scope_are_told_while_they_hold_and_no_class_with_them() -> None:
    ours, old, gone, foreign = (household_code(unit, n) for unit, n in
                                ((LAC_DUONG, 1), (DA_NHIM, 2), (LAC_DUONG, 3), (ELSEWHERE, 4)))  # fmt: skip
    held = registers(
        entry("household", LAC_DUONG, ours, class_="poor", village=f"{LAC_DUONG}/03"),
        entry("household", DA_NHIM, old), entry("household", LAC_DUONG, gone, until=DAY),
        entry("household", ELSEWHERE, foreign), entry("village", LAC_DUONG, f"{LAC_DUONG}/03"),
        entry("point", DA_NHIM, "2025-03.24848-P1"),
    )  # fmt: skip
    _, told = asked(References(held))
    assert told["households"] == [
        {"code": old, "unit": DA_NHIM}, {"code": ours, "unit": LAC_DUONG, "village": f"{LAC_DUONG}/03"},
    ]  # fmt: skip
    assert [village["code"] for village in told["villages"]] == [f"{LAC_DUONG}/03"]
    assert [point["code"] for point in told["points"]] == ["2025-03.24848-P1"]
    _, before = asked(References(held), date(2026, 2, 28))
    assert {"code": gone, "unit": LAC_DUONG} in before["households"]


def test_the_tag_changes_when_something_of_the_scope_does() -> None:
    held = registers()
    references = References(held)
    first, _ = asked(references)
    foreign = entry("point", ELSEWHERE, "2025-07.24853-P1")
    held.take(foreign.key(), encode(foreign))
    assert asked(references)[0] == first == asked(References(registers()))[0]
    ours = entry("point", LAC_DUONG, "2025-07.24848-P1")
    held.take(ours.key(), encode(ours))
    assert asked(references)[0] != first
    held.take(ours.key(), None)
    assert asked(references)[0] == first


def test_a_form_asks_for_personal_numbers_as_they_stand_on_a_card() -> None:
    _, told = asked(References(Registers()))
    assert [each["type"] for each in told["types"]] == [event.name for event in EVENT_TYPES]
    personal = {
        f"{each['type']} {field[PERSONAL]}": field["pattern"]
        for each in told["types"] for field in each["schema"]["properties"].values() if PERSONAL in field
    }  # fmt: skip
    assert set(personal) == {"device.installed serial", "device.faulted serial", "device.removed serial",
                             "smartphone.handed-out imei", "sim.handed-out iccid"}  # fmt: skip
    assert re.match(personal["sim.handed-out iccid"], "8984048000000000001")
    assert "p1." not in json.dumps(told["types"])
    assert told["lists"]["banks"][0].keys() == {"code", "vi", "en"}
