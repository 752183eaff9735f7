"""From the text in a row's cells to the parts of an event, or to what is wrong with a cell. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from producers.forms.faults import Wrong
from producers.forms.mapping import Cell, SubjectRule, TimeRule, UnitRule
from schemas.pseudonym import ALPHABET, check_character, pseudonym

Cells = Mapping[str, str]


class Number(str):
    """What a spreadsheet holds as a number: its point is a decimal mark, never one between thousands."""

    __slots__ = ()


DIGITS = {"commune": 5, "district": 3, "province": 2}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FULL_CODE = re.compile(r"([0-9]{4}(?:-[0-9]{2})?\.(?:[0-9]{5}|[0-9]{3}|[0-9]{2}))-(.+)")
_FORMS = {
    "household": re.compile(rf"([{ALPHABET}]{{4}})-?([{ALPHABET}])"),
    "point": re.compile(r"[0-9A-Z]{1,8}"),
    "session": re.compile(r"[0-9A-Z]{4,12}"),
}
_READ_ALIKE = str.maketrans("ILO", "110")  # Crockford's base 32 has no I, L, O
_NUMBER = re.compile(r"[0-9A-Za-z./_-]{4,40}")
_DIGITS = re.compile(r"[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")


def answer(rule: Cell | UnitRule | SubjectRule, cells: Cells) -> str | Wrong:
    """A column's text, through the table of answers where the rule has one; never empty."""
    column = rule.column or ""
    text = cells[column]
    if not text:
        return Wrong(column, "empty")
    if isinstance(rule.values, dict):
        return rule.values.get(text) or Wrong(column, "no-such-answer")
    return text


def meets(conditions: Mapping[str, tuple[str, ...]], cells: Cells) -> bool:
    """Whether every column has one of its answers; `*` is any that is not empty."""
    return all(
        cells[column] in answers or ("*" in answers and cells[column] != "") for column, answers in conditions.items()
    )


def moment(rule: TimeRule, cells: Cells, received: datetime) -> datetime | Wrong:
    """When it happened; a day alone is taken at noon, a time without offset at the rule's.

    What lies a day after the receipt is refused: a clock of 2029 would otherwise put the event on today.
    """
    text = cells[rule.column]
    if not text:
        return Wrong(rule.column, "empty")
    told = _parsed(text, rule.format)
    if told is None:
        return Wrong(rule.column, "bad-time")
    if told.tzinfo is None:
        told = told.replace(tzinfo=_zone(rule.offset))
    possible = EARLIEST <= told <= received + timedelta(days=1)
    return told if possible else Wrong(rule.column, "impossible-time")


def _parsed(text: str, form: str | None) -> datetime | None:
    """ISO 8601 is read also where the mapping has another format: so a spreadsheet's true dates come."""
    try:
        told, day_alone = datetime.fromisoformat(text), len(text) == 10
    except ValueError:
        if form is None:
            return None
        try:
            told, day_alone = datetime.strptime(text, form), "%H" not in form and "%I" not in form
        except ValueError:
            return None
    return told + timedelta(hours=12) if day_alone else told


def _zone(offset: str) -> timezone:
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def unit_of(rule: UnitRule, cells: Cells) -> str | Wrong:
    """The unit of a code; zeros that a spreadsheet dropped in front are put back, for a level's codes have one length.

    Whether the map has the unit is asked later. Names are never matched: they are ambiguous.
    """
    code, digits = answer(rule, cells), DIGITS[rule.level]
    if isinstance(code, Wrong):
        return code
    if not code.isdecimal() or not code.isascii() or len(code) > digits:
        return Wrong(rule.column, "bad-unit-code")
    return f"{rule.vintage}:{code.zfill(digits)}"


def subject_of(rule: SubjectRule, cells: Cells, unit: str | None, own: str) -> tuple[str, str] | Wrong:
    """Unit and subject. A code may be full (`2025-07.24848-K7M2-9`) or what follows its unit (`K7M2-9`).

    `own` is what a session without a code of its own is called.
    """
    if rule.kind == "unit" or rule.column is None:
        assert unit is not None  # `loading` asks for one
        place = unit.replace(":", ".")
        return unit, f"unit/{place}" if rule.kind == "unit" else f"session/{place}-{own}"
    text = answer(rule, cells)
    code = text if isinstance(text, Wrong) else code_of(rule.kind, rule.column, text, unit)
    if isinstance(code, Wrong):
        return code
    return code[0].replace(".", ":"), f"{rule.kind}/{code[0]}-{code[1]}"


def code_of(kind: str, column: str, text: str, unit: str | None) -> tuple[str, str] | Wrong:
    """Place and code of a household, point or session, written as the contracts have them."""
    text = text.upper()
    if full := _FULL_CODE.fullmatch(text):
        place, text = full[1], full[2]
    elif unit is not None:
        place = unit.replace(":", ".")
    else:
        return Wrong(column, "bad-subject-code")
    if kind == "household":
        text = text.translate(_READ_ALIKE)
    found = _FORMS[kind].fullmatch(text)
    if not found:
        return Wrong(column, "bad-subject-code")
    if kind != "household":
        return place, text
    if check_character(found[1]) != found[2]:
        return Wrong(column, "mistyped-code")
    return place, f"{found[1]}-{found[2]}"


def whole(text: str, thousands: str) -> int | None:
    """The whole number that is written with or without marks between its thousands; None for any other text.

    1.05 is none where the mark is a point: it may be a 1.050 that a spreadsheet cut, or a fraction.
    """
    if thousands and not isinstance(text, Number):
        mark = re.escape(thousands)
        if re.fullmatch(rf"[0-9]{{1,3}}({mark}[0-9]{{3}})+", text):
            text = text.replace(thousands, "")
    return int(text) if _DIGITS.fullmatch(text) else None


def pseudonymised(rule: Cell, cells: Cells, key: bytes) -> str | Wrong:
    """The pseudonym of the number in a cell, written without blanks."""
    number = "".join(cells[rule.column].split())
    if not number:
        return Wrong(rule.column, "empty")
    if _SCIENTIFIC.fullmatch(number):
        return Wrong(rule.column, "lost-digits")
    if not _NUMBER.fullmatch(number):
        return Wrong(rule.column, "bad-number")
    assert rule.pseudonym is not None
    return pseudonym(rule.pseudonym, key, number)
