"""A period is a stretch of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.programmes import PeriodError, parse_period


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2023", date(2023, 1, 1), date(2023, 12, 31)),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
    ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ("2023-2030", date(2023, 1, 1), date(2030, 12, 31)),
    ("2023-03-05..2023-03-05", date(2023, 3, 5), date(2023, 3, 5)),
])  # fmt: skip
def test_it_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    period = parse_period(text)
    assert (period.name, period.first, period.last) == (text, first, last)


@pytest.mark.parametrize("text", ["", "23", "2023-13", "2023-00", "2023-Q5", "2030-2023", "2023-02-30..2023-03-01",
                                  "2023-03-02..2023-03-01", "2023\n", "２０２３"])  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="is no period: write 2023"):
        parse_period(text)
