"""When a service that ended is started again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infra.stack.restarts import Backoff, Life

BACKOFF = Backoff(first=0.5, longest=8.0, healthy=60.0)


def crash_at_once(life: Life, now: float, times: int) -> tuple[Life, list[float]]:
    """The life after so many crashes right after the start, and the wait before each restart."""
    waits = []
    for _ in range(times):
        life = life.ended(now, BACKOFF)
        assert life.due is not None
        waits.append(life.due - now)
        now = life.due
        life = life.restarted(now)
    return life, waits


def test_a_service_that_keeps_failing_waits_twice_as_long_each_time_up_to_a_limit() -> None:
    _, waits = crash_at_once(Life(0.0), 0.0, 7)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_a_healthy_run_forgets_the_failures_before_it() -> None:
    life, _ = crash_at_once(Life(0.0), 0.0, 7)
    assert life.ended(life.started + 60.0, BACKOFF).due == life.started + 60.5


def test_a_run_just_short_of_healthy_counts_as_another_failure() -> None:
    life, _ = crash_at_once(Life(0.0), 0.0, 3)
    end = life.started + 59.0
    assert life.ended(end, BACKOFF).due == end + 4.0


def test_restarts_are_counted_and_failures_of_a_healthy_run_do_not_reset_the_count() -> None:
    life, _ = crash_at_once(Life(0.0), 0.0, 3)
    life = life.ended(life.started + 100.0, BACKOFF)
    assert life.restarted(life.started + 101.0).restarts == 4


def test_nothing_is_due_while_it_runs() -> None:
    assert not Life(0.0).is_due(1e9)


@given(st.integers(1, 10**6))
def test_the_wait_is_never_zero_and_never_above_the_limit(failures: int) -> None:
    assert BACKOFF.first <= BACKOFF.wait(failures) <= BACKOFF.longest
