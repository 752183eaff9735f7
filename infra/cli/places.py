"""`fieldtally places`: decisions onto the dated map of places, and off it again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.errors import InfraError

if TYPE_CHECKING:
    from rich.table import Table

    from producers.office.places import Plan
    from schemas.places import Place

places = typer.Typer(help="The dated map of places: load decisions, compare, undo, list.", no_args_is_help=True)
SHOWN = 40  # changes in the table of `diff`
File = Annotated[Path, typer.Argument(help="CSV: decision,decided,effective,from,to,share,level,name,parent.")]
Name = Annotated[str | None, typer.Option(help="Name of the loading; the file's name if not given.")]


@places.command()
def load(
    file: File, name: Name = None, dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only.")] = False
) -> None:
    """Put a file of decisions onto the map; nothing of a file with a fault (exit status 1 then). Twice is harmless."""
    from infra.cli.progress import say
    from producers.office import places as office

    made = _plan(file, name)
    told = f"{len(made.loading.units):,} new units, {len(made.loading.successions):,} successions"
    if made.written:
        typer.echo(f"{made.loading.loading} is on the map already: {told}.")
    elif dry_run:
        typer.echo(f"{made.loading.loading} can be loaded: {told}.")
    else:
        there = office.write(settings(), made.loading, say=say)
        typer.echo(f"{made.loading.loading} is loaded: {told}. The map is {there.places.digest} now.")


@places.command()
def diff(file: File, name: Name = None) -> None:
    """Say which units would have another place if a file were loaded, and from which day on."""
    from rich.console import Console
    from rich.table import Table

    from producers.office.places import changes

    made, console = _plan(file, name), Console()
    found = list(changes(made.before, made.after))
    table = Table("unit", "name", "from", "now", "then", box=None, pad_edge=False)
    for change in found[:SHOWN]:
        since = "the beginning" if change.since == date.min else change.since.isoformat()
        table.add_row(change.unit, change.name, since, _said(change.before), _said(change.after))
    if found:
        console.print(table)
    more = f" ({len(found) - SHOWN:,} more than shown)" if len(found) > SHOWN else ""
    console.print(f"{len(found):,} units would have another place{more}.")


@places.command()
def undo(loading: Annotated[str, typer.Argument(help="Name of the loading, see `list`.")]) -> None:
    """Take a loading off the map. What was counted under its units stays, as unresolved."""
    from infra.cli.progress import say
    from producers.office import places as office

    chosen = settings()
    there = office.write(chosen, office.undone(office.current_map(chosen), loading, datetime.now(UTC)), say=say)
    typer.echo(f"{loading} is undone. The map is {there.places.digest} now.")


@places.command("list")
def list_loadings(
    committed: Annotated[bool, typer.Option("--committed", help="Also the decisions of the committed map.")] = False,
) -> None:
    """List the loadings with their decisions, and whether they hold."""
    from rich.console import Console
    from rich.table import Table

    from producers.office.places import current_map

    there = current_map(settings())
    table = Table("loading", "written", "decisions", "takes effect", "units", "successions", "state", box=None)
    for each in there.loadings.values():
        decisions = {unit.decision for unit in each.units} | {row.decision for row in each.successions}
        days = sorted({row.effective for row in each.successions} | {u.valid_from for u in each.units if u.valid_from})
        state = "contradicts an earlier one" if each.loading in there.set_aside else "holds"
        table.add_row(
            each.loading, f"{each.written:%Y-%m-%d %H:%M}", ", ".join(sorted(decisions)),
            " to ".join(day.isoformat() for day in dict.fromkeys((days[0], days[-1]))) if days else "",
            f"{len(each.units):,}", f"{len(each.successions):,}", "undone" if each.undone else state)  # fmt: skip
    console = Console()
    if there.loadings:
        console.print(table)
    if committed:
        console.print(_of_committed())
    console.print(f"{len(there.loadings):,} loadings; the map has {len(there.places.units):,} units and is "
                  f"{there.places.digest}.")  # fmt: skip


def _of_committed() -> Table:
    """The decisions of the committed map, by day and number; for `list`."""
    from rich.table import Table

    from schemas.places import load as committed_map

    known = committed_map()
    rows = [row for heirs in known.successions.values() for row in heirs]
    table = Table("decision", "decided", "takes effect", "province", "successions", box=None)
    for day, number in sorted({(row.decided, row.decision) for row in rows if row.decided and row.decision}):
        mine = [row for row in rows if row.decision == number]
        provinces = {known.province_of(row.to_id).name for row in mine}
        where = provinces.pop() if len(provinces) == 1 else f"{len(provinces)} provinces"
        effective = {row.effective.isoformat() for row in mine if row.effective}
        table.add_row(number, day.isoformat(), ", ".join(effective), where, f"{len(mine):,}")
    return table


def _plan(file: Path, name: str | None) -> Plan:
    """What the file would change.

    Raises:
        InfraError: it has faults; the sentences name file and line.
    """
    from producers.office import places as office

    content = file.read_bytes()
    made = office.plan(office.current_map(settings()), content, name or file.stem, datetime.now(UTC))
    if made.faults:
        raise InfraError("\n".join([*(fault.said(str(file)) for fault in made.faults), "Nothing was loaded."]))
    return made


def _said(place: Place) -> str:
    from schemas.places import UNRESOLVED_TITLES

    if place.commune is not None:
        return f"{place.commune.id} {place.commune.name}"
    assert place.unresolved is not None, "one of the two is always set"
    return f"{UNRESOLVED_TITLES[place.unresolved].vi} ({UNRESOLVED_TITLES[place.unresolved].en})"
