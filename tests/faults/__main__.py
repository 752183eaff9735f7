"""`python -m tests.faults`: the long trials on a real broker. Exit status 0: exact; 1: mismatches; 2: inconclusive."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from random import Random, SystemRandom
from typing import Annotated

import typer

from infra.stack import Stack
from infra.topics import ensure
from schemas.settings import Settings
from tests.faults.broker import Bus, faulty_stack
from tests.faults.site import InconclusiveError, Site
from tests.faults.trials import Scale, kill_trial, plain_trial, zombie_trial


def say(line: str) -> None:
    """Print a line at once, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def main(
    records: Annotated[int, typer.Option(help="Records of the kill trial.")] = 300_000,
    kills: Annotated[int, typer.Option(help="Kills that must count, those at named points among them.")] = 36,
    between: Annotated[int, typer.Option(help="Of these, kills between two steps of a checkpoint.")] = 12,
    zombies: Annotated[int, typer.Option(help="Times that a counter is stopped beyond its session.")] = 8,
    comings: Annotated[int, typer.Option(help="Times that the second counter leaves and joins.")] = 6,
    plain_kills: Annotated[int, typer.Option(help="Kills of plain Faust.")] = 8,
    seed: Annotated[int | None, typer.Option(help="Of everything random.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for logs, kept; by default a temporary one.")] = None,
) -> None:
    """Kill, stop and wake counters under load on a real broker, and compare every counter with the naive oracle."""
    logging.disable(logging.CRITICAL)  # clients of a broker under load are chatty; what matters is raised
    seed = SystemRandom().randrange(1_000_000) if seed is None else seed
    say(f"seed {seed}, faust-streaming {version('faust-streaming')}, aiokafka {version('aiokafka')}")
    scale = Scale(records, kills, between, 5, (1.0, 7.0))
    mismatches = 0
    try:
        with _folder(keep) as folder, faulty_stack(folder / "stack") as (stack, _):
            with _site(stack, folder, "kill") as (bus, site):
                mismatches += kill_trial(stack, bus, site, Random(seed), scale, say).mismatches
                plain_trial(bus, site, Random(seed), plain_kills, ("field.handouts.v1", "field.devices.v1"), say)
            with _site(stack, folder, "zombie") as (bus, site):
                mismatches += zombie_trial(bus, site, Random(seed), records // 4, zombies, comings, say).mismatches
    except InconclusiveError as error:
        say(f"INCONCLUSIVE: {error}")
        sys.exit(2)
    say(f"{mismatches} mismatches")
    sys.exit(1 if mismatches else 0)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _site(stack: Stack, folder: Path, name: str) -> Iterator[tuple[Bus, Site]]:
    settings = Settings(bootstrap=stack.addresses.bootstrap, topic_prefix=f"{name}.", checkpoint_s=1.0)
    ensure(settings, 1)
    with Site(settings, folder / name) as site:
        yield Bus(settings), site


if __name__ == "__main__":
    typer.run(main)
