"""`python -m tests.simulation --histories 100000 --seed 1 [--mix zombies]`: the long run, with what it went through."""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.simulation.mixes import MIXES
from tests.simulation.series import Series, inconclusive, play


def main() -> int:
    """0 if every history ended right and every fault occurred, 1 if one ended wrong, 2 if the run proves nothing."""
    asked = _asked()
    mixes = [asked.mix] if asked.mix else list(MIXES)
    began = time.monotonic()
    series = play(asked.histories, asked.seed, mixes, on_progress=lambda done: _say(done, asked.histories, began))
    _report(series, asked.seed, time.monotonic() - began)
    if series.wrong:
        return 1
    missing = inconclusive(series, mixes)
    for fault in missing:
        print(f"inconclusive: {fault}")
    return 2 if missing else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=100_000, help="how many, spread over the mixes")
    parser.add_argument("--seed", type=int, default=None, help="of the first history; drawn and printed if left out")
    parser.add_argument("--mix", choices=sorted(MIXES), help="only this mix of faults")
    asked = parser.parse_args()
    if asked.seed is None:
        asked.seed = int.from_bytes(os.urandom(4), "big")
    return asked


def _say(done: int, of: int, began: float) -> None:
    if done % 5_000 == 0:
        print(f"{done} of {of} histories, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _report(series: Series, seed: int, seconds: float) -> None:
    print(f"{series.histories} histories from seed {seed} in {seconds:.0f} s, Python {sys.version.split()[0]}")
    for what, times in sorted(series.happened.items()):
        print(f"  {times:>9} {what}")
    print(f"  {len(series.wrong):>9} histories that ended wrong")
    for result in series.wrong[:10]:
        print(f"wrong: {result.seed}: {result.wrong}")


if __name__ == "__main__":
    sys.exit(main())
