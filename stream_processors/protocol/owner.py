"""One partition's owner: takes over, proves, shows totals, writes checkpoints (design, "Exactly-once effect").

All effects go through a `PartitionLog`; every `await` is a place where the process may die or be deposed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.rejected import rejected_headers
from schemas.topics import REJECTED
from schemas.totals import dominates
from stream_processors.core.partition import Known, LogRecord, Partition
from stream_processors.core.state import TOPICS, UnitState
from stream_processors.protocol import decisions, records
from stream_processors.protocol.decisions import Proof
from stream_processors.protocol.intake import Intake
from stream_processors.protocol.port import Message, PartitionLog
from stream_processors.protocol.publication import DeposedError, Publication, show_again
from stream_processors.protocol.state_topic import StateTopic
from stream_processors.protocol.takeover import DistrustError, Inheritance, inherit

CHUNK = 200  # units encoded at a time, so that a checkpoint of thousands neither stalls the loop nor fills memory


class Identity(NamedTuple):
    """Who counts, and by what: a digest of the counting rules."""

    worker: str
    token: str
    rules: str


class Owner:
    """The owner of one partition. `take_over` comes first, then `take`, `publish` and `checkpoint` as they come.

    `publish` and `checkpoint` may run at the same time, each at most once; `take` runs between their awaits.
    """

    def __init__(
        self,
        number: int,
        partitions: int,
        known: Known,
        identity: Identity,
        log: PartitionLog,
        *,
        new_log: bool = False,
        on_state_bytes: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.number, self.partitions, self.known, self.identity, self.log = number, partitions, known, identity, log
        self.new_log = new_log
        self.on_state_bytes = on_state_bytes
        self.state_topic = StateTopic(log)
        self.publication = Publication(log, identity.rules)
        self.partition = Partition(number, partitions, known)
        self.intake = Intake([0] * TOPICS, [0] * TOPICS, set())
        self.generation = 0
        self.quiet = [0] * TOPICS
        self.to_pass = [0] * TOPICS
        self.proven = False
        self.contracts = ""
        self._since = 0
        self._saved: records.Book
        self._old_keys: dict[str, list[bytes]] = {}

    async def take_over(self, distrust: str = "") -> str:
        """Claim, prove membership, read, inherit, and make the inheritance durable under the own epoch (rule 3).

        Returns why all is counted anew, or ''. The log is then to be read from `intake.start`.

        Raises:
            DeposedError: the group gave the partition to another worker.
            DistrustError: log and state do not fit together, see `takeover.inherit`.
        """
        while True:
            inheritance = await self._claim_and_read(distrust)
            if inheritance is None:
                continue
            await self.state_topic.append([Message(inheritance.book.key(), records.encode(inheritance.book))])
            if await self.state_topic.last_claim_is_mine():
                break
        if inheritance.spent:
            await self.state_topic.append([Message(key, None) for key in inheritance.spent])
        self._begin(inheritance)
        return inheritance.rebuild

    async def _claim_and_read(self, distrust: str) -> Inheritance | None:
        """What is inherited under a new claim; None when another claim came after it."""
        await self.state_topic.claim(records.Claim(self.identity.worker, self.identity.token))
        if not await self.log.is_member():
            raise DeposedError(f"partition {self.number} belongs to another worker now")
        shelf = await self.state_topic.read()
        if shelf.claim_offset > self.state_topic.epoch:
            return None
        if shelf.claim_offset < self.state_topic.epoch:
            raise DistrustError("The state topic lost this worker's claim: it was recreated. Start the counter again.")
        shown = await self.publication.read()
        self._ends = await self.log.field_ends()  # after the totals, so that none can lie beyond an older answer
        rules, new_log = self.identity.rules, self.new_log
        inheritance = inherit(shelf, shown, self._ends, rules, distrust=distrust, new_log=new_log)
        self.publication.begin(shown, inheritance.book.since)
        return inheritance

    def _begin(self, inheritance: Inheritance) -> None:
        """Count on from the inherited book and states."""
        book = self._saved = inheritance.book
        self.generation, self.quiet, self.contracts = book.generation, book.quiet, book.contracts
        self._old_keys = inheritance.old_keys
        self._since = book.since
        self.new_log = False  # said once; a later takeover inherits as usual
        self.intake = Intake(book.positions, self._ends.starts, inheritance.anchors)
        partition = self.partition = Partition(self.number, self.partitions, self.known)
        partition.states = inheritance.states
        partition.positions, partition.anchors = list(book.positions), list(book.anchors)
        partition.rejected = book.rejected
        self.to_pass = decisions.reached_by_all([book.positions, *(s.positions for s in inheritance.states.values())])
        self.proven = False
        for key, state in inheritance.states.items():
            show_again(partition, key)
            if not dominates(book.positions, state.positions):
                partition.unsaved.add(key)  # its records will be skipped, so nothing else would write it again

    def take(self, topic: int, batch: Sequence[LogRecord]) -> int | None:
        """Count a fetched batch of one topic; an offset to seek back to if records before it are missing.

        Raises:
            DistrustError: the log is not the one that was counted.
        """
        fresh = self.intake.admit(self.partition, topic, batch)
        if fresh is None:
            return self.intake.seek_back(self.partition, topic)
        self.partition.take(topic, fresh)
        return None

    def prove(self) -> Proof:
        """Whether the inherited state is known to be whole and the replay caught up; HOLDS allows to show totals."""
        if self.proven:
            return Proof.HOLDS
        result = self._proof()
        if result is not Proof.HOLDS or not dominates(self.partition.positions, self.quiet):
            return Proof.FAILS if result is Proof.FAILS else Proof.PENDING
        self.proven = True
        for unit in self.publication.shown.keys() - {state.unit for state in self.partition.states.values()}:
            self.partition.states[unit.encode()] = UnitState(unit)  # it vanished under new rules: shown as zero
            self.partition.due.add(unit.encode())
        return Proof.HOLDS

    def _proof(self) -> Proof:
        return decisions.proof(self.partition, self.to_pass) if self.intake.anchored else Proof.PENDING

    async def publish(self) -> int:
        """Publish the totals that are due (rule 5), nothing before the proof; how many."""
        if not self.proven:
            return 0
        return await self.publication.publish(self.partition, self.generation, self.state_topic.epoch)

    async def follow(self) -> None:
        """Look for totals of others; see `Publication.follow`."""
        await self.publication.follow(self.partition, self.generation, self.state_topic.epoch)

    def show_all_again(self) -> None:
        """Make every unit due with all its marks, so that whatever a reader missed is mended."""
        for key in self.partition.states:
            show_again(self.partition, key)

    @property
    def saved(self) -> Sequence[int]:
        """The positions of the last checkpoint: what lies below them is durable."""
        return self._saved.positions

    async def checkpoint(self) -> bool:
        """Make what was counted durable: rejects, states, the book of the beginning, then remove old keys (rule 6).

        False if nothing is proven yet, so that nothing may be written.

        Raises:
            DeposedError: another worker claimed the partition.
        """
        if not self.proven and self._proof() is not Proof.HOLDS:
            return False
        if not await self.state_topic.last_claim_is_mine():
            raise DeposedError(f"another worker claimed partition {self.number}")
        if decisions.nothing_new(self.partition, self._saved) and self.contracts == self._saved.contracts:
            return True
        plan = decisions.begin_checkpoint(self.partition)
        contracts = self.contracts
        await self._deliver_rejections()
        delivered: list[tuple[str, bytes]] = []
        for start in range(0, len(plan.units), CHUNK):
            chunk = self._encode(plan.units[start : start + CHUNK])
            await self._deliver_rejections()
            await self.state_topic.append([Message(key, value) for _, key, value in chunk])
            delivered += [(unit, key) for unit, key, _ in chunk]
        book = records.Book(
            self.generation,
            self.state_topic.epoch,
            plan.positions,
            plan.rejected,
            plan.anchors,
            self.quiet,
            self.identity.rules,
            contracts,
            self._since,
        )
        await self.state_topic.append([Message(book.key(), records.encode(book))])
        self._saved = book
        gone = [k for unit, own in delivered for k in decisions.removable(self._old_keys.pop(unit, []), own)]
        if gone:
            await self.state_topic.append([Message(key, None) for key in gone])
        return True

    def _encode(self, units: Sequence[bytes]) -> list[tuple[str, bytes, bytes]]:
        """Unit, key and state of this instant, with the positions of this instant."""
        chunk = []
        for name in units:
            state = self.partition.states[name]
            state.raise_positions(self.partition.positions)
            state.version += 1
            value = records.encode_state(state, self.partition.anchors)
            self.on_state_bytes(len(value))
            key = records.StateKey(self.generation, self.state_topic.epoch, state.unit).key()
            chunk.append((state.unit, key, value))
        return chunk

    async def _deliver_rejections(self) -> None:
        """Rejects found up to this moment; their keys are their origins, so that a repeat changes nothing."""
        rejections, self.partition.rejections = self.partition.rejections, []
        if rejections:
            await self.log.append(
                REJECTED,
                [
                    Message(r.origin.key(), r.value, rejected_headers(r.origin, r.key, r.refusal, r.headers))
                    for r in rejections
                ],
            )
