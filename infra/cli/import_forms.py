"""`fieldtally import --mapping`: an export of a form, through its mapping, to Kafka."""

from __future__ import annotations

import csv
import io
import secrets
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from infra.cli.common import settings
from infra.cli.progress import bar, publisher, say
from infra.errors import InfraError

if TYPE_CHECKING:
    from producers.forms.plan import Plan
    from schemas.imports import ImportedRecord
    from schemas.places import Following, Places

    Known = Places | Following

SHOWN = 20  # lines of a table on the terminal; the file has all


def import_form(file: Path, mapping_file: Path, *, dry_run: bool, offline: bool, wait_s: float) -> None:
    """Plan an import, show what would be refused, and unless it is a dry run, carry it out."""
    from producers.forms.loading import load as load_mapping
    from producers.forms.register import Register
    from producers.forms.run import Import, carry_out, planned
    from producers.forms.sheets import SUFFIXES, size
    from producers.office.places import current_map
    from producers.secret import read_key
    from schemas.places import load as shipped_map

    if file.suffix.lower() not in SUFFIXES:
        raise InfraError(f"A form's export is a file of {' or '.join(SUFFIXES)}; {file} is none.")
    if offline and not dry_run:
        raise InfraError("--offline compares with no register, so it goes with --dry-run alone.")
    chosen, mapping, started = settings(bus=not offline), load_mapping(mapping_file), time.monotonic()
    key = secrets.token_bytes(32) if offline else read_key(chosen)

    def made_of(places: Known, held: dict[str, ImportedRecord]) -> Plan:
        with bar(f"reading {file.name}", size(file)) as progress:
            return planned(Import(file, mapping, key, places.known, datetime.now(UTC)), held, progress)

    again = 0
    if offline:
        made = made_of(shipped_map(), {})
    else:
        until = wait_s if wait_s >= 0 else None
        with Register(chosen, mapping.form, key, writing=not dry_run, wait_s=until, say=say) as register:
            made = made_of(current_map(chosen), register.records)
            if not dry_run:
                with publisher(chosen, wait_s) as to_kafka, bar("publishing", len(made.steps)) as progress:
                    again = carry_out(made, register, to_kafka, progress)
    _show(made, file, dry_run=dry_run)
    if again:
        typer.echo(f"{again:,} events were sent again: an import before was cut off.")
    seconds = time.monotonic() - started
    typer.echo(f"{made.rows:,} rows in {seconds:.1f} s: {made.rows / seconds:,.0f} rows/s.")
    raise typer.Exit(1 if made.refused else 0)


def _show(made: Plan, file: Path, *, dry_run: bool) -> None:
    events = ", ".join(f"{made.changes[kind]:,} {kind}" for kind in ("new", "corrected", "voided"))
    rows = ", ".join(f"{number:,} {what}" for what, number in (
        ("unchanged", made.unchanged), ("counting nothing", made.idle), ("repeated", made.repeated),
        ("refused", made.refused)))  # fmt: skip
    typer.echo(f"{'Would publish' if dry_run else 'Published and confirmed'}: {events}. Rows: {rows}.")
    refused_file = file.with_name(file.name + ".rejected.csv")
    if made.faults:
        _table(made)
        _write(made, refused_file)
        typer.echo(f"Every refused row: {refused_file}.")
    elif not dry_run:
        refused_file.unlink(missing_ok=True)
    if made.gone:
        _gone(made)


def _table(made: Plan) -> None:
    """What is refused and why, the most frequent first; never a cell's content."""
    from rich.console import Console
    from rich.table import Table

    from producers.forms.faults import title_of

    found = Counter((fault.event, fault.column, fault.reason, fault.rule) for fault in made.faults)
    first = {(fault.event, fault.column, fault.reason, fault.rule): fault.line for fault in reversed(made.faults)}
    table = Table("rows", "first line", "event", "column", "lý do / reason", box=None, pad_edge=False)
    for group, number in found.most_common(SHOWN):
        event, column, reason, rule = group
        title = title_of(reason)
        said = f"{title.vi} / {title.en}" + (f" ({rule})" if rule else "")
        table.add_row(f"{number:,}", str(first[group]), event, column, said)
    Console().print(table)


def _write(made: Plan, path: Path) -> None:
    from producers.forms.faults import title_of
    from sinks.exports.files import put

    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(["line", "event", "column", "reason", "rule", "lý do", "in English"])
    for fault in made.faults:
        writer.writerow([fault.line, fault.event, fault.column, fault.reason, fault.rule, *title_of(fault.reason)])
    put(path, written.getvalue().encode("utf-8-sig"))  # a spreadsheet knows UTF-8 by its mark


def _gone(made: Plan) -> None:
    """Records that are no longer in the file: a person decides whether to void them."""
    from rich.console import Console
    from rich.table import Table

    from producers.forms.revising import root_of

    number = len(made.gone)
    typer.echo(f"{number:,} record{'s' * (number != 1)} imported before {'are' if number != 1 else 'is'} not in this "
               "file; what became of them still counts. Void them where they were deleted on purpose.")  # fmt: skip
    table = Table("event", "unit", "seq", "subject", "day", box=None, pad_edge=False)
    for record in made.gone[:SHOWN]:
        for became in record.became:
            root = root_of(became)
            table.add_row(became.name, root.unit, str(root.seq), root.subject, f"{root.time:%Y-%m-%d}")
    Console().print(table)
