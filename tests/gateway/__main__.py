"""`python -m tests.gateway`: gateway and broker killed 200 times. Exit status 0: all counted once; 1: not."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom
from typing import Annotated

import typer

from infra.stack import Stack
from tests.gateway.kills import trial
from tests.gateway.process import installed


def say(line: str) -> None:
    """Print a line at once, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def main(
    kills: Annotated[int, typer.Option(help="Kills of gateway and broker.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Of everything random.")] = None,
) -> None:
    """Kill gateway and broker while tablets record, and compare tablets, log and totals."""
    logging.disable(logging.CRITICAL)  # clients of a broker that is killed are chatty; what matters is raised
    seed = SystemRandom().randrange(1_000_000) if seed is None else seed
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name, Stack(Path(name) / "stack").start(postgres=False) as stack:
        folder = Path(name)
        settings = installed(stack.addresses.bootstrap, "kills.", folder)
        found = trial(stack, settings, folder, Random(seed), kills, say)
    say(str(found))
    sys.exit(0 if found.exact else 1)


if __name__ == "__main__":
    typer.run(main)
