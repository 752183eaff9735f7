"""What may be under way at once, and how often a code may be guessed, has a bound; weak lines keep nobody out."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from producers.gateway.admission import Admission, Guesses, Ticket
from producers.gateway.answers import RequestError
from producers.gateway.limits import ADMITTED_MAX, GUESSES_MAX, GUESSES_PER_S, PER_TABLET_MAX, SLOW_MAX


def refused(admission: Admission, key: str) -> int:
    """The status with which one more request of a tablet is refused."""
    with pytest.raises(RequestError) as error, admission.admit(key):
        pass
    assert error.value.retry_after
    return error.value.status


def test_so_many_are_let_in_at_once_and_the_next_is_refused_until_one_is_done() -> None:
    admission = Admission()
    with ExitStack() as under_way:
        for number in range(ADMITTED_MAX - 1):
            under_way.enter_context(admission.admit(f"tablet {number}"))
        with admission.admit("last"):
            assert refused(admission, "another") == 429
        with admission.admit("another"):
            assert admission.under_way == ADMITTED_MAX
    assert (admission.under_way, admission.slow) == (0, 0)


def test_one_tablet_takes_no_more_than_its_share() -> None:
    admission = Admission()
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
    admission = Admission()

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


def test_codes_cannot_be_tried_out() -> None:
    now = 0.0
    guesses = Guesses(lambda: now)
    tried = 0
    for tenth in range(6_000):
        now = tenth / 10
        for _ in range(20):
            try:
                guesses.check()
            except RequestError:
                break
            guesses.wrong()
            tried += 1
    assert tried <= GUESSES_MAX + GUESSES_PER_S * 600 + 1
