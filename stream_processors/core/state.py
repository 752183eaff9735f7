"""The state of one unit: all that its counters depend on, in a form that does not depend on order of arrival."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import msgspec

from schemas.topics import FIELD_TOPICS
from stream_processors.core.stream import Stream, new_stream

TOPICS = len(FIELD_TOPICS)


class Register(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The winning revision of a root: its rank, the root's type, and its facts as JSON of `Fact`."""

    revision: int
    instant: int
    source: str
    seq: int
    type: str
    carried: bytes
    new: bytes | None

    @property
    def rank(self) -> tuple[int, int, str, int]:
        """The higher rank wins, whatever came first."""
        return self.revision, self.instant, self.source, self.seq


class KeptSurvey(NamedTuple):
    """A standing survey: household, instant in ms, class, and the four answers."""

    household: str
    instant: int
    household_class: str
    needs_telecom: bool
    has_telecom: bool
    owns_smartphone: bool
    has_internet: bool


class KeptHeadcount(NamedTuple):
    """A standing headcount of a session; `counter` is the index of its reach measure."""

    counter: int
    session: str
    people: int


class KeptLine(NamedTuple):
    """A standing line of a session's roster."""

    counter: int
    session: str
    attendee: str


Kept = KeptSurvey | KeptHeadcount | KeptLine


class Tallies(msgspec.Struct, array_like=True, gc=False):
    """Where the unit's records went, see `schemas.totals.Conservation`.

    `refused` are rejected records that claim a number of one of the unit's streams, and so changed this state.
    """

    originals: int = 0
    revisions: int = 0
    withdrawn: int = 0
    corrected: int = 0
    voided: int = 0
    waiting: int = 0
    orphaned: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0

    @property
    def records(self) -> int:
        """Records that this state accounts for: events, duplicates, conflicts, and those refused."""
        return self.originals + self.revisions + self.withdrawn + self.duplicates + self.conflicts + self.refused


class Session:
    """What stands of one session, made from the kept facts: headcounts by root, and how often each attendee."""

    __slots__ = ("heads", "roster")

    def __init__(self) -> None:
        self.heads: dict[int, int] = {}
        self.roster: dict[str, int] = {}

    def reach(self) -> int:
        """The larger of the headcounts and of the distinct roster, never their sum."""
        return max(max(self.heads.values(), default=0), len(self.roster))


class UnitState:
    """One unit. The first group of fields is stored; the second is derived from it (see `codec`).

    `positions[t]` is the next offset of topic t that this state does not cover; it never falls.
    `presence` packs, per subject, a signed count for each distinct counter (see `presence`).
    `counts[c]` is the value of counter c where it is not a plain sum. `expected` adds up the highest numbers of all
    streams, so that events missing is a subtraction; `refusing` and `touched` are indexes of streams: with rejected
    numbers, and changed since the marks were last published.
    """

    __slots__ = (
        "by_household", "by_source", "counts", "expected", "given", "kept", "latest_event", "latest_receipt",
        "positions", "presence", "refusing", "registers", "sessions", "streams", "sums", "tallies", "touched", "unit",
        "version",
    )  # fmt: skip

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.version = 0
        self.positions = [0] * TOPICS
        self.tallies = Tallies()
        self.latest_event: int | None = None
        self.latest_receipt: int | None = None
        self.streams: list[Stream] = []
        self.sums: dict[int, int] = {}
        self.presence: dict[str, int] = {}
        self.given: dict[str, dict[int, int]] = {}
        self.kept: dict[int, Kept] = {}
        self.registers: dict[int, Register] = {}

        self.by_source: list[dict[str, Stream]] = [{} for _ in range(TOPICS)]
        self.counts: defaultdict[int, int] = defaultdict(int)
        self.expected = 0
        self.refusing: set[int] = set()
        self.touched: set[int] = set()
        self.by_household: dict[str, list[int]] = {}
        self.sessions: dict[tuple[int, str], Session] = {}

    def stream(self, topic: int, source: str) -> Stream:
        """The stream of a source in a topic; made when it is new."""
        found = self.by_source[topic].get(source)
        if found is None:
            found = new_stream(len(self.streams), topic, source)
            self.streams.append(found)
            self.by_source[topic][source] = found
        return found

    @property
    def events(self) -> int:
        """Identities seen."""
        return self.tallies.originals + self.tallies.revisions + self.tallies.withdrawn

    def raise_positions(self, positions: list[int]) -> None:
        """Say that this state covers these positions too; a replay may lag behind what it covers already."""
        self.positions = [max(mine, theirs) for mine, theirs in zip(self.positions, positions, strict=True)]
