"""Broken variants of how totals are shown, and of their readers."""

from __future__ import annotations

from schemas import totals
from stream_processors.protocol import decisions, owner, publication, takeover
from tests.simulation.broken import Edit, Mutant

# Too rare for random histories: it has its script.
TOLD_BY_EPOCH_ALONE = Mutant(
    "recreated",
    (
        Edit(
            publication.Publication,
            "follow",
            (("(total.generation, total.epoch) != (generation, epoch)", "total.epoch != epoch"),),
        ),
    ),
)

SHOWING_MUTANTS: dict[str, Mutant] = {
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
        seeds=(384,),
    ),
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
            Edit(
                takeover, "inherit", ((" if t.generation >= since]", " if t.generation >= since > 10**9]"),), (owner,)
            ),
        ),
    ),
    "foreign totals not followed": Mutant(
        "swarm",
        (Edit(publication.Publication, "follow", (("    if await", "    return\n    if await"),)),),
        seeds=(592,),
    ),
}
