"""`fieldtally report`: a programme's figures against its targets, for a terminal, a spreadsheet, a page, a program."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.errors import InfraError

if TYPE_CHECKING:
    from schemas.programmes import Period, Programme
    from schemas.programmes.report import Report


_WITHOUT_TERMINAL = 160  # columns of a table that goes into a file or another command


class Form(StrEnum):
    """What a report can become."""

    TABLE, CSV, XLSX, HTML, JSON = "table", "csv", "xlsx", "html", "json"


class Language(StrEnum):
    """What a report can be read in."""

    VI, EN = "vi", "en"


def report(
    programme: Annotated[str, typer.Argument(help="lao-cai, lac-duong, or a programme's YAML file.")],
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DAY",
                                                   help="Count what happened up to this day.")] = None,
    map: Annotated[str, typer.Option(help="Places as they were, as they are now, or were on a DAY.",
                                     metavar="was|now|DAY")] = "now",
    period: Annotated[str | None, typer.Option(help="Count what happened in it: 2023, 2023-Q1, 2023-06, 2023-2025.")]
    = None,
    to: Annotated[Form, typer.Option(help="The form of the report.")] = Form.TABLE,
    language: Annotated[Language, typer.Option(help="The language of the report.")] = Language.VI,
    out: Annotated[Path | None, typer.Option(help="Write it into this file instead of printing it.")] = None,
) -> None:  # fmt: skip
    """Report a programme: what its sources and the events say, and how far its targets are; small cells are hidden."""
    from schemas.programmes.hiding import published

    if to is Form.XLSX and out is None:
        raise typer.BadParameter("A workbook needs a file: add --out report.xlsx.")
    shown = published(_computed(_programme(programme), as_of, map, _period(period)))
    if to is Form.TABLE and out is None:
        from rich.console import Console

        from sinks.reports.as_table import as_table
        from sinks.reports.sheet import sheet

        console = Console()
        if not console.is_terminal:
            console.width = _WITHOUT_TERMINAL
        return console.print(*as_table(sheet(shown, language), console.width), sep="\n")
    drawn = _drawn(shown, to, language)
    if out is None:
        typer.echo(drawn.decode("utf-8-sig"), nl=False)
        return None
    try:
        out.write_bytes(drawn)
    except OSError as error:
        raise InfraError(f"{out} cannot be written: {error.strerror}.") from error
    typer.echo(f"{out} is written ({len(drawn):,} bytes).", err=True)
    return None


def _programme(name: str) -> Programme:
    """A programme of the package, or of a file of one's own."""
    from schemas import places
    from schemas.programmes import ProgrammeError, load, read

    try:
        if name.endswith((".yaml", ".yml")):
            return read(Path(name).read_bytes(), name, places.load())
        return load(name)
    except ProgrammeError as error:
        raise InfraError(str(error)) from error
    except OSError as error:
        raise InfraError(f"{name} cannot be read: {error.strerror}.") from error


def _period(text: str | None) -> Period | None:
    from schemas.programmes import PeriodError, parse_period

    try:
        return None if text is None else parse_period(text)
    except PeriodError as error:
        raise typer.BadParameter(str(error)) from error


def _computed(programme: Programme, as_of: datetime | None, map_: str, period: Period | None) -> Report:
    from sinks.ledger.following.follow import snapshot
    from sinks.reports.errors import ReportsError
    from sinks.reports.figures import compute

    try:
        with snapshot(settings(bus=False, ledger=True).database_url) as connection:
            return compute(connection, programme, until=as_of.date() if as_of else None, map=map_, period=period)
    except ReportsError as error:
        raise InfraError(str(error)) from error


def _drawn(report: Report, to: Form, language: Language) -> bytes:
    from schemas.programmes.report import encode
    from sinks.reports.sheet import sheet

    match to:
        case Form.JSON:
            return encode(report) + b"\n"
        case Form.CSV:
            from sinks.reports.as_csv import as_csv

            return as_csv(report, language)
        case Form.XLSX:
            from sinks.reports.as_xlsx import as_xlsx

            return as_xlsx(sheet(report, language))
        case Form.HTML:
            from sinks.reports.as_html import as_html

            return as_html(sheet(report, language))
        case Form.TABLE:
            raise InfraError("A table is for a terminal: choose --to csv, xlsx, html or json for a file.")
