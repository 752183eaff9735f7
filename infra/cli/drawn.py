"""A report in the form, language and file that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli import common
from infra.errors import InfraError

if TYPE_CHECKING:
    from schemas.programmes.report import Report

_WITHOUT_TERMINAL = 160  # columns of a table that goes into a file or another command


class Form(StrEnum):
    """What a report can become."""

    TABLE, CSV, XLSX, HTML, JSON = "table", "csv", "xlsx", "html", "json"


class Language(StrEnum):
    """What a report can be read in."""

    VI, EN = "vi", "en"


To = Annotated[Form, typer.Option(help="The form of the report.")]
In = Annotated[Language, typer.Option(help="The language of the report.")]
Out = Annotated[Path | None, typer.Option(help="Write it into this file instead of printing it.")]


def check(to: Form, out: Path | None) -> None:
    """Proves, before anything is computed, that the form and the file go together.

    Raises:
        typer.BadParameter: they do not.
    """
    if to is Form.XLSX and out is None:
        raise typer.BadParameter("A workbook needs a file: add --out report.xlsx.")
    if to is Form.TABLE and out is not None:
        raise typer.BadParameter("A table is for a terminal: choose --to csv, xlsx, html or json for a file.")


def deliver(
    report: Report, to: Form, language: Language, out: Path | None, *, as_published: bytes | None = None,
    stated: Sequence[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Prints a published report, or writes it. `stated` goes before what its header says, in forms that people read.

    A report that was published before has its own bytes as JSON: `as_published`, to the byte.

    Raises:
        InfraError: the file cannot be written.
    """
    if to is Form.TABLE:
        return _print(report, language, stated)
    drawn = _drawn(report, to, language, stated) if to is not Form.JSON or as_published is None else as_published
    if out is None:
        typer.echo(drawn.decode("utf-8-sig"), nl=False)
        return None
    _write(out, drawn)
    typer.echo(f"{out} is written ({len(drawn):,} bytes).", err=True)
    return None


def _write(out: Path, drawn: bytes) -> None:
    from sinks.exports.files import put

    try:
        if out.exists() and not out.is_file():  # a pipe or a device is written to; it is no file to replace
            out.write_bytes(drawn)
        else:
            put(out.resolve(), drawn)
    except OSError as error:
        raise InfraError(f"{out} cannot be written: {error.strerror}.") from error


def _print(report: Report, language: Language, stated: Sequence[tuple[str, str]]) -> None:
    from sinks.reports.as_table import as_table
    from sinks.reports.sheet import sheet

    console = common.console(_WITHOUT_TERMINAL)
    console.print(*as_table(sheet(report, language, stated), console.width), sep="\n")


def _drawn(report: Report, to: Form, language: Language, stated: Sequence[tuple[str, str]]) -> bytes:
    from schemas.programmes.report import encode
    from sinks.reports.as_csv import as_csv
    from sinks.reports.as_html import as_html
    from sinks.reports.as_xlsx import as_xlsx
    from sinks.reports.sheet import sheet

    match to:
        case Form.CSV:
            return as_csv(report, language)
        case Form.XLSX:
            return as_xlsx(sheet(report, language, stated))
        case Form.HTML:
            return as_html(sheet(report, language, stated))
        case _:
            return encode(report) + b"\n"
