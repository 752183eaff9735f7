"""Small cells of households and people are hidden in what is published, and the next smallest of the same sum too."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.programmes.hiding import published
from schemas.programmes.model import Row, Target, Text
from schemas.programmes.report import (
    HIDDEN,
    UNKNOWN,
    AsOf,
    Line,
    Report,
    ReportRow,
    Value,
    decode,
    encode,
    share_of,
)


def row(name: str, value: Value, unit: str = "household", part_of: str | None = None, term: str = "leaflets",
        targets: tuple[Target, ...] = ()) -> ReportRow:  # fmt: skip
    text = Text(vi=name, en=name)
    stated = Row(id=name, title=text, value=term, part_of=part_of, targets=targets)
    return ReportRow(row=stated, value=value, unit=unit, shares=tuple(share_of(target, value) for target in targets))


def report(*rows: ReportRow, columns: tuple[str, ...] = (), lines: tuple[tuple[int, ...], ...] = ()) -> Report:
    text = Text(vi="Thử", en="Trial")
    drawn = tuple(Line(name=text, values=tuple(Value(count=count) for count in line)) for line in lines)
    return Report(programme="trial", version=1, title=text, note=None, documents=(), as_of=AsOf(day=date(2026, 1, 1)),
                  rows=rows, columns=columns, lines=drawn)  # fmt: skip


def shown(made: Report) -> list[int | None]:
    """The counts of the published rows, None for a hidden one."""
    return [each.value.count for each in published(made).rows]


def column(*counts: int, unit: str = "household") -> list[int | None]:
    """A published column of lines."""
    made = report(row("total", Value(count=sum(counts)), unit), columns=("total",),
                  lines=tuple((count,) for count in counts))  # fmt: skip
    return [line.values[0].count for line in published(made).lines]


@pytest.mark.parametrize(("count", "published_as"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_counts_from_1_to_4_are_hidden(count: int, published_as: int | None) -> None:
    assert shown(report(row("a", Value(count=count)))) == [published_as]


@pytest.mark.parametrize("unit", ["point", "device", "session", "round", "VND"])
def test_points_devices_sessions_rounds_and_money_are_never_hidden(unit: str) -> None:
    assert shown(report(row("a", Value(count=1), unit))) == [1]
    assert column(1, 7, 30, unit=unit) == [1, 7, 30]


def test_a_share_of_few_or_among_few_is_hidden_with_its_target(
) -> None:
    target = Target(value=50, unit="%")  # type: ignore[arg-type]  # an int serves as a Decimal
    for value in (Value(count=3, of=100), Value(count=0, of=4)):
        made = report(row("a", value, "%", targets=(target,)))
        [found] = published(made).rows
        assert found.value == HIDDEN
        assert (found.shares[0].percent, found.shares[0].points) == (None, None)


def test_where_one_part_is_hidden_so_is_the_next_smallest() -> None:
    made = report(row("whole", Value(count=61)), row("a", Value(count=3), part_of="whole"),
                  row("b", Value(count=50), part_of="whole"), row("c", Value(count=8), part_of="whole"))  # fmt: skip
    assert shown(made) == [61, None, 50, None]
    assert column(3, 50, 8) == [None, 50, None]


def test_two_small_parts_hide_each_other() -> None:
    assert column(3, 50, 2, 8) == [None, 50, None, 8]


def test_a_zero_hides_nothing_and_is_taken_only_when_nothing_else_is_left() -> None:
    assert column(3, 0, 9) == [None, 0, None]
    assert column(3, 0, 0) == [None, None, 0]


def test_what_is_unknown_stays_so() -> None:
    assert published(report(row("a", UNKNOWN))).rows[0].value == UNKNOWN


def test_a_sources_own_figures_are_public() -> None:
    assert shown(report(row("a", Value(count=3), term="baseline.poor"))) == [3]


def test_nothing_of_a_hidden_value_is_in_the_published_bytes_and_publishing_again_changes_nothing() -> None:
    made = published(report(row("whole", Value(count=123456)), row("a", Value(count=3), part_of="whole"),
                            row("b", Value(count=123453), part_of="whole")))  # fmt: skip
    assert b"123453" not in encode(made)
    assert published(made) == made
    assert decode(encode(made)) == made
