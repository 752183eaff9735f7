"""`fieldtally rebuild`: count the whole log anew beside the live counters; with `--swap`, put the result in place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.cli.progress import bar, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.bus import Bus
    from infra.rebuild.counting import Rebuilding
    from schemas.places import Places
    from schemas.settings import Settings
    from sinks.ledger.mending import Mended
    from stream_processors.rebuild.recount import Difference

SHOWN = 40  # rows of a table


def rebuild(
    swap: Annotated[bool, typer.Option("--swap", help="Put the recount in place: a new generation of the counters, "
                                                      "and the ledger set right from the log.")] = False,
    patience: Annotated[float, typer.Option(min=0, help="Seconds to wait for live totals that are behind.")] = 30.0,
) -> None:
    """Count the whole log anew while all runs, and say what differs; exit status 1 if anything does and stays.

    It may be broken off: the next one goes on where it was.
    """
    from infra.bus import connect
    from infra.rebuild.counting import Rebuilding
    from producers.office.places import current_map

    chosen = settings(ledger=True)
    places = current_map(chosen).places
    with connect(chosen) as bus:
        rebuilding = Rebuilding(chosen, bus, places)
        different, behind = _counted(rebuilding, patience)
        _tell(different, behind)
        ledger = _ledger(chosen)
        if swap:
            _swap(chosen, bus, rebuilding, places, patience)
        if swap or not (different or behind):
            rebuilding.shelf.remove()
    raise typer.Exit(0 if swap or not (different or behind or ledger.records or ledger.figures) else 1)


def _counted(rebuilding: Rebuilding, patience: float) -> tuple[list[Difference], list[str]]:
    ends = rebuilding.ends()
    begun, before = time.monotonic(), rebuilding.begun_with
    if before:
        say(f"Going on after {before:,} records that an earlier rebuild counted.")
    try:
        with bar("counting", sum(ends.values())) as moved:
            moved(before)
            rebuilding.count(ends, moved)
            seconds = time.monotonic() - begun
            counted = rebuilding.counted - before
            rebuilding.save()
            found = rebuilding.compare(patience, moved)
    except KeyboardInterrupt:
        rebuilding.save()
        say("Broken off; the next `fieldtally rebuild` goes on from here.")
        raise typer.Exit(130) from None
    typer.echo(f"{counted:,} records counted in {seconds:,.1f} s, {counted / max(seconds, 0.001):,.0f} a second.")
    return found


def _tell(different: Sequence[Difference], behind: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    if different:
        table = Table("unit", "measure", "kind", "live", "recounted", box=None, pad_edge=False)
        for each in different[:SHOWN]:
            table.add_row(each.unit, each.measure, each.kind, f"{each.live:,}", f"{each.recounted:,}")
        Console().print(table)
    typer.echo(f"{len(different):,} counters differ from the live totals." if different else
               "The live totals are what the log says." if not behind else "No difference was found so far.")
    if behind:
        typer.echo(f"{len(behind):,} units could not be compared, their totals are behind: {', '.join(behind[:5])}. "
                   "Is a counter running? `fieldtally status` tells.")


def _ledger(chosen: Settings) -> Mended:
    from infra.rebuild.ledger import look

    found = look(chosen)
    if found.records:
        typer.echo(f"The ledger lacks {found.records:,} records.")
    _tell_figures(found.figures, "differ from its events")
    if not (found.records or found.figures):
        typer.echo("The ledger's figures are what its events say.")
    return found


def _tell_figures(figures: Mapping[tuple[str, str], int], what: str) -> None:
    for (unit, measure), rows in sorted(figures.items())[:SHOWN]:
        typer.echo(f"  {unit} {measure}: {rows:,} kept figures {what}")


def _swap(chosen: Settings, bus: Bus, rebuilding: Rebuilding, places: Places, patience: float) -> None:
    from infra.rebuild.ledger import set_right
    from infra.rebuild.swapping import await_shown, put_in_place

    with bar("putting in place", chosen.partitions) as moved:
        generations = put_in_place(chosen, rebuilding.recounts, rebuilding.newest, moved)
    mended = set_right(chosen, bus, places)
    figures = sum(mended.figures.values())
    typer.echo(f"The ledger: {mended.records:,} records read again, {figures:,} figures set right.")
    old = await_shown(rebuilding.recounts, rebuilding.newest, generations, patience)
    typer.echo("The recount is in place, and the counters go on from it." if not old else
               f"The recount is in place; {len(old):,} units still show the old one. Counters take it over when they "
               "start: is one running, and of this version?")  # fmt: skip
