"""A period of the calendar: `2023`, `2023-Q1`, `2023-06`, `2023-2025`, or two days `2023-03-01..2023-09-30`."""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec

_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>\d{2})|(?P<last>\d{4})))?$(?!\n)", re.ASCII
)  # fmt: skip


class PeriodError(ValueError):
    """A period cannot be read; the text says what it may look like."""


class Period(msgspec.Struct, frozen=True):
    """From `first` to `last`, both included; `name` is what it was asked by."""

    name: str
    first: date
    last: date


def parse_period(text: str) -> Period:
    """The period of a text.

    Raises:
        PeriodError: it is none.
    """
    try:
        first, last = _days(text)
    except ValueError as error:
        raise PeriodError(
            f"`{text}` is no period: write 2023, 2023-Q1, 2023-06, 2023-2025 or 2023-03-01..2023-09-30."
        ) from error
    return Period(text, first, last)


def _days(text: str) -> tuple[date, date]:
    if ".." in text:
        first, last = (date.fromisoformat(day) for day in text.split("..", 1))
    elif (form := _FORM.match(text)) is None:
        raise ValueError(text)
    else:
        year = int(form["year"])
        if form["month"]:
            months = range(int(form["month"]), int(form["month"]) + 1)
        elif form["quarter"]:
            months = range(3 * int(form["quarter"]) - 2, 3 * int(form["quarter"]) + 1)
        else:
            months = range(1, 13)
        until = int(form["last"] or year)
        first, last = date(year, months[0], 1), _end_of_month(until, months[-1])
    if last < first:
        raise ValueError(text)
    return first, last


def _end_of_month(year: int, month: int) -> date:
    first_of_next = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return first_of_next - timedelta(days=1)
