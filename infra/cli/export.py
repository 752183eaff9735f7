"""`fieldtally export`: the figures of a day as files with checksums, for those who cannot read Kafka."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.common import settings
from infra.errors import InfraError


class Form(StrEnum):
    """What the files can be."""

    CSV, PARQUET = "csv", "parquet"


def export(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="The day, at +07:00.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The files go into FOLDER/DAY.")],
    to: Annotated[Form, typer.Option(help="What the files are; parquet needs the extra `parquet`.")] = Form.CSV,
) -> None:
    """Write a day's figures as files with a manifest and SHA-256 checksums; the same figures give the same bytes."""
    from sinks.exports.errors import ExportError
    from sinks.exports.figures import figures
    from sinks.exports.files import write
    from sinks.ledger.following.follow import snapshot

    with snapshot(settings(bus=False, ledger=True).database_url) as connection:
        found = figures(connection, day.date())
    try:
        manifest = write(found, to, out)
    except ExportError as error:
        raise InfraError(str(error)) from error
    rows = ", ".join(f"{sheet.name} {len(sheet.rows):,}" for sheet in found.sheets)
    typer.echo(f"{manifest} is written (rows: {rows}).")
