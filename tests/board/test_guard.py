"""By which names the board answers, and how long who gave wrong tokens has to wait."""

from __future__ import annotations

import pytest

from infra.board.guard import ADDRESSES_MAX, WINDOW_S, WRONG_MAX, Wrong, is_own


@pytest.mark.parametrize("host", [
    "localhost", "localhost:8088", "LOCALHOST:80", "127.0.0.1:8088", "10.1.2.3", "[::1]:8088", "board.example:8088",
])  # fmt: skip
def test_addresses_localhost_and_the_names_that_were_given_are_its_own(host: str) -> None:
    assert is_own(host, {"board.example"})


@pytest.mark.parametrize("host", [
    "", "evil.example", "evil.example:8088", "127.0.0.1.evil.example", "localhost.evil.example", "x@evil.example",
    "127.0.0.1@evil.example", "[::1", "[", "board.example.evil", "http://127.0.0.1", "127.1", "2130706433",
])  # fmt: skip
def test_any_other_name_may_be_made_to_point_here_and_is_refused(host: str) -> None:
    assert not is_own(host, {"board.example"})


def test_wrong_tokens_of_one_address_are_counted_in_a_window_and_addresses_are_forgotten() -> None:
    now = 0.0
    wrong = Wrong(lambda: now)
    for _ in range(WRONG_MAX):
        assert not wrong.too_many("a")
        wrong.note("a")
    assert wrong.too_many("a")
    assert not wrong.too_many("b")
    now += WINDOW_S
    assert not wrong.too_many("a")
    for each in range(2 * ADDRESSES_MAX):
        wrong.note(str(each))
    assert len(wrong._of) == ADDRESSES_MAX
