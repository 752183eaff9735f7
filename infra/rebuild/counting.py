"""Counts the log anew, all partitions in turn, and compares each unit with its live total while events come in."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from kafka.consumer.fetcher import ConsumerRecord

from infra.bus import Bus, Newest, Place
from infra.errors import InfraError
from schemas.measures import rules_digest
from schemas.partition import partition_of
from schemas.places import Places
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPIC_INDEX
from schemas.totals import Total
from stream_processors.protocol.takeover import DistrustError
from stream_processors.rebuild.recount import Difference, counters_of
from stream_processors.rebuild.saved import Shelf

SAVE_S = 30.0
LOOK_S = 0.2
Batch = dict[int, dict[str, list[ConsumerRecord]]]
"""Records by partition number and field topic."""
Moved = Callable[[int], None]
"""Told how many records were counted so far."""


class Rebuilding:
    """`recounts` by partition number; `begun_with` records were counted by a rebuild that was broken off."""

    def __init__(self, settings: Settings, bus: Bus, places: Places) -> None:
        self._bus, self._settings = bus, settings
        folder = Path(settings.data_dir, "rebuild", settings.topic_prefix or "main")
        self.shelf = Shelf(folder, f"{rules_digest()} {places.digest}")
        self._known = places.known
        self._logs = bus.places(FIELD_TOPICS)
        if cut := [place for place, start in bus.beginnings(self._logs).items() if start]:
            raise InfraError(f"{cut[0]} does not begin at 0: restore the log from a backup, then count it anew.")
        self.newest = Newest(bus)
        numbers = range(settings.partitions)
        self.recounts = {n: self.shelf.load(n, settings.partitions, self._known) for n in numbers}
        self.begun_with = self.counted
        self._saved = time.monotonic()

    @property
    def counted(self) -> int:
        """Records that were counted so far."""
        return sum(sum(recount.partition.positions) for recount in self.recounts.values())

    def ends(self) -> dict[Place, int]:
        """Where the log ends now."""
        return self._bus.ends(self._logs)

    def count(self, ends: Mapping[Place, int], moved: Moved) -> None:
        """Count up to `ends`; every half minute what was counted is kept on disk.

        Raises:
            InfraError: the log is not the one that was counted before, or does not come.
        """
        for batch in self._batches(ends):
            for number, records in batch.items():
                list(self._take(number, records))
            moved(self.counted)
            if time.monotonic() - self._saved > SAVE_S:
                self.save()

    def save(self) -> None:
        """Keep on disk what was counted."""
        for recount in self.recounts.values():
            self.shelf.save(recount)
        self._saved = time.monotonic()

    def compare(self, patience_s: float, moved: Moved) -> tuple[list[Difference], list[str]]:
        """What differs from the live totals; and the units whose totals cover too little even after the patience."""
        found: list[Difference] = []
        deadline = time.monotonic() + patience_s
        while True:
            self.newest.read_on()
            ends = self.ends()  # after the totals, so that none of them lies beyond
            totals = self._open()
            nothing: Batch = {number: {} for number in totals}  # what needs no further record is compared by it
            for batch in chain(self._batches(ends), [nothing]):
                for number, records in batch.items():
                    found += self._take(number, records, totals.get(number, []))
                moved(self.counted)
            left = sorted(self._not_compared())
            if not left or time.monotonic() > deadline:
                return sorted(found), left
            time.sleep(LOOK_S)

    def _open(self) -> dict[int, list[Total]]:
        """The newest totals of units that were not compared yet, by partition."""
        totals: dict[int, list[Total]] = defaultdict(list)
        for total in self.newest.totals.values():
            number = partition_of(total.unit.encode(), self._settings.partitions)
            if total.unit not in self.recounts[number].compared:
                totals[number].append(total)
        return totals

    def _not_compared(self) -> Iterator[str]:
        for recount in self.recounts.values():
            for state in recount.partition.states.values():
                if state.unit not in recount.compared and (state.unit in self.newest.totals or counters_of(state)):
                    yield state.unit
        for number, totals in self._open().items():
            yield from (t.unit for t in totals if t.unit.encode() not in self.recounts[number].partition.states)

    def _take(self, number: int, records: Mapping[str, list[ConsumerRecord]], totals: list[Total] | None = None
              ) -> list[Difference]:  # fmt: skip
        try:
            return list(self.recounts[number].take(records, totals or ()))
        except DistrustError as error:
            self.shelf.remove()
            raise InfraError(f"{error} What an earlier rebuild had kept is removed: start again.") from error

    def _batches(self, ends: Mapping[Place, int]) -> Iterator[Batch]:
        """The records from where each recount stands to `ends`, some thousands at a time, by partition and topic."""
        starts = {at: self._start(at) for at in ends}
        wanted = {at: end for at, end in ends.items() if starts[at] < end}
        for found in self._bus.batches(starts, wanted):
            batch: Batch = defaultdict(dict)
            for at, records in found.items():
                batch[at.partition][at.topic] = records
            yield batch

    def _start(self, at: Place) -> int:
        """Where reading goes on: at the last record that was counted, until it is known to be still the same."""
        recount = self.recounts[at.partition]
        return recount.intake.seek_back(recount.partition, TOPIC_INDEX[at.topic])
