"""A report as pure data: what the sources say, what the events say, how far that is, and as of when.

It is what renderers draw and what a closed period freezes, so it holds no clock and nothing that a second look at the
same events would find otherwise.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from schemas.programmes.model import Actor, Document, Kit, Row, Target, Text
from schemas.programmes.period import Period

_FINE = Decimal("0.0001")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a report."""


class Value(_Part, frozen=True):
    """A count, with `of` a share of it. `known` is False where nothing says; `hidden`, where it is too small to show.

    A hidden value has no numbers: what is not published is not in the published form at all.
    """

    count: int | None = None
    of: int | None = None
    known: bool = True
    hidden: bool = False

    @property
    def percent(self) -> Decimal | None:
        """The share in percent to four decimal places; None for a plain count and for a share of nothing."""
        if self.count is None or not self.of:
            return None
        return (Decimal(self.count) * 100 / self.of).quantize(_FINE, ROUND_HALF_UP)


UNKNOWN = Value(known=False)
HIDDEN = Value(hidden=True)


class Share(_Part, frozen=True):
    """How far a value is on the way to one target: `percent` of it, and for shares the percentage points above it."""

    target: Target
    percent: Decimal | None = None
    points: Decimal | None = None


class ReportRow(_Part, frozen=True):
    """A row of the programme with what is computed; `basis` names the terms that the value rests on."""

    row: Row
    value: Value
    unit: str | None = None
    basis: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()


class Line(_Part, frozen=True):
    """The columns' values of one place of the map, or of what has none on it (`unresolved` says why)."""

    name: Text
    values: tuple[Value, ...]
    place: str | None = None
    above: Text | None = None
    unresolved: str | None = None


class Listed(_Part, frozen=True):
    """An entry of one of the programme's lists, with what each measure of the list counts; no `kind`: all others."""

    title: Text
    values: tuple[Value, ...]
    kind: str | None = None


class ListOf(_Part, frozen=True):
    """One of the programme's lists: `counts` are its measures, `heads` their titles, `units` what they count."""

    id: str
    title: Text
    counts: tuple[str, ...]
    heads: tuple[Text, ...]
    units: tuple[str, ...]
    entries: tuple[Listed, ...]
    note: Text | None = None


class AsOf(_Part, frozen=True):
    """As of when the figures are. Holes are numbers.

    `latest_event` is the latest that counts, `latest_receipt` of all: UTC in RFC 3339. Where later events came that do
    not count, the latest one's day alone is known: `2023-06-30`.
    """

    day: date
    until: date | None = None
    period: Period | None = None
    map: str = "now"
    map_digest: str = ""
    rules: str = ""
    events: int = 0
    latest_event: str | None = None
    latest_receipt: str | None = None
    tablets: int = 0
    tablets_heard: int = 0
    heard_within_days: int = 0
    missing: int = 0
    rejected: int = 0


class Report(_Part, frozen=True):
    """One programme's report."""

    programme: str
    version: int
    title: Text
    note: Text | None
    documents: tuple[Document, ...]
    as_of: AsOf
    rows: tuple[ReportRow, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    lists: tuple[ListOf, ...] = ()
    kits: tuple[Kit, ...] = ()
    actors: tuple[Actor, ...] = ()


def share_of(target: Target, value: Value) -> Share:
    """How far a value is on the way to a target; empty where either has no number."""
    reached = value.percent if target.unit == "%" else None if value.count is None else Decimal(value.count)
    if reached is None or not target.value:
        return Share(target=target)
    percent = (reached * 100 / target.value).quantize(_FINE, ROUND_HALF_UP)
    points = reached - target.value if target.unit == "%" else None
    return Share(target=target, percent=percent, points=points)


encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder(Report).decode
