"""Random histories of the shipped protocol and core: nothing forgotten, nothing twice, nothing taken back."""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation.broken import Mutant, broken
from tests.simulation.checkpoint_mutants import CHECKPOINT_MUTANTS
from tests.simulation.core_mutants import CORE_MUTANTS
from tests.simulation.histories import run
from tests.simulation.mixes import MIXES
from tests.simulation.series import inconclusive, play
from tests.simulation.showing_mutants import SHOWING_MUTANTS
from tests.simulation.takeover_mutants import TAKEOVER_MUTANTS

MUTANTS = {**CHECKPOINT_MUTANTS, **TAKEOVER_MUTANTS, **SHOWING_MUTANTS, **CORE_MUTANTS}
HISTORIES = 2_000  # the long run is `python -m tests.simulation --histories 100000`
WITHIN = 1_500  # histories in which a mutant must be caught


def test_every_history_of_faults_ends_exact() -> None:
    seed = Random().randrange(2**32)
    print(f"seed {seed}")
    series = play(HISTORIES, seed, list(MIXES))
    assert [f"{r.seed}: {r.wrong}" for r in series.wrong] == []
    assert inconclusive(series, list(MIXES)) == []


def test_a_run_in_which_too_little_happened_proves_nothing() -> None:
    calm = play(60, 0, ["calm"])
    as_if = calm._replace(by_mix={"swarm": calm.by_mix["calm"]})
    assert {line.split(" ", 2)[2].split(" in ")[0] for line in inconclusive(as_if, ["swarm"])} >= {"kills", "zombies"}


def test_a_seed_gives_one_history() -> None:
    assert run(11, "swarm") == run(11, "swarm")


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_rule_is_caught(name: str) -> None:
    mutant: Mutant = MUTANTS[name]
    with broken(mutant):
        for seed in (*mutant.seeds, *range(WITHIN)):
            caught = run(seed, mutant.mix).wrong
            if caught:
                print(f"{mutant.mix}:{seed}: {caught}")
                return
    pytest.fail(f"{name}: not caught in {WITHIN} histories of the mix {mutant.mix}")
