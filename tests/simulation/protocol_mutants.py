"""Broken variants of the exactness protocol."""

from __future__ import annotations

from stream_processors.core import partition, state
from stream_processors.protocol import decisions, intake, owner, records, state_topic, takeover
from tests.simulation.broken import Edit, Mutant

_APPEND_BOOK = "    await self.state_topic.append([Message(book.key(), records.encode(book))])\n"


def _checkpoint(*texts: tuple[str, str]) -> Edit:
    return Edit(owner.Owner, "checkpoint", texts)


def _take_over(*texts: tuple[str, str]) -> Edit:
    return Edit(owner.Owner, "take_over", texts)


_EARLY_BOOK = (
    "    delivered: list[tuple[str, bytes]] = []\n",
    "    delivered: list[tuple[str, bytes]] = []\n"
    "    early = records.Book(self.generation, self.state_topic.epoch, plan.positions, plan.rejected, plan.anchors,"
    " self.quiet, self.identity.rules, contracts, self._since)\n"
    "    await self.state_topic.append([Message(early.key(), records.encode(early))])\n",
)
_UNSAVED_AHEAD = Edit(owner.Owner, "_begin", (("partition.unsaved.add(key)", "pass"),))
_SKIPPED_UNCHANGED = Edit(
    partition.Partition,
    "take",
    (
        ("        changed.add(key)\n", ""),
        ("        outcome = count(", "        changed.add(key)\n        outcome = count("),
    ),
)

# Two too rare for random histories: they have their scripts.
NO_CLAIM_CHECK = Mutant(
    "swarm",
    (Edit(state_topic.StateTopic, "last_claim_is_mine", (("    end = await", "    return True\n    end = await"),)),),
)
FORGOTTEN_AHEAD = Mutant("swarm", (_UNSAVED_AHEAD, _SKIPPED_UNCHANGED))

PROTOCOL_MUTANTS: dict[str, Mutant] = {
    "book before states": Mutant("kills", (_checkpoint(_EARLY_BOOK),)),
    "book with the positions of the end": Mutant(
        "kills",
        (
            _checkpoint(
                (
                    "        plan.positions,\n        plan.rejected,\n        plan.anchors,\n",
                    "        list(self.partition.positions),\n        self.partition.rejected,\n"
                    "        list(self.partition.anchors),\n",
                ),
            ),
        ),
    ),
    "rejects after the book": Mutant(
        "kills",
        (
            _checkpoint(
                (
                    "    contracts = self.contracts\n    await self._deliver_rejections()\n",
                    "    contracts = self.contracts\n",
                ),
                (
                    "        await self._deliver_rejections()\n        await self.state_topic",
                    "        await self.state_topic",
                ),
                (_APPEND_BOOK, _APPEND_BOOK + "    await self._deliver_rejections()\n"),
            ),
        ),
    ),
    "rejects of the beginning only": Mutant(
        "kills",
        (
            _checkpoint(
                (
                    "        await self._deliver_rejections()\n        await self.state_topic",
                    "        await self.state_topic",
                ),
            ),
        ),
    ),
    "set of changed units emptied late": Mutant(
        "kills",
        (
            Edit(decisions, "begin_checkpoint", (("    partition.unsaved.clear()\n", ""),)),
            _checkpoint(("    self._saved = book\n", "    self._saved = book\n    self.partition.unsaved.clear()\n")),
        ),
    ),
    "resume at committed offsets": Mutant(
        "kills",
        (
            Edit(
                owner.Owner,
                "take",
                (
                    (
                        "    return None",
                        "    self.log._world.committed = list(self.partition.positions)\n    return None",
                    ),
                ),
            ),
            Edit(
                owner.Owner,
                "_begin",
                (("list(book.positions), list", "list(getattr(self.log._world, 'committed', book.positions)), list"),),
            ),
        ),
    ),
    "lowered positions": Mutant(
        "kills",
        (
            Edit(
                state.UnitState,
                "raise_positions",
                (
                    (
                        "[max(mine, theirs) for mine, theirs in zip(self.positions, positions, strict=True)]",
                        "list(positions)",
                    ),
                ),
            ),
            _SKIPPED_UNCHANGED,
        ),
    ),
    "keys removed before the own record is there": Mutant(
        "kills",
        (
            _checkpoint(
                (
                    "    delivered: list[tuple[str, bytes]] = []\n",
                    "    delivered: list[tuple[str, bytes]] = []\n"
                    "    gone = [k for u in plan.units for k in self._old_keys.pop(u.decode(), [])]\n"
                    "    if gone:\n"
                    "        await self.state_topic.append([Message(key, None) for key in gone])\n",
                ),
            ),
        ),
    ),
    "all old keys removed at takeover": Mutant(
        "kills",
        (
            _take_over(
                (
                    "    self._begin(inheritance)\n",
                    "    old = [Message(k, None) for keys in inheritance.old_keys.values() for k in keys]\n"
                    "    if old:\n"
                    "        await self.state_topic.append(old)\n"
                    "    self._begin(inheritance)\n",
                ),
            ),
        ),
    ),
    "state topic read to the own claim only": Mutant(
        "swarm",
        (
            Edit(
                state_topic.StateTopic,
                "read",
                (
                    (
                        "    return sort_out(stored)",
                        "    return sort_out([r for r in stored if r.offset <= self.epoch])",
                    ),
                ),
            ),
        ),
    ),
    "state key without epoch": Mutant("swarm", (Edit(records.StateKey, "key", (("{self.epoch}", "0"),)),)),
    "no inherited book": Mutant(
        "swarm",
        (
            _take_over(
                (
                    "append([Message(inheritance.book.key(), records.encode(inheritance.book))])",
                    "append([])",
                ),
            ),
        ),
    ),
    "continuity not checked": Mutant(
        "calm",
        (
            Edit(
                intake.Intake,
                "admit",
                (("    if batch[0].offset > self.seek_back(partition, topic):\n        return None\n", ""),),
            ),
        ),
    ),
    "proof skipped": Mutant(
        "loss",
        (
            Edit(
                decisions,
                "proof",
                (("if partition.records_accounted() == sum(partition.positions) else", "if True else"),),
            ),
        ),
    ),
    "anchors off": Mutant("cut", (Edit(intake.Intake, "_check", (("    met =", "    return\n    met ="),)),)),
    "anchors of states off": Mutant(
        "cut",
        (
            Edit(
                takeover,
                "inherit",
                (
                    (
                        "*(_anchors(state.positions, newest[unit].anchors, book.positions)"
                        " for unit, state in states.items())",
                        "",
                    ),
                ),
            ),
        ),
    ),
    "seeking past the anchor": Mutant(
        "zombies",
        (
            Edit(intake.Intake, "seek_back", (("self.start[topic] if topic in self._waiting else ", ""),)),
            Edit(
                intake.Intake,
                "admit",
                (
                    (
                        "batch[0].offset > self.seek_back(partition, topic)",
                        "batch[0].offset > expected - (topic in self._waiting)",
                    ),
                ),
            ),
        ),
    ),
    "an epoch above the own claim stops every start": Mutant(
        "recreated",
        (
            Edit(
                takeover,
                "_why_rebuild",
                (
                    (
                        '        return f"the newest book',
                        '        raise DistrustError("state topic")\n        return f"the newest book',
                    ),
                ),
            ),
        ),
    ),
    "generation without the broker's time": Mutant(
        "recreated",
        (Edit(takeover, "inherit", (("max(highest + 1, shelf.claim_ms)", "highest + 1"),)),),
    ),
    "membership not proven": Mutant(
        "swarm", (Edit(owner.Owner, "_claim_and_read", (("not await self.log.is_member()", "False"),)),)
    ),
}
