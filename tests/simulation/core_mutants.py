"""Broken variants of the counting core."""

from __future__ import annotations

from stream_processors.core import count, intervals, kept, presence, stream
from tests.simulation.broken import Edit, Mutant

CORE_MUTANTS: dict[str, Mutant] = {
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
