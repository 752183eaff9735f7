"""Many histories, and whether enough happened in them to prove anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.simulation.histories import Result, run
from tests.simulation.mixes import MIXES

# What a mix must have gone through, per history on average: about a third of what 200 histories of each mix showed.
_ALWAYS = {"takeovers": 0.6, "records skipped as replayed": 0.04, "batches dropped": 0.3, "seeks back": 0.2}
_ENOUGH = {
    "kill": {"kills": 0.13},
    "move": {"zombies": 0.3, "late landings": 0.08, "sleepers woken": 0.12},
    "lose": {"states lost": 0.12, "proofs failed": 0.01, "rebuilds": 0.06},
    "rot": {"states rotten": 0.04},
    "recreate": {"states recreated": 0.15, "rebuilds": 0.1},
    "upgrade": {"upgrades": 0.3, "rebuilds": 0.15},
    "cut": {"logs cut": 0.12, "cuts noticed": 0.06, "rebuilds": 0.05},
}
FEW = 5  # what is expected less often than this may fail to occur by chance


class Series(NamedTuple):
    """Histories played, what happened in all of them, and by mix, and those that ended wrong."""

    histories: int
    happened: Counter[str]
    by_mix: dict[str, Counter[str]]
    wrong: list[Result]


def play(
    histories: int, seed: int, mixes: Sequence[str], *, on_progress: Callable[[int], None] = lambda _: None
) -> Series:
    """Play histories of consecutive seeds, the mixes in turn."""
    by_mix = {mix: Counter({"histories": 0}) for mix in mixes}
    wrong = []
    for number in range(histories):
        mix = mixes[number % len(mixes)]
        result = run(seed + number, mix)
        by_mix[mix].update(result.happened)
        by_mix[mix]["histories"] += 1
        if result.wrong:
            wrong.append(result)
        on_progress(number + 1)
    happened: Counter[str] = Counter()
    for counts in by_mix.values():
        happened.update(counts)
    return Series(histories, happened, by_mix, wrong)


def inconclusive(series: Series, mixes: Sequence[str]) -> list[str]:
    """Faults that did not occur often enough for the histories of a mix to prove anything."""
    missing = []
    for mix in mixes:
        counts = series.by_mix[mix]
        wanted = dict(_ALWAYS)
        for name, _ in MIXES[mix]:
            wanted.update(_ENOUGH.get(name, {}))
        for what, share in wanted.items():
            least = share * counts["histories"]
            if counts[what] < least and least >= FEW:
                missing.append(f"only {counts[what]} {what} in {counts['histories']} histories of the mix {mix}")
    return missing
