"""From a row to the events that it stands for, proven by the same checks as the counter's, or to what is wrong. Pure.

The events have no number and no id yet: those come with the register of records (`plan.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, get_type_hints

import msgspec

from producers.forms.cells import Cells, answer, code_of, meets, moment, pseudonymised, subject_of, unit_of, whole
from producers.forms.faults import Fault, Wrong
from producers.forms.kinds import is_whole, optional
from producers.forms.mapping import Cell, EventRule, Mapping, UnitRule
from schemas import wire
from schemas.events.catalogue import WIRE_TYPES, schema_urn
from schemas.events.envelope import Envelope
from schemas.pseudonym import ALPHABET, pseudonym
from schemas.rejected import Refusal

UNNUMBERED = "00000000-0000-7000-8000-000000000000"
_VILLAGE = re.compile(r"[0-9]{1,2}")


class Reading(NamedTuple):
    """What a row says. `record` is the keyed pseudonym of the form's own record id, '' where that is missing.

    `events`: by the mapping's name, the event, or None where the row is no such event (any more). A faulty one is in
    `faults` alone, so that what the record became before stays as it is.
    """

    line: int
    record: str
    events: dict[str, Envelope | None]
    faults: list[Fault]


class Reader:
    """Reads rows by a mapping; `key` makes pseudonyms, `received` is when the rows are imported."""

    def __init__(self, mapping: Mapping, key: bytes, known: Callable[[str], bool], received: datetime) -> None:
        self._mapping, self._key, self._known, self._received = mapping, key, known, received
        self._types = {event.name: _types(event) for event in mapping.events}
        self._unplaced: dict[str, Refusal | None] = {}

    def read(self, line: int, cells: Cells) -> Reading:
        """The reading of one row."""
        mapping = self._mapping
        columns = [column for column in mapping.record if cells.get(column)]
        if not columns:
            return Reading(line, "", {}, [Fault(line, "", mapping.record[0], "no-record-id")])
        if mapping.replaced and columns[0] != mapping.record[0] and cells.get(mapping.replaced):
            return Reading(line, "", {}, [Fault(line, "", mapping.record[0], "replaced-record")])
        own_id = cells[columns[0]].removeprefix("uuid:")
        record = pseudonym("record", self._key, f"{mapping.form}\0{own_id}")
        events: dict[str, Envelope | None] = {}
        faults = []
        skipped = any(cells.get(column) in answers for column, answers in mapping.skip.items())
        for rule in mapping.events:
            if skipped or not meets(rule.when, cells):
                events[rule.name] = None
                continue
            event = self._event(rule, cells, record)
            if isinstance(event, Wrong):
                faults.append(Fault(line, rule.name, *event))
            else:
                events[rule.name] = event
        return Reading(line, record, events, faults)

    def _event(self, rule: EventRule, cells: Cells, record: str) -> Envelope | Wrong:
        told = unit_of(rule.unit, cells) if isinstance(rule.unit, UnitRule) else rule.unit
        if isinstance(told, Wrong):
            return told
        own = _session_code(record) if rule.subject.column is None else ""
        placed = subject_of(rule.subject, cells, told, own)
        if isinstance(placed, Wrong):
            return placed
        time = moment(rule.time, cells, self._received)
        if isinstance(time, Wrong):
            return time
        data = self._data(rule, cells, told or placed[0])
        if isinstance(data, Wrong):
            return data
        form = WIRE_TYPES[rule.type.name]
        event = form.envelope(
            id=UNNUMBERED, source=self._mapping.source, subject=placed[1], time=time, unit=told or placed[0], seq=1,
            dataschema=schema_urn(form.name, form.version), receivedat=self._received, data=data,
        )  # fmt: skip
        refusal = self._refusal(event, f"field.{rule.type.family}.v1")
        return event if refusal is None else Wrong(_column_of(rule, refusal.path), refusal.reason, refusal.rule)

    def _refusal(self, event: Envelope, topic: str) -> Refusal | None:
        """What the counter would have against it."""
        decoded, key = wire.decode(wire.encode(event)), event.unit.encode()
        if isinstance(decoded, Refusal):
            return decoded
        if event.unit not in self._unplaced:
            self._unplaced[event.unit] = wire.unplaced(key, 0, 1, self._known)
        return self._unplaced[event.unit] or wire.misplaced(event, key, topic)

    def _data(self, rule: EventRule, cells: Cells, unit: str) -> Any:
        values = {}
        for name, part in rule.data.items():
            if not isinstance(part, Cell):
                values[name] = part
                continue
            kind, may_be_absent = self._types[rule.name][name]
            if may_be_absent and not cells[part.column]:
                continue
            value = self._value(name, part, kind, cells, unit)
            if isinstance(value, Wrong):
                return value
            values[name] = value
        return rule.type.data(**values)

    def _value(self, name: str, part: Cell, kind: Any, cells: Cells, unit: str) -> Any:
        if part.pseudonym is not None:
            return pseudonymised(part, cells, self._key)
        text = answer(part, cells)
        if isinstance(text, Wrong):
            return text
        if name == "household":
            code = code_of("household", part.column, text, unit)
            return code if isinstance(code, Wrong) else "-".join(code)
        if name == "village" and _VILLAGE.fullmatch(text):
            return f"{unit}/{text.zfill(2)}"
        told = whole(text, part.thousands) if is_whole(kind) else str(text)
        if told is None:
            return Wrong(part.column, "no-whole-number")
        try:
            return msgspec.convert(told, kind, strict=False)
        except msgspec.ValidationError:
            return Wrong(part.column, "out-of-range")


def _types(rule: EventRule) -> dict[str, tuple[Any, bool]]:
    """Of each field of the payload its type, and whether it may be absent."""
    hints = get_type_hints(rule.type.data, include_extras=True)
    return {name: (kind, optional(kind)) for name, kind in hints.items()}


def _session_code(record: str) -> str:
    """Twelve characters for a session whose form gives it no code: the same for the same record, for ever."""
    bits = int(record.removeprefix("p1.")[:15], 16)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))


def _column_of(rule: EventRule, path: str) -> str:
    """The column behind the part of an event that a check names."""
    name = path.rpartition(".")[2]
    part = rule.data.get(name) if path.startswith("$.data.") else {"unit": rule.unit, "time": rule.time}.get(name)
    column = getattr(part, "column", None) or getattr(rule.subject, "column", None)
    return str(column or name)
