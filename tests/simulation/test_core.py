"""The pure core: a unit's state is a join, whatever the order, the batches, the repetition, the storing in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.simulator.oracle import Oracle
from schemas.contracts import generate
from schemas.topics import FIELD_TOPICS
from schemas.totals import Total
from stream_processors.core import codec, figures, intervals, presence
from stream_processors.core.partition import Partition
from stream_processors.core.rules import SLOT_COUNTER
from stream_processors.core.state import UnitState
from stream_processors.protocol.port import Stored
from tests.simulation.recount import KNOWN, Recount
from tests.simulation.tiny_events import PARTITIONS, UNITS, Field, Tiny, known
from tests.simulation.watch import compare

SETS = 1_500


pytestmark = pytest.mark.usefixtures("remembered")


def _counted(rng: Random, logs: Sequence[Sequence[Tiny]]) -> Partition:
    """Count logs in random batches, storing states and going back to earlier positions now and then."""
    partition = Partition(0, PARTITIONS, known)
    ends = [len(log) for log in logs]
    book, rejected = list(partition.positions), 0
    while partition.positions != ends:
        topic = rng.choice([t for t, end in enumerate(ends) if partition.positions[t] < end])
        at = partition.positions[topic]
        batch = logs[topic][at : at + rng.randrange(1, 5)]
        partition.take(topic, [Stored(at + i, 0, r.key, r.value, []) for i, r in enumerate(batch)])
        if rng.random() < 0.2:
            kept = [key for key in sorted(partition.states) if key not in partition.unsaved or rng.random() < 0.5]
            for key in kept:
                partition.states[key].raise_positions(partition.positions)
                partition.states[key] = codec.decode(codec.encode(partition.states[key]))
            if partition.unsaved.issubset(kept):  # as after a checkpoint; replay from where the last but one was
                partition.unsaved.clear()
                partition.positions, partition.rejected, book, rejected = (
                    book, rejected, list(partition.positions), partition.rejected,
                )  # fmt: skip
    return partition


def _totals(partition: Partition) -> dict[str, Total]:
    for state in partition.states.values():
        state.raise_positions(partition.positions)
    return {s.unit: figures.total(s, 1, 0, "") for s in partition.states.values()}


def _logs(records: Sequence[Tiny]) -> list[list[Tiny]]:
    return [[r for r in records if r.topic == topic] for topic in range(len(FIELD_TOPICS))]


def test_any_log_in_any_batches_with_replays_and_storing_is_counted_as_the_oracle_counts_it() -> None:
    seed = Random().randrange(2**32)
    print(f"seed {seed}")
    for number in range(SETS):
        rng = Random(seed + number)
        field = Field(rng, rng.sample(range(len(FIELD_TOPICS)), 3), 2)
        logs = _logs([field.make() for _ in range(rng.randrange(4, 30))])
        partition = _counted(rng, logs)
        recount = Recount(logs)
        for unit, total in _totals(partition).items():
            compare(total, recount.unit(unit, partition.positions))
        assert partition.records_accounted() == sum(partition.positions)


def test_the_same_facts_in_any_order_give_the_same_totals() -> None:
    seed = Random().randrange(2**32)
    print(f"seed {seed}")
    for number in range(SETS // 3):
        rng = Random(seed + number)
        field = Field(rng, rng.sample(range(len(FIELD_TOPICS)), 2), 1)
        oracle = Oracle(KNOWN, PARTITIONS)
        made = [field.make() for _ in range(16)]
        events = [r for r in made if oracle.feed(FIELD_TOPICS[r.topic], r.key, r.value, 0) == "event"]
        results = []
        for _ in range(3):
            rng.shuffle(events)
            totals = _totals(_counted(rng, _logs(events)))
            results.append(
                {
                    unit: msgspec.structs.replace(total, positions=[0] * len(FIELD_TOPICS))
                    for unit, total in totals.items()
                }
            )
        assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_correction_at_either_end_of_the_calendar_is_counted(time: str) -> None:
    path = next((generate.FOLDER / "golden/sim.handed-out.corrected/1").glob("*.json"))
    event = json.loads(path.read_bytes())
    for fact in ("original", "new"):
        event["data"][fact]["time"] = time
    partition, key = Partition(0, 1, lambda _: True), event["unit"].encode()
    partition.take(FIELD_TOPICS.index("field.handouts.v1"), [Stored(0, 0, key, json.dumps(event).encode(), [])])
    state = codec.decode(codec.encode(partition.states[key]))
    assert (state.tallies.revisions, state.tallies.waiting) == (1, 1)
    assert figures.total(state, 1, 0, "").counters["sims_handed_out"] == {event["data"]["new"]["data"]["recipient"]: 1}


@given(st.lists(st.integers(1, 40)))
def test_intervals_are_a_set_of_numbers(numbers: list[int]) -> None:
    seen: intervals.Intervals = [0]
    there: set[int] = set()
    for number in numbers:
        assert intervals.add(seen, number) == (number not in there)
        there.add(number)
    assert [n for n in range(1, 45) if intervals.contains(seen, n)] == sorted(there)
    assert intervals.highest(seen) == max(there, default=0)
    assert intervals.count(seen) == len(there)
    holes = [n for first, last in intervals.gaps(seen) for n in range(first, last + 1)]
    assert holes == sorted(set(range(1, max(there, default=0))) - there)


_CHANGES = st.tuples(st.integers(0, len(SLOT_COUNTER) - 1), st.sampled_from("ab"), st.integers(-3, 3))


@given(st.lists(_CHANGES))
def test_packed_counts_are_a_table_of_signed_counts(changes: list[tuple[int, str, int]]) -> None:
    state = UnitState(UNITS[0])
    table: dict[tuple[int, str], int] = {}
    for slot, subject, amount in changes:
        presence.change(state, slot, subject, amount)
        table[slot, subject] = table.get((slot, subject), 0) + amount
    for (slot, subject), amount in table.items():
        assert presence.field(state.presence.get(subject, 0), slot) == amount
    for slot, counter in enumerate(SLOT_COUNTER):
        assert state.counts[counter] == sum(1 for (s, _), amount in table.items() if s == slot and amount > 0)
    again = codec.decode(codec.encode(state))
    assert again.presence == state.presence
    assert {c: n for c, n in again.counts.items() if n} == {c: n for c, n in state.counts.items() if n}
