"""What importing a file would do, given what its form's records became before. Pure; a dry run ends here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

import msgspec

from producers.forms.faults import Fault
from producers.forms.mapping import Mapping as FormMapping
from producers.forms.reading import Reading
from producers.forms.revising import Made, Reviser, digest_of, root_of
from producers.simulator.record import Record
from schemas.events.catalogue import WIRE_TYPE_OF
from schemas.imports import Became, ImportedRecord


class Step(NamedTuple):
    """One record's new entry in the register, and the events to publish once that is written."""

    record: ImportedRecord
    events: list[Record]


@dataclass
class Plan:
    """Steps in the order of the file, and what a person is told.

    `changes` counts events by what they do (`new`, `corrected`, `voided`). Rows are `unchanged` when they say what
    they said before, `idle` when they say nothing that counts, `repeated` when they are there twice alike. `gone` are
    records that became events and are no longer in the file: reported, never voided, for a file may be a part.
    """

    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    unchanged: int = 0
    idle: int = 0
    repeated: int = 0
    refused: int = 0
    gone: list[ImportedRecord] = field(default_factory=list)


def plan(
    readings: Iterable[Reading],
    held: Mapping[str, ImportedRecord],
    mapping: FormMapping,
    received: datetime,
    rng: Random,
) -> Plan:
    """The plan for a file's rows; `held` are the form's records by pseudonym, `received` is now."""
    made, reviser = Plan(), Reviser(held.values(), received, rng)
    seen: dict[str, int] = {}
    for reading in readings:
        made.rows += 1
        faults = list(reading.faults)
        digests = {name: digest_of(event) if event else "" for name, event in reading.events.items()}
        if reading.record in seen:
            if seen[reading.record] == _content(reading, digests):
                made.repeated += 1
                continue
            faults = [Fault(reading.line, "", mapping.record[0], "repeated-record")]
        elif reading.record:
            seen[reading.record] = _content(reading, digests)
            step, changes = _step(reading, digests, held.get(reading.record), mapping, reviser)
            made.changes.update(changes)
            if step is not None:
                made.steps.append(step)
            elif not faults:
                made.unchanged += any(reading.events.values())
                made.idle += not any(reading.events.values())
        made.faults += faults
        made.refused += bool(faults)
    made.gone = [record for key, record in held.items() if key not in seen and _stands(record)]
    return made


def _content(reading: Reading, digests: dict[str, str]) -> int:
    """What a row says, to compare it with another of the same record: no event is not the same as one refused."""
    return hash((*digests.items(), *((fault.event, fault.column, fault.reason) for fault in reading.faults)))


def _stands(record: ImportedRecord) -> bool:
    return any(became.standing for became in record.became)


def _step(
    reading: Reading, digests: dict[str, str], held: ImportedRecord | None, mapping: FormMapping, reviser: Reviser
) -> tuple[Step | None, list[str]]:
    became = _adopted({one.name: one for one in held.became} if held else {}, mapping)
    events: list[Made] = []
    changes: list[str] = []
    for name, event in reading.events.items():
        made, now, change = reviser.change(became.get(name), name, event, digests[name])
        events += made
        if now is not None and change:
            became[name] = now
            changes.append(change)
    if not events:
        return None, []
    numbers = [*(held.numbers if held else ()), *(made.number for made in events)]
    record = ImportedRecord(
        form=mapping.form, record=reading.record, chunk=0, became=list(became.values()), numbers=numbers
    )  # fmt: skip
    return Step(record, [made.record for made in events]), changes


def _adopted(became: dict[str, Became], mapping: FormMapping) -> dict[str, Became]:
    """The same by the names of this mapping: one that the mapping renamed is known by its type, where that is clear.

    Without it, a better mapping's new name would count the same fact a second time.
    """
    names = {rule.name for rule in mapping.events}
    for old in [name for name in became if name not in names]:
        type_ = WIRE_TYPE_OF[type(root_of(became[old]))].name
        heirs = [rule.name for rule in mapping.events if rule.type.name == type_ and rule.name not in became]
        if len(heirs) == 1:
            became[heirs[0]] = msgspec.structs.replace(became.pop(old), name=heirs[0])
    return became
