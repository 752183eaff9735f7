"""A mapping: how the columns of a form's export become events. Its parts; `loading.py` reads and proves it.

The format is described in `README.md` beside this file, with two examples.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.events.catalogue import EventType

Kind = Literal["household", "point", "session", "unit"]
Answers = dict[str, Any]


class Cell(Struct, frozen=True, forbid_unknown_fields=True):
    """A column; `values` turns its answers into codes, `pseudonym` its number into a pseudonym."""

    column: Annotated[str, Meta(min_length=1)]
    values: dict[str, str] | str | None = None
    pseudonym: Literal["iccid", "imei", "serial"] | None = None
    thousands: Annotated[str, Meta(max_length=1)] = ""
    """The mark between thousands that an amount may be written with."""


class UnitRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a row's unit is told: a column of codes of one vintage."""

    column: Annotated[str, Meta(min_length=1)]
    vintage: Annotated[str, Meta(pattern=r"^[0-9]{4}(-[0-9]{2})?$")]
    level: Literal["commune", "district", "province"] = "commune"
    values: dict[str, str] | str | None = None


class SubjectRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a row is about. A session without a code of its own takes one from the record id (no `column`)."""

    kind: Kind
    column: str | None = None
    values: dict[str, str] | str | None = None


class TimeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """When it happened; `format` as of strptime for anything but ISO 8601, `offset` for times that name none."""

    column: Annotated[str, Meta(min_length=1)]
    format: str | None = None
    offset: Annotated[str, Meta(pattern=r"^[+-][0-9]{2}:[0-9]{2}$")] = "+07:00"


class EventRule(Struct, frozen=True):
    """One event that a row may become: of which type, under which conditions, and where its parts stand."""

    name: str
    type: EventType
    when: dict[str, tuple[str, ...]]
    """Column -> the answers with which the row is such an event; `*` is any but an empty one."""
    unit: UnitRule | str | None
    """A rule, a fixed unit, or None: the unit in the subject's full code."""
    subject: SubjectRule
    time: TimeRule
    data: dict[str, Cell | Any]
    """Field of the payload -> a column, or a fixed value of the field's own type."""


class Mapping(Struct, frozen=True):
    """A form's mapping, proven against the contracts."""

    form: str
    record: tuple[str, ...]
    """Columns of the record id: the first that is not empty tells."""
    replaced: str | None
    """A column with the id that an edited row had before, where the form gives edited rows another id."""
    skip: dict[str, tuple[str, ...]]
    """Column -> answers with which a row counts nothing (a review that rejected it)."""
    sheet: str | None
    header: int
    events: tuple[EventRule, ...]

    @property
    def source(self) -> str:
        """The recorder of all events of this form."""
        return f"/imports/{self.form}"

    def columns(self) -> set[str]:
        """Every column without which no row can be read; those of the record id and of reviews may be absent."""
        found: set[str] = set()
        for event in self.events:
            rules = (event.unit, event.subject, event.time, *event.data.values())
            named = (rule.column for rule in rules if isinstance(rule, UnitRule | SubjectRule | TimeRule | Cell))
            found |= {column for column in named if column is not None} | set(event.when)
        return found
