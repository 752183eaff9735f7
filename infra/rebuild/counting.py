"""Counts the log anew, a process per core, and compares each unit with its live total while events come in."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from kafka.consumer.fetcher import ConsumerRecord

from infra.bus import Bus, Newest, Place
from infra.errors import InfraError
from infra.rebuild.processes import LOOK_S, Moved, in_processes
from schemas.measures import rules_digest
from schemas.partition import partition_of
from schemas.places import Places
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, TOPIC_INDEX
from schemas.totals import Total
from stream_processors.protocol.takeover import DistrustError
from stream_processors.rebuild.recount import Difference, Recount, counters_of
from stream_processors.rebuild.saved import Shelf

Batch = dict[int, dict[str, list[ConsumerRecord]]]
"""Records by partition number and field topic."""


class Rebuilding:
    """`recounts` by partition number; `begun_with` records were counted by a rebuild that was broken off."""

    def __init__(self, settings: Settings, bus: Bus, places: Places) -> None:
        self._bus, self._settings = bus, settings
        folder = Path(settings.data_dir, "rebuild", settings.topic_prefix or "main")
        self.shelf = Shelf(folder, f"{rules_digest()} {places.digest}")
        self._known = frozenset(places.units) | places.retired
        self._logs = bus.places(FIELD_TOPICS)
        if cut := [place for place, start in bus.beginnings(self._logs).items() if start]:
            raise InfraError(f"{cut[0]} does not begin at 0: restore the log from a backup, then count it anew.")
        self.newest = Newest(bus)
        self.recounts = self._kept()
        self.begun_with = self.counted

    @property
    def counted(self) -> int:
        """Records that were counted so far."""
        return sum(sum(recount.partition.positions) for recount in self.recounts.values())

    def ends(self) -> dict[Place, int]:
        """Where the log ends now."""
        return self._bus.ends(self._logs)

    def count(self, ends: Mapping[Place, int], moved: Moved) -> None:
        """Count up to `ends`, so many partitions at a time as there are cores; what was counted is kept on disk.

        Raises:
            InfraError: the log is not the one that was counted before, or does not come.
        """
        parts: dict[int, dict[str, int]] = defaultdict(dict)
        for at in self._open_logs(ends):
            parts[at.partition][at.topic] = ends[at]
        counted = [sum(self.recounts[n].partition.positions) for n in range(self._settings.partitions)]
        try:
            in_processes(self._settings, self.shelf, self._known, parts, counted, moved)
        except DistrustError as error:
            raise self._distrusted(error) from error
        self.recounts = self._kept()
        moved(self.counted)

    def save(self) -> None:
        """Keep on disk what was counted."""
        for recount in self.recounts.values():
            self.shelf.save(recount)

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

    def _take(
        self, number: int, records: Mapping[str, list[ConsumerRecord]], totals: list[Total]
    ) -> list[Difference]:
        try:
            return list(self.recounts[number].take(records, totals))
        except DistrustError as error:
            raise self._distrusted(error) from error

    def _distrusted(self, error: DistrustError) -> InfraError:
        self.shelf.remove()
        return InfraError(f"{error} What an earlier rebuild had kept is removed: start again.")

    def _kept(self) -> dict[int, Recount]:
        numbers = range(self._settings.partitions)
        return {n: self.shelf.load(n, self._settings.partitions, self._known.__contains__) for n in numbers}

    def _batches(self, ends: Mapping[Place, int]) -> Iterator[Batch]:
        """The records from where each recount stands to `ends`, some thousands at a time, by partition and topic."""
        starts = self._open_logs(ends)
        for found in self._bus.batches(starts, {at: ends[at] for at in starts}):
            batch: Batch = defaultdict(dict)
            for at, records in found.items():
                batch[at.partition][at.topic] = records
            yield batch

    def _open_logs(self, ends: Mapping[Place, int]) -> dict[Place, int]:
        """Where reading goes on in each log that is not counted up to its end: at the last record that was counted,
        until it is known to be still the same."""
        starts = {}
        for at in ends:
            recount = self.recounts[at.partition]
            starts[at] = recount.intake.seek_back(recount.partition, TOPIC_INDEX[at.topic])
        return {at: start for at, start in starts.items() if start < ends[at]}
