"""`fieldtally registers …`: households, points and villages with their dated history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.common import settings
from infra.cli.progress import bar
from infra.errors import InfraError

registers = typer.Typer(no_args_is_help=True, help="Registers of households, points and villages.")
SHOWN = 20  # faults listed


@registers.callback()
def _registers() -> None:
    """Registers of households, points and villages."""


@registers.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(help="CSV with kind, unit, code, valid_from, and what is known besides.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every line, write nothing.")] = False,
) -> None:
    """Bring the registers up to a file. A file with a fault is refused whole; the same file twice changes nothing.

    Columns: kind (household, point, village), unit, code, valid_from; where known valid_until, class, eligible, need
    (yes, no), village, went_to (of a village of a split commune: the unit that it went to).
    """
    from producers.office import registers as register
    from producers.office.places import current_map
    from producers.office.writer import append
    from producers.reading import newest
    from schemas.registers import encode
    from schemas.topics import REGISTERS

    chosen = settings()
    rows, faults = register.read(file.read_bytes(), current_map(chosen).places)
    changed, overlaps = register.merge(newest(chosen, REGISTERS) if rows and not faults else {}, rows)
    if faults := [*faults, *overlaps]:
        for fault in faults[:SHOWN]:
            typer.echo(fault.said(str(file)), err=True)
        raise InfraError(f"{len(faults):,} fault{'s' * (len(faults) != 1)}; nothing of {file} was imported.")
    entries = len({row.code for row in rows})
    if not dry_run and changed:
        with bar(file.name, len(changed)) as progress:
            append(chosen, REGISTERS, ((entry.key(), encode(entry)) for entry in changed), progress=progress)
    done = "would change" if dry_run else "written"
    typer.echo(f"{len(rows):,} rows of {entries:,} entries: {len(changed):,} {done}, "
               f"{entries - len(changed):,} as they were.")
