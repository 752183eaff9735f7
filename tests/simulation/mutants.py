"""Deliberately broken variants of the shipped core and protocol: each edits the source of one or two functions.

An edit names the text that it replaces, so that a mutant whose rule has moved fails loudly instead of testing nothing.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import patch

from schemas import totals
from stream_processors.core import count, intervals, kept, partition, presence, state, stream
from stream_processors.protocol import decisions, intake, owner, publication, records, state_topic, takeover

Holder = ModuleType | type


class Edit(NamedTuple):
    """In the source of `holder.name`, each first text becomes the second; put there, and in `also`."""

    holder: Holder
    name: str
    texts: tuple[tuple[str, str], ...]
    also: tuple[Holder, ...] = ()


class Mutant(NamedTuple):
    """A broken rule, and the mix of faults in which it shows."""

    mix: str
    edits: tuple[Edit, ...]


class StaleMutantError(Exception):
    """The text that a mutant replaces is not in the shipped source."""


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The shipped code with a mutant's edits."""
    with ExitStack() as patches:
        for edit in mutant.edits:
            changed = _edited(edit)
            for holder in (edit.holder, *edit.also):
                patches.enter_context(patch.object(holder, edit.name, changed))
        yield


def _edited(edit: Edit) -> Any:
    shipped = inspect.getattr_static(edit.holder, edit.name)
    source = textwrap.dedent(inspect.getsource(shipped))
    for old, new in edit.texts:
        if source.count(old) != 1:
            raise StaleMutantError(f"{edit.name} has {source.count(old)} times: {old}")
        source = source.replace(old, new)
    made: dict[str, Any] = {}
    exec("from __future__ import annotations\n" + source, shipped.__globals__, made)
    return made[edit.name]


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

MUTANTS: dict[str, Mutant] = {
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
            _checkpoint(("    return True", "    self.partition.unsaved.clear()\n    return True")),
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
    "no dominance": Mutant("zombies", (Edit(decisions, "may_show", (("return shown is None or", "return True or"),)),)),
    "readers by the sum of positions": Mutant(
        "swarm",
        (
            Edit(
                totals,
                "supersedes",
                (("dominates(new.positions, old.positions)", "sum(new.positions) >= sum(old.positions)"),),
            ),
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
                    "await self.state_topic.append([Message(inheritance.book.key(), records.encode(inheritance.book))])",
                    "pass",
                ),
            ),
        ),
    ),
    "no claim check": Mutant(
        "swarm",
        (
            Edit(
                state_topic.StateTopic, "last_claim_is_mine", (("    end = await", "    return True\n    end = await"),)
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
    "units ahead of the book are forgotten": Mutant("swarm", (_UNSAVED_AHEAD, _SKIPPED_UNCHANGED)),
    "quiet ignored": Mutant(
        "upgrades",
        (
            Edit(
                owner.Owner,
                "prove",
                ((" or not dominates(self.partition.positions, self.quiet)", ""),),
            ),
            Edit(decisions, "may_show", (("return shown is None or", "return True or"),)),
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
    "totals of the replaced log hold back": Mutant(
        "cut",
        (
            Edit(
                publication.Publication,
                "_note",
                (
                    (
                        "total.positions if total.generation >= self._since else [0] * len(total.positions)",
                        "total.positions",
                    ),
                ),
            ),
            Edit(takeover, "inherit", ((" if t.generation >= since]", " if t.generation >= since > 10**9]"),)),
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
    "own totals told by epoch alone": Mutant(
        "recreated",
        (
            Edit(
                publication.Publication,
                "follow",
                (("(total.generation, total.epoch) != (generation, epoch)", "total.epoch != epoch"),),
            ),
        ),
    ),
    "foreign totals not followed": Mutant(
        "swarm",
        (Edit(publication.Publication, "follow", (("    if await", "    return\n    if await"),)),),
    ),
    "revision winner by arrival": Mutant(
        "calm",
        (Edit(count, "_revise", (("standing.rank > register.rank", "False"),)),),
    ),
    "interval merge off by one": Mutant(
        "calm",
        (Edit(intervals, "add", (("seen[at] == seq + 1", "seen[at] == seq + 2"),)),),
    ),
    "ring of ids off by one": Mutant(
        "calm",
        (Edit(stream, "conflicts", (("(seq - 1) % CHECKED", "seq % CHECKED"),), (count,)),),
    ),
    "carried facts not taken back": Mutant(
        "calm",
        (Edit(count, "_effect", (("_contribute_fact(state, register.type, register.carried, -sign)", "pass"),)),),
    ),
    "a root's arrival is not noticed": Mutant(
        "calm",
        (Edit(count, "_root_arrives", (("register is not None", "False"),)),),
    ),
    "negative counts borrow": Mutant(
        "calm",
        (
            Edit(
                presence,
                "field",
                (("(packed + _BIAS[slot]) >> _SHIFT[slot] & MASK) - HALF", "packed >> _SHIFT[slot]) & MASK"),),
            ),
        ),
    ),
    "latest survey by arrival": Mutant(
        "calm",
        (Edit(kept, "_latest", (("max(roots, key=lambda root: _survey_rank(state, root))", "roots[-1]"),)),),
    ),
}
