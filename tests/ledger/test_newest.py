"""Of totals and stream marks the newest is kept, in whatever order and batches they come; views roll them up."""

from __future__ import annotations

import random
from itertools import permutations

import msgspec
import pytest

from schemas.measures import COUNTERS, MEASURES
from schemas.places import load
from schemas.topics import FIELD_TOPICS, STREAMS, TOTALS
from schemas.totals import Conservation, Holes, StreamMark, Total, encode, supersedes
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.conftest import Record, Sql, write

LAC_DUONG = "2025-07:24848"
MERGED = ("2025-03:24847", "2025-03:24848", "2025-03:24865")
NOTHING = Conservation(**dict.fromkeys(Conservation.__struct_fields__, 0))


def total(unit: str, counters: dict[str, dict[str, int]], at: tuple[int, ...] = (1,), generation: int = 1) -> Total:
    """A total at the positions `at`, filled up with zeroes."""
    positions = [*at, *[0] * (len(FIELD_TOPICS) - len(at))]
    return Total(unit=unit, generation=generation, epoch=0, rules="0" * 16, positions=positions, counters=counters,
                 conservation=NOTHING, holes=Holes(missing=3), latest_event=1_790_000_000_000)  # fmt: skip


class Topic:
    """One partition of a topic that the store reads."""

    def __init__(self, store: Store, topic: str) -> None:
        self.store, self.partition, self.end = store, Partition(topic, 0), 0
        store.positions({self.partition: "log-1"})

    def put(self, *values: bytes) -> None:
        """Writes records in one batch."""
        records = [Record(self.end + n, b"", value, timestamp=1_790_000_000_500) for n, value in enumerate(values)]
        self.end += len(values)
        write(self.store, {self.partition: records})


@pytest.fixture
def totals(store: Store) -> Topic:
    return Topic(store, TOTALS)


def newest(candidates: list[Total]) -> Total:
    held: Total | None = None
    for one in candidates:
        if supersedes(one, held):
            held = one
    assert held is not None
    return held


@pytest.mark.parametrize("together", [True, False], ids=["in-one-batch", "in-a-batch-each"])
def test_the_newest_total_is_kept_by_generation_and_then_by_positions(
    totals: Topic, sql: Sql, *, together: bool
) -> None:
    made = [
        total(LAC_DUONG, {"leaflets": {"": 1}}, at=(5, 5)),
        total(LAC_DUONG, {"leaflets": {"": 2}}, at=(9, 4)),  # more by its sum, yet it would take back facts
        total(LAC_DUONG, {"leaflets": {"": 3}}, at=(1, 1), generation=2),
        total(LAC_DUONG, {"leaflets": {"": 4}}, at=(9, 9)),
    ]
    for order in permutations(made):
        sql("DELETE FROM totals")
        if together:
            totals.put(*map(encode, order))
        else:
            for one in order:
                totals.put(encode(one))
        [row] = sql("SELECT * FROM totals")
        kept = newest(list(order))
        assert (row.generation, row.positions, row.counters) == (kept.generation, kept.positions, kept.counters)


def test_a_total_is_kept_whole(totals: Topic, sql: Sql) -> None:
    made = total(LAC_DUONG, {"leaflets": {"": 2}})
    totals.put(encode(made))
    [row] = sql("SELECT * FROM totals")
    assert dict(row._mapping) == msgspec.to_builtins(made) | {"published": 1_790_000_000_500}


def test_a_record_that_is_no_total_is_left_out_and_stops_nothing(totals: Topic, sql: Sql) -> None:
    totals.put(b"rubbish", encode(total(LAC_DUONG, {})), b"{}")
    assert sql("SELECT unit FROM totals") == [(LAC_DUONG,)]
    assert sql("SELECT next_offset FROM positions WHERE topic = :topic", topic=TOTALS) == [(3,)]


def test_the_newest_mark_of_each_stream_is_kept(store: Store, sql: Sql) -> None:
    def mark(source: str, at: int) -> bytes:
        return encode(StreamMark(
            source=source, topic="field.points.v1", unit=LAC_DUONG, generation=1, positions=[at] * 8, highest=at,
            seen=at, missing=[(1, 2)], rejected=[], withdrawn=[], holes=Holes(missing=2)))  # fmt: skip

    Topic(store, STREAMS).put(mark("/tablets/a", 5), mark("/tablets/b", 2), mark("/tablets/a", 4))
    assert sql("SELECT source, highest, missing FROM stream_marks ORDER BY source") == [
        ("/tablets/a", 5, [[1, 2]]), ("/tablets/b", 2, [[1, 2]]),
    ]  # fmt: skip


def test_a_current_commune_adds_up_the_units_that_went_into_it_wholly(totals: Topic, sql: Sql) -> None:
    totals.put(*(encode(total(unit, {"leaflets": {"": 10}, "cards_issued": {"vbsp": 1}}))
                 for unit in (LAC_DUONG, *MERGED)))  # fmt: skip
    rows = sql("SELECT commune, province, unresolved, measure, kind, value, units FROM commune_totals ORDER BY measure")
    assert rows == [
        (LAC_DUONG, "2025-07:68", None, "cards_issued", "vbsp", 4, 4),
        (LAC_DUONG, "2025-07:68", None, "leaflets", "", 40, 4),
    ]


def test_every_roll_up_sums_to_the_units_with_an_unresolved_line_for_what_has_no_current_commune(
    totals: Topic, sql: Sql
) -> None:
    rng = random.Random(7)
    units = rng.sample(sorted(load().units), 400)
    measures = [measure for measure in MEASURES if any(counter.measure == measure for counter in COUNTERS)]
    made = [total(unit, {rng.choice(measures): {"": rng.randrange(1, 99)}}) for unit in [*units, "2025-07:99999"]]
    for start in range(0, len(made), 50):
        totals.put(*map(encode, made[start : start + 50]))
    by_measure = "SELECT measure, sum(value) FROM {} GROUP BY 1 ORDER BY 1"
    of_units = sql(by_measure.format("unit_totals"))
    assert sum(value for _, value in of_units) == sum(sum(c.values()) for t in made for c in t.counters.values())
    assert sql(by_measure.format("commune_totals")) == of_units
    assert sql(by_measure.format("province_totals")) == of_units
    lines = {line for (line,) in sql("SELECT DISTINCT line FROM province_totals")}
    assert lines == {"communes", "split", "above-commune", "unknown-unit"}


def test_the_district_that_is_no_more_stands_unresolved_under_the_province_that_it_lies_in(
    totals: Topic, sql: Sql
) -> None:
    totals.put(encode(total("2025-03:672", {"contributions_vnd": {"housing": 6_000_000_000}})))
    assert sql("SELECT province, line, value FROM province_totals") == [("2025-07:68", "above-commune", 6_000_000_000)]
