"""What may be closed and restated, decided from figures and from what the log says already."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from producers.errors import ProducersError
from producers.office.periods import By, Difference, Frozen, check, close, differences, grounds, map_of_close, restate
from schemas.office import Action, Position, Statements, decode, encode, statements
from schemas.programmes import parse_period
from schemas.programmes.model import Row, Text
from schemas.programmes.report import AsOf, Report, ReportRow, Value
from schemas.programmes.report import encode as encode_report

PERIOD = parse_period("2026-Q1")
NOTHING = Statements(None, [])
NAME = Text(vi="Tên", en="Name")


def report(count: int, heard: int = 0) -> bytes:
    """A report of one row, as of some number of tablets."""
    row = ReportRow(row=Row(id="leaflets", title=NAME, value="leaflets"), value=Value(count=count))
    return encode_report(Report(
        programme="lac-duong", version=1, title=NAME, note=None, documents=(), rows=(row,), columns=(), lines=(),
        as_of=AsOf(day=date(2026, 3, 31), tablets_heard=heard),
    ))  # fmt: skip


def frozen(count: int, heard: int = 0) -> Frozen:
    positions = [Position(topic="field.outreach.v1", partition=0, next_offset=count)]
    return Frozen("lac-duong", PERIOD, "now", "0" * 16, "1" * 16, positions, report(count, heard))


def by(number: int, day: str = "2026-04-02") -> By:
    moment = datetime.fromisoformat(f"{day}T00:30:00+07:00")
    return By("other", "/offices/session", moment, f"01934c1e-0000-7000-8000-{number:012x}")


CLOSED = close(frozen(10), NOTHING, by(1))


def test_a_close_survives_the_wire_byte_for_byte() -> None:
    again = decode(encode(CLOSED))
    assert bytes(again.data.report) == report(10)
    assert encode(again) == encode(CLOSED)
    check(again)


def test_a_period_is_closed_once() -> None:
    with pytest.raises(ProducersError, match=r"2026-Q1 of lac-duong was closed on 2026-04-02 .* a closed figure stays"):
        close(frozen(11), Statements(CLOSED, []), by(2))


@pytest.mark.parametrize(("named", "map"), [("2026-04-02", "2026-04-02"), ("was", "was"), ("now", "2026-03-31")])
def test_a_restatement_is_on_the_map_of_the_close_and_an_early_close_meant_the_periods_last_day(
    named: str, map: str
) -> None:
    closed = close(frozen(10)._replace(map=named), NOTHING, by(1))
    assert map_of_close(Statements(closed, []), PERIOD) == map


@pytest.mark.parametrize("day", ["2026-03-31", "2026-01-01"])
def test_a_period_that_is_not_over_at_0700_is_not_closed(day: str) -> None:
    with pytest.raises(ProducersError, match="2026-Q1 ends on 2026-03-31"):
        close(frozen(10), NOTHING, by(1, day))
    assert close(frozen(10), NOTHING, by(1, "2026-04-01")).time.astimezone(UTC).day == 31


def test_of_two_closes_in_the_log_the_first_holds_and_only_its_restatements_count() -> None:
    late = close(frozen(12), NOTHING, by(2))
    for_first = restate(frozen(13), Statements(CLOSED, []), ["01934c1e-0000-7000-8000-00000000000a"], by(3))
    for_late = restate(frozen(14), Statements(late, []), [], by(4))
    assert for_first is not None
    assert for_late is not None
    elsewhere = msgspec.structs.replace(CLOSED, subject="period/lao-cai/2026-Q1")
    said = statements([elsewhere, CLOSED, late, for_first, for_late], CLOSED.subject)
    assert said == Statements(CLOSED, [for_first])


def test_a_restatement_names_the_close_the_events_and_leaves_the_closed_figures() -> None:
    events = [f"01934c1e-0000-7000-8000-{number:012x}" for number in range(3)]
    action = restate(frozen(12), Statements(CLOSED, []), events, by(2, "2026-05-11"))
    assert action is not None
    assert (action.type, action.data.restates, action.data.changed) == ("period.restated", CLOSED.id, 3)
    assert action.data.events == events
    assert differences(CLOSED.data.report, action.data.report) == [
        Difference("leaflets", None, Value(count=10), Value(count=12))
    ]


def test_what_is_as_it_was_stated_last_is_not_restated() -> None:
    """As-of times alone are no other figure."""
    assert restate(frozen(10, heard=5), Statements(CLOSED, []), [], by(2)) is None
    first = restate(frozen(12), Statements(CLOSED, []), [], by(2))
    assert isinstance(first, Action)
    assert restate(frozen(12, heard=5), Statements(CLOSED, [first]), [], by(3)) is None


def test_what_changed_besides_events_is_told() -> None:
    here = [Position(topic="registers.v1", partition=n, next_offset=5) for n in range(2)]
    there = [Position(topic="registers.v1", partition=n, next_offset=6) for n in range(2)]
    before = msgspec.structs.replace(CLOSED.data, positions=here)
    now = msgspec.structs.replace(CLOSED.data, positions=there, map_digest="f" * 16)
    assert grounds(before, before) == []
    assert [clause.split(" (")[0] for clause in grounds(before, now)] == [
        "the map of places is another one", "the registers have 2 records more",
    ]  # fmt: skip


def test_what_was_never_closed_is_not_restated() -> None:
    with pytest.raises(ProducersError, match="was never closed: `fieldtally period close` does it"):
        restate(frozen(10), NOTHING, [], by(1))


def test_a_report_that_was_changed_after_the_close_is_noticed() -> None:
    figures = msgspec.structs.replace(CLOSED.data, report=msgspec.Raw(report(9999)))
    damaged = decode(encode(msgspec.structs.replace(CLOSED, data=figures)))
    with pytest.raises(ProducersError, match="is not the one that its digest states"):
        check(damaged)
    with pytest.raises(ProducersError, match="is not the one that its digest states"):
        restate(frozen(12), Statements(damaged, []), [], by(2))
