"""What may be under way at once, and how often a code may be guessed, has a bound; weak lines keep nobody out."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

import pytest

from producers.gateway.admission import Admission, Allowance, Allowances, Line, Ticket
from producers.gateway.answers import RequestError
from producers.gateway.limits import (
    ADMITTED_MAX,
    GUESSES_MAX,
    GUESSES_PER_S,
    LINE_MAX_S,
    LINE_PER_S,
    PER_TABLET_MAX,
    SLOW_MAX,
)


def admission_at(moment: float = 0.0) -> Admission:
    """An admission for which no time passes."""
    return Admission(lambda: moment)


def refused(admission: Admission, key: str) -> int:
    """The status with which one more request of a tablet is refused."""
    with pytest.raises(RequestError) as error, admission.admit(key):
        pass
    assert error.value.retry_after
    return error.value.status


def test_so_many_are_let_in_at_once_and_the_next_is_refused_until_one_is_done() -> None:
    admission = admission_at()
    with ExitStack() as under_way:
        for number in range(ADMITTED_MAX - 1):
            under_way.enter_context(admission.admit(f"tablet {number}"))
        with admission.admit("last"):
            assert refused(admission, "another") == 429
        with admission.admit("another"):
            assert admission.under_way == ADMITTED_MAX
    assert (admission.under_way, admission.slow) == (0, 0)


def test_one_tablet_takes_no_more_than_its_share() -> None:
    admission = admission_at()
    with ExitStack() as under_way:
        tickets = [under_way.enter_context(admission.admit("greedy")) for _ in range(PER_TABLET_MAX)]
        assert refused(admission, "greedy") == 429
        for ticket in tickets:
            ticket.lag()
        assert refused(admission, "greedy") == 429
        under_way.enter_context(admission.admit("another"))
    with admission.admit("greedy"):
        pass


def test_those_whose_body_comes_slowly_make_room_up_to_a_bound() -> None:
    admission = admission_at()

    def let_in(number: int) -> Ticket:
        return under_way.enter_context(admission.admit(f"weak line {number}"))

    with ExitStack() as under_way:
        for number in range(SLOW_MAX + ADMITTED_MAX):
            ticket = let_in(number)
            ticket.lag()
            ticket.lag()
        assert (admission.slow, admission.under_way) == (SLOW_MAX, ADMITTED_MAX)
        assert refused(admission, "one more") == 429
    assert (admission.under_way, admission.slow) == (0, 0)


def test_a_crowd_that_finds_no_room_is_told_to_come_back_one_by_one_within_a_bound() -> None:
    admission = admission_at()
    with ExitStack() as under_way:
        for number in range(ADMITTED_MAX):
            under_way.enter_context(admission.admit(f"tablet {number}"))
        told = []
        for number in range(2 * LINE_PER_S * LINE_MAX_S):
            with pytest.raises(RequestError) as error, admission.admit(f"tablet {ADMITTED_MAX + number}"):
                pass
            told.append(error.value.retry_after)
    seconds = Counter(told[: LINE_PER_S * LINE_MAX_S])
    assert seconds.keys() == set(range(1, LINE_MAX_S + 1))
    assert max(seconds.values()) <= LINE_PER_S + 1
    late = Counter(told[LINE_PER_S * LINE_MAX_S :])
    assert late.keys() == seconds.keys()
    assert max(late.values()) < 2 * LINE_PER_S


def test_a_line_is_over_when_its_time_is() -> None:
    now = 0.0
    line = Line(lambda: now)
    assert [line.turn() for _ in range(3 * LINE_PER_S)][-1] in (3, 4)
    now = 2.0
    assert line.turn() in (1, 2)
    now = 60.0
    assert line.turn() == 1


def test_one_who_asks_too_much_moves_nobody_back() -> None:
    admission = admission_at()
    with ExitStack() as under_way:
        for number in range(ADMITTED_MAX - PER_TABLET_MAX):
            under_way.enter_context(admission.admit(f"tablet {number}"))
        for _ in range(PER_TABLET_MAX):
            under_way.enter_context(admission.admit("greedy"))
        for _ in range(10 * LINE_PER_S):
            assert refused(admission, "greedy") == 429
        with pytest.raises(RequestError) as error, admission.admit("another"):
            pass
    assert error.value.retry_after == 1


def test_codes_cannot_be_tried_out() -> None:
    now = 0.0
    guesses = Allowance(lambda: now, GUESSES_PER_S, GUESSES_MAX)
    tried = 0
    for tenth in range(6_000):
        now = tenth / 10
        for _ in range(20):
            try:
                guesses.check()
            except RequestError:
                break
            guesses.spend()
            tried += 1
    assert tried <= GUESSES_MAX + GUESSES_PER_S * 600 + 1


def test_who_spent_more_than_was_left_waits_and_no_other_does() -> None:
    now = 0.0
    rubbish = Allowances(lambda: now, per_s=5.0, most=100.0)
    rubbish.spend("sick", 90)
    rubbish.check("sick")
    rubbish.spend("sick", 60)
    for later in (0.0, 10.0):
        now = later
        with pytest.raises(RequestError) as error:
            rubbish.check("sick")
        assert (error.value.status, error.value.code) == (429, "busy")
        rubbish.check("well")
    now = 10.5
    rubbish.check("sick")
