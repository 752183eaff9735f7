"""What must hold of every total that lands, and of the topics at the end: the readers' side of the simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from schemas import totals
from schemas.topics import REJECTED, STATE, STREAMS, TOTALS
from schemas.totals import StreamMark, Total, decode_mark, decode_total, dominates
from stream_processors.protocol.port import Stored
from stream_processors.protocol.records import CLAIM_KEY
from tests.simulation.recount import Recount, Tally
from tests.simulation.tiny_events import Tiny
from tests.simulation.world import Flight, World, WrongError


class _Published(NamedTuple):
    """A total that landed; its place in the list is its offset."""

    era: int
    unit: str
    generation: int
    positions: list[int]


class Watch:
    """A reader that reads all along, and the recount of the log at the positions of whatever it reads."""

    def __init__(self) -> None:
        self.recounts: list[Recount] = []
        self.read: dict[str, tuple[int, Total]] = {}
        self._published: list[_Published] = []
        self._published_at_claim: dict[str, int] = {}
        self._must_dominate: dict[str, dict[str, _Published]] = {}

    def new_era(self, logs: Sequence[Sequence[Tiny]]) -> None:
        """The source log begins, or was replaced."""
        self.recounts.append(Recount(logs))

    def landed(self, flight: Flight, record: Stored) -> None:
        """Look at a record as it lands."""
        if flight.topic == TOTALS and record.value is not None:
            self._total(flight, decode_total(record.value))
        elif flight.topic == STATE and record.key == CLAIM_KEY:
            self._published_at_claim[flight.sender] = len(self._published)

    def took_over(self, sender: str, era: int, totals_there: Sequence[Stored]) -> None:
        """What lay there at its claim and still does now must have been read; compaction may have taken the rest."""
        must = self._must_dominate[sender] = {}
        for record in totals_there:
            one = self._published[record.offset]
            if record.offset < self._published_at_claim[sender] and one.era == era:
                before = must.get(one.unit)
                if before is not None and before.generation == one.generation:
                    positions = [max(a, b) for a, b in zip(before.positions, one.positions, strict=True)]
                    must[one.unit] = one._replace(positions=positions)
                elif before is None or before.generation < one.generation:
                    must[one.unit] = one

    def _total(self, flight: Flight, total: Total) -> None:
        era = flight.era
        self._published.append(_Published(era, total.unit, total.generation, total.positions))
        compare(total, self.recounts[era].unit(total.unit, total.positions))
        before = self._must_dominate[flight.sender].get(total.unit)
        if before is not None and not dominates(total.positions, before.positions):
            raise WrongError(f"{total.unit} is shown at {total.positions} though {before} was there at the takeover")
        held_era, held = self.read.get(total.unit, (era, None))
        if totals.supersedes(total, held):
            # A deposed owner of a lower generation may have shown more than the owner could know of.
            same = held is not None and (held_era, held.generation) == (era, total.generation)
            if held is not None and same and not dominates(total.positions, held.positions):
                raise WrongError(f"a reader of {total.unit} goes back from {held.positions} to {total.positions}")
            self.read[total.unit] = era, total


def compare(total: Total, tally: Tally) -> None:
    """A total against the recount of the log at its positions."""
    broken = total.conservation.broken_laws()
    if broken:
        raise WrongError(f"{total.unit} breaks {broken}")
    got = (
        total.counters,
        _without_zeroes(total.conservation),
        _without_zeroes(total.holes),
        total.latest_event,
    )
    expected = tally.counters, tally.conservation, tally.holes, tally.latest_event
    if got != expected:
        raise WrongError(f"{total.unit} at {total.positions}: shown {got}, recounted {expected}")


def _without_zeroes(figures: msgspec.Struct) -> dict[str, int]:
    return {name: value for name, value in msgspec.structs.asdict(figures).items() if value}


def check_end(world: World, watch: Watch, units: Sequence[str]) -> None:
    """With everything counted and shown: totals, marks and rejected records."""
    check_totals(world, watch, units)
    ends = [len(log) for log in world.field]
    for unit in units:
        _check_marks(world, unit, watch.recounts[-1].unit(unit, ends))
    _check_rejected(world, watch, ends)


def check_totals(world: World, watch: Watch, units: Sequence[str]) -> None:
    """With everything counted and shown: what a reader that comes late finds, and one that was there all along."""
    ends = [len(log) for log in world.field]
    late = {
        total.unit: total
        for total in (decode_total(r.value) for r in _compacted(world.topics[TOTALS].records) if r.value is not None)
    }
    for unit in units:
        tally = watch.recounts[-1].unit(unit, ends)
        held = watch.read.get(unit)
        for who, total in (("late", late.get(unit)), ("steady", held[1] if held else None)):
            if total is None:
                if tally.conservation:
                    raise WrongError(f"{unit} is not shown to the {who} reader")
                continue
            try:
                compare(total, tally)
            except WrongError as error:
                raise WrongError(f"at the end ({ends}), {who} reader: {error}") from error


def _compacted(records: Sequence[Stored]) -> list[Stored]:
    return list({record.key: record for record in records}.values())


def _check_marks(world: World, unit: str, tally: Tally) -> None:
    marks: dict[tuple[str, str], StreamMark] = {}
    for record in _compacted(world.topics[STREAMS].records):
        if record.value is not None and (mark := decode_mark(record.value)).unit == unit:
            marks[mark.source, mark.topic] = mark
    for stream in marks.keys() | tally.marks.keys():
        mark = marks.get(stream)
        expected = tally.marks.get(stream, dict.fromkeys(("highest", "seen", "missing", "rejected", "withdrawn"), 0))
        if mark is not None and stream not in tally.marks and world.era > 0:
            continue  # of the log that was replaced; nobody takes back the mark of a stream that is gone
        got = mark and {"highest": mark.highest, "seen": mark.seen, **msgspec.structs.asdict(mark.holes)}
        if got != expected:
            raise WrongError(f"the mark of {stream} of {unit} says {got}, recounted {expected}")


def _check_rejected(world: World, watch: Watch, ends: Sequence[int]) -> None:
    found = {record.key for record in world.topics[REJECTED].records}
    expected = watch.recounts[-1].rejected(ends)
    allowed = expected.union(*(r.rejected([10**6] * len(ends)) for r in watch.recounts[:-1]))
    if not expected <= found <= allowed:
        raise WrongError(f"rejected: lost {sorted(expected - found)}, invented {sorted(found - allowed)}")
