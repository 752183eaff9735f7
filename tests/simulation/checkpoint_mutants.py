"""Broken variants of checkpoints, and of the proof that goes before them."""

from __future__ import annotations

from stream_processors.core import state
from stream_processors.protocol import decisions, owner
from tests.simulation.broken import Edit, Mutant

_APPEND_BOOK = "    await self.state_topic.append([Message(book.key(), records.encode(book))])\n"


def _checkpoint(*texts: tuple[str, str]) -> Edit:
    return Edit(owner.Owner, "checkpoint", texts)


_EARLY_BOOK = (
    "    delivered: list[tuple[str, bytes]] = []\n",
    "    delivered: list[tuple[str, bytes]] = []\n"
    "    early = records.Book(self.generation, self.state_topic.epoch, plan.positions, plan.rejected, plan.anchors,"
    " self.quiet, self.identity.rules, contracts, self._since)\n"
    "    await self.state_topic.append([Message(early.key(), records.encode(early))])\n",
)
_SPEAKING_BEFORE_THE_PROOF = Edit(
    decisions,
    "proof",
    (
        ("not dominates(partition.positions, to_pass)", "False"),
        ("partition.records_accounted() == sum(partition.positions)", "True"),
    ),
)

CHECKPOINT_MUTANTS: dict[str, Mutant] = {
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
    # Before the proof nothing is saved or shown, and after it no replay lags behind a state: alone this shows nothing.
    "lowered positions, with nothing proven": Mutant(
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
            _SPEAKING_BEFORE_THE_PROOF,
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
}
