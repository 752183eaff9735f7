"""`fieldtally import`: the events of a file of JSON lines, or of a form's export, to Kafka."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.cli.import_forms import import_form
from infra.cli.progress import bar, publisher
from infra.errors import InfraError

if TYPE_CHECKING:
    from producers.importer import Report


def import_events(
    file: Annotated[Path, typer.Argument(help="One CloudEvents JSON per line; or CSV or XLSX, with --mapping.")],
    mapping: Annotated[Path | None, typer.Option("--mapping", "-m", help="How a form's columns become events.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show everything, publish nothing.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="With --dry-run and a mapping: without Kafka.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a broker that is away; -1: for ever.")] = 30.0,
) -> None:
    """Check and publish the events of a file; what is refused goes into a file beside it (exit status 1 then).

    The same file twice is harmless. Of a form's export only new records count, changed ones become corrections.
    """
    file.open("rb").close()  # one that is missing, a folder, or not ours is told before anything is asked of Kafka
    if mapping is not None:
        import_form(file, mapping, dry_run=dry_run, offline=offline, wait_s=wait)
    elif file.suffix.lower() in (".csv", ".xlsx"):
        raise InfraError("A form's export needs --mapping: see producers/forms/README.md for its format and examples.")
    else:
        _import_lines(file, dry_run, wait)


def _import_lines(file: Path, dry_run: bool, wait: float) -> None:
    """JSON lines; a withdrawal names its topic in the attribute `topic`.

    A dry run needs no Kafka, so it knows no place that was loaded later.
    """
    from producers.importer import import_file
    from producers.office.places import current_map
    from producers.publisher import publish
    from schemas.places import load

    received = datetime.now(UTC)
    size = file.stat().st_size
    if dry_run:
        with bar(f"checking {file.name}", size) as progress:
            report = import_file(file, lambda records: sum(1 for _ in records), received, load().known, progress)
    else:
        chosen = settings()
        with publisher(chosen, wait) as to_kafka, bar(file.name, size) as progress:
            known = current_map(chosen).known
            report = import_file(file, lambda records: publish(to_kafka, records), received, known, progress)
    if not report.accepted and not report.refused:
        raise InfraError(f"{file} holds no event.")
    _say(report, dry_run)
    raise typer.Exit(1 if report.refused else 0)


def _say(report: Report, dry_run: bool) -> None:
    typer.echo(f"{report.accepted:,} events {'are valid' if dry_run else 'published and confirmed'}.")
    if report.refused_file is not None:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(report.refused.items()))
        number = sum(report.refused.values())
        typer.echo(f"{number:,} line{'s' * (number != 1)} refused ({reasons}): see {report.refused_file}.")
