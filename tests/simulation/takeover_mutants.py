"""Broken variants of claiming, reading, inheriting, and of where the log is read from."""

from __future__ import annotations

from stream_processors.core import partition
from stream_processors.protocol import intake, owner, records, state_topic, takeover
from tests.simulation.broken import Edit, Mutant


def _take_over(*texts: tuple[str, str]) -> Edit:
    return Edit(owner.Owner, "take_over", texts)


_UNSAVED_AHEAD = Edit(owner.Owner, "_begin", (("partition.unsaved.add(key)", "pass"),))
_SKIPPED_UNCHANGED = Edit(
    partition.Partition,
    "take",
    (
        ("        changed.add(key)\n", ""),
        ("        outcome = count(", "        changed.add(key)\n        outcome = count("),
    ),
)

# Too rare for random histories: they have their scripts.
NO_CLAIM_CHECK = Mutant(
    "swarm",
    (Edit(state_topic.StateTopic, "last_claim_is_mine", (("    end = await", "    return True\n    end = await"),)),),
)
FORGOTTEN_AHEAD = Mutant("swarm", (_UNSAVED_AHEAD, _SKIPPED_UNCHANGED))

EPOCH_ABOVE_STOPS = Mutant(
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
)
GENERATION_WITHOUT_TIME = Mutant(
    "recreated", (Edit(takeover, "inherit", (("max(highest + 1, shelf.claim_ms)", "highest + 1"),), (owner,)),)
)

TAKEOVER_MUTANTS: dict[str, Mutant] = {
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
    "anchors off": Mutant("cut", (Edit(intake.Intake, "_check", (("    met =", "    return\n    met ="),)),)),
    "anchors of states off": Mutant(
        "cut",
        (Edit(takeover, "inherit", (("*ahead", ""),), (owner,)),),
        seeds=(3027,),
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
}
