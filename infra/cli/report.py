"""`fieldtally report`: a programme's figures against its targets, for a terminal, a spreadsheet, a page, a program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.cli.drawn import Form, In, Language, Out, To, check, deliver
from infra.errors import InfraError

if TYPE_CHECKING:
    from schemas.programmes import Period, Programme
    from schemas.programmes.report import Report


def report(
    programme: Annotated[str, typer.Argument(help="lao-cai, lac-duong, or a programme's YAML file.")],
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DAY",
                                                   help="Count what happened up to this day.")] = None,
    map: Annotated[str, typer.Option(help="Places as they were, as they are now, or were on a DAY.",
                                     metavar="was|now|DAY")] = "now",
    period: Annotated[str | None, typer.Option(help="Count what happened in it: 2023, 2023-Q1, 2023-06, 2023-2025.")]
    = None,
    to: To = Form.TABLE,
    language: In = Language.VI,
    out: Out = None,
) -> None:  # fmt: skip
    """Report a programme: what its sources and the events say, and how far its targets are; small cells are hidden."""
    from schemas.programmes.hiding import published

    check(to, out)
    shown = published(_computed(_programme(programme), as_of, map, _period(period)))
    deliver(shown, to, language, out)


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
