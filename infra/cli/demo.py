"""`fieldtally demo`: a season through everything, kills on the way, and a check of every counter."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli import common

if TYPE_CHECKING:
    from rich.console import Console

    from infra.demonstration.truth import Check

SHOWN = 20  # mismatches listed
INTERRUPTED = 130


def demo(
    events: Annotated[int, typer.Option(min=100, help="How many records; from 50,000 on, all of the programmes' "
                                                      "figures are in.")] = 60_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same season.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running, and say where it answers.")] = False,
) -> None:
    """Play a season through the whole pipeline, kill the counter on the way, and check every counter."""
    from infra.cli.reconcile import show
    from infra.demonstration.run import run

    console = common.console()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        outcome = run(events, seed, keep, console)
    except KeyboardInterrupt:
        console.print("Stopped.")
        raise typer.Exit(INTERRUPTED) from None
    _show_check(outcome.check, console)
    show(outcome.report, console)
    console.print("[bold green]The demo passed.[/]" if outcome.passes else "[bold red]The demo failed.[/]")
    raise typer.Exit(0 if outcome.passes else 1)


def _show_check(check: Check, console: Console) -> None:
    for each in check.mismatches[:SHOWN]:
        console.print(f"{each.place} {each.figure} {each.kind}: published {each.left}, the oracle expects {each.right}",
                      style="red", soft_wrap=True, markup=False)
    console.print(f"Against the oracle: {check.compared:,} of {check.expected:,} counters compared, and "
                  f"{check.others:,} figures of conservation, holes and rejects; {len(check.mismatches):,} mismatches.",
                  style="green" if check.passes else "bold red", soft_wrap=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
