"""Instants and days: doubtful clocks are set right, nothing happened after it was received, and no time crashes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.instant import DAY_MS, day_of, epoch_ms, instant_ms, iso_ms

MINUTE = 60_000
VIETNAM = timezone(timedelta(hours=7))
SENT = datetime(2026, 3, 1, 8, 0, tzinfo=VIETNAM)
RECEIVED = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(timezones=offsets)
skews = st.integers(-(2**53) + 1, 2**53 - 1)
fixed = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("skew", "taken_off"),
    [
        (0, 0),
        (5 * MINUTE, 0),
        (-5 * MINUTE, 0),
        (5 * MINUTE + 1, 5 * MINUTE + 1),
        (-5 * MINUTE - 1, -5 * MINUTE - 1),
        (24 * 60 * MINUTE, 24 * 60 * MINUTE),
    ],
)
def test_a_skew_counts_only_beyond_exactly_five_minutes(skew: int, taken_off: int) -> None:
    assert instant_ms(SENT, RECEIVED, skew) == epoch_ms(SENT) - taken_off


def test_nothing_happened_after_it_was_received() -> None:
    clock_of_2029 = SENT.replace(year=2029)
    assert instant_ms(clock_of_2029, RECEIVED, 0) == epoch_ms(RECEIVED)
    assert instant_ms(RECEIVED, RECEIVED, 0) == epoch_ms(RECEIVED)
    assert instant_ms(SENT, RECEIVED, -30 * DAY_MS) == epoch_ms(RECEIVED)


def test_a_clock_of_2029_with_its_skew_known_gives_the_true_instant() -> None:
    wrong = SENT.replace(year=2029)
    assert instant_ms(wrong, RECEIVED, epoch_ms(wrong) - epoch_ms(SENT)) == epoch_ms(SENT)


def test_the_offset_of_a_time_changes_its_spelling_only() -> None:
    assert instant_ms(SENT.astimezone(UTC), RECEIVED, 0) == instant_ms(SENT, RECEIVED, 0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 16, 59, 59, 999_000, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 17, 0, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 0, 0, tzinfo=VIETNAM), date(2026, 3, 2)),
        (datetime(1969, 12, 31, 16, 59, 59, 999_000, tzinfo=UTC), date(1969, 12, 31)),
        (datetime(1969, 12, 31, 17, 0, tzinfo=UTC), date(1970, 1, 1)),
        (datetime(1, 1, 1, tzinfo=UTC), date(1, 1, 1)),
        (datetime(1, 1, 1, tzinfo=VIETNAM), date(1, 1, 1)),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=VIETNAM), date(9999, 12, 31)),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), date(9999, 12, 31)),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))), date(9999, 12, 31)),
    ],
)
def test_a_day_begins_at_midnight_in_vietnam_and_the_calendar_has_ends(moment: datetime, day: date) -> None:
    assert day_of(instant_ms(moment, moment, 0)) == day


@fixed
@given(times, times, skews)
def test_no_time_and_no_skew_crashes(time: datetime, received: datetime, skew: int) -> None:
    instant = instant_ms(time, received, skew)
    assert date.min <= day_of(instant) <= date.max
    assert epoch_ms(datetime.fromisoformat(iso_ms(instant))) == instant


@fixed
@given(st.integers(-(2**63), 2**63))
def test_no_number_of_milliseconds_crashes(instant: int) -> None:
    assert date.min <= day_of(instant) <= date.max
    assert iso_ms(instant).endswith("Z")


@fixed
@given(times, times, skews, skews)
def test_an_instant_is_never_later_for_a_clock_further_ahead(
    time: datetime, received: datetime, a: int, b: int
) -> None:
    slow, fast = sorted((a, b))
    if slow > 5 * MINUTE:
        assert instant_ms(time, received, fast) <= instant_ms(time, received, slow)


def test_fractions_of_a_millisecond_are_cut_towards_the_past() -> None:
    assert epoch_ms(datetime(1970, 1, 1, 0, 0, 0, 1_999, tzinfo=UTC)) == 1
    assert epoch_ms(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
