"""The registers of a season: the households, points and villages of both programmes. All of them are synthetic."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from producers.simulator import figures
from producers.simulator.figures import spread
from producers.simulator.geography import geography
from producers.simulator.lac_duong import LacDuong
from producers.simulator.lao_cai import LaoCai
from producers.simulator.register import Register, villages_in
from schemas.registers import HOUSEHOLD, POINT, VILLAGE, Entry, Version

SINCE = date(2023, 1, 1)


def registers(seed: int) -> Iterator[Entry]:
    """What the programmes of this seed have registered: whom and what their figures count, and nobody else."""
    places, register = geography(), Register(seed, 0)
    lao_cai, lac_duong = LaoCai(places, register), LacDuong(places, register)
    communes = places.lao_cai["2023"]
    for unit in communes + places.lac_duong["2025-03"]:
        for number in range(villages_in(unit)):
            yield _entry(VILLAGE, unit, register.village_of(unit, number), Version(valid_from=SINCE))
    for nth, (unit, subject) in enumerate(lao_cai.points):
        yield _entry(POINT, unit, _code(subject), Version(valid_from=SINCE, class_=lao_cai.host(nth)))
    for nth in range(figures.SAMPLE * len(communes)):
        unit, index = communes[nth // figures.SAMPLE], nth % figures.SAMPLE
        state = Version(
            valid_from=SINCE,
            class_=lao_cai.household_class(nth),
            eligible="ethnic-minority",
            need=True,
            village=register.village_of(unit, index),
        )
        yield _entry(HOUSEHOLD, unit, register.household(unit, index), state)
    for nth in range(figures.HOUSEHOLDS):
        unit, subject = lac_duong.household(nth)
        state = Version(
            valid_from=SINCE,
            class_=lac_duong.household_class(nth),
            eligible="ethnic-minority" if spread(nth, figures.MINORITY, figures.HOUSEHOLDS) else None,
            need=lac_duong.needs_telecom(nth),
            village=lac_duong.village(nth),
        )
        yield _entry(HOUSEHOLD, unit, _code(subject), state)


def as_csv(seed: int) -> bytes:
    """The same as a file for `fieldtally registers import`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("kind", "unit", "code", "valid_from", "class", "eligible", "need", "village"))
    for entry in registers(seed):
        [state] = entry.versions
        need = {True: "yes", False: "no", None: ""}[state.need]
        writer.writerow((entry.kind, entry.unit, entry.code, state.valid_from, state.class_, state.eligible, need,
                         state.village))  # fmt: skip
    return text.getvalue().encode()


def _entry(kind: str, unit: str, code: str, state: Version) -> Entry:
    return Entry(kind=kind, unit=unit, code=code, versions=[state])


def _code(subject: str) -> str:
    return subject.partition("/")[2]
