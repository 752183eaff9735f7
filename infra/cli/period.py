"""`fieldtally period …`: close a period, cite it, restate it by what came since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.cli.drawn import Form, In, Language, Out, To, deliver
from infra.cli.drawn import check as check_form
from infra.errors import InfraError

if TYPE_CHECKING:
    from schemas.office import Action, Statements
    from schemas.programmes import Period
    from schemas.programmes.report import Value

period = typer.Typer(no_args_is_help=True, help="Close periods, cite them, restate them.")
SHOWN = 40  # differences and events listed; --json has all
Name = Annotated[str, typer.Argument(help="Period: 2026-Q1, 2026, 2026-03, or two days 2026-01-05..2026-02-04.")]
Programmes = Annotated[
    list[str] | None, typer.Option("--programme", help="One programme; may be repeated. Default: all.")
]
Patience = Annotated[float, typer.Option(min=0, help="Seconds to wait for a ledger that is behind the log.")]
Organisation = Annotated[str, typer.Option("--by", help="The deciding organisation, a code of the contract's list.")]


@period.command("close")
def close_period(
    name: Name,
    programme: Programmes = None,
    map: Annotated[str, typer.Option(help="Map of the places: was, now, or a day.")] = "now",
    by: Organisation = "other",
    patience: Patience = 30.0,
) -> None:
    """Freeze a period's figures as they are published: they stay as they are, whatever comes later.

    A close of all programmes that was killed halfway is finished by the same command.
    """
    from infra import periods
    from producers.office.periods import close

    chosen, when = settings(ledger=True), _period(name)
    periods.await_ledger(chosen, patience)
    stated = {each: periods.so_far(chosen, each, name) for each in _programmes(programme)}
    left = [each for each in stated if stated[each].closed is None]
    actions = []
    for each in left if left and programme is None else stated:
        frozen, _ = periods.freeze(chosen, each, when, map)  # whatever forbids one is found before any is written
        actions.append(close(frozen, stated[each], periods.by(_known(by))))
    for action in actions:
        figures = periods.decided(chosen, action).data
        typer.echo(f"{figures.programme} {name} is closed ({action.id}): {len(bytes(figures.report)):,} bytes, "
                   f"SHA-256 {figures.digest}.")


@period.command()
def show(
    name: Name,
    programme: Programmes = None,
    restated: Annotated[bool, typer.Option("--restated", help="As restated last, not as closed.")] = False,
    to: To = Form.TABLE,
    language: In = Language.VI,
    out: Out = None,
) -> None:
    """Cite a closed period: its figures as published, `--to json` byte for byte, and what restated them."""
    from infra import periods
    from producers.office.periods import check
    from schemas.programmes.report import decode

    check_form(to, out)
    chosen, wanted = settings(), _programmes(programme)
    _period(name)
    if out is not None and len(wanted) > 1:
        raise typer.BadParameter(f"A file holds one report: add --programme {wanted[0]}.")
    for each in wanted:
        said = periods.so_far(chosen, each, name)
        if said.closed is None:
            raise InfraError(f"{name} of {each} was never closed: `fieldtally period close {name}` does it.")
        if restated and not said.restated:
            raise InfraError(f"{name} of {each} was never restated: `fieldtally period restate {name}` does it.")
        shown = said.restated[-1] if restated else said.closed
        check(shown)
        published = bytes(shown.data.report)
        deliver(decode(published), to, language, out, as_published=published, stated=_stated(said, shown, language))
        if to is Form.TABLE and not restated:
            for action in said.restated:
                _tell(action, said.closed)


@period.command()
def restate(
    name: Name,
    programme: Programmes = None,
    by: Organisation = "other",
    patience: Patience = 30.0,
    json: Annotated[bool, typer.Option("--json", help="For programs: each restatement as it is recorded.")] = False,
) -> None:
    """State what a closed period would be by now, and by which events; the closed figures stay."""
    from infra import periods
    from producers.office.periods import map_of_close, restate
    from schemas.office import encode

    chosen, when = settings(ledger=True), _period(name)
    periods.await_ledger(chosen, patience)
    for each in _programmes(programme):
        before = periods.so_far(chosen, each, name)
        frozen, events = periods.freeze(chosen, each, when, map_of_close(before, when), since=before.closed)
        action = restate(frozen, before, events, periods.by(_known(by)))
        if action is None:
            typer.echo(f"{each} {name}: nothing differs from what was stated last.")
            continue
        periods.decided(chosen, action)
        if json:
            typer.echo(encode(action))
        elif before.closed is not None:
            _tell(action, before.closed)


def _stated(said: Statements, shown: Action, language: Language) -> list[tuple[str, str]]:
    """When, by whom and under which digest a period was closed and, where that is shown, restated."""
    from schemas.codes import ORGANISATIONS
    from sinks.reports.words import moment, word
    from sinks.reports.words import said as said_in

    return [
        (word(name, language),
         f"{moment(action.time.isoformat(), language)}, {said_in(ORGANISATIONS[action.organisation], language)} "
         f"({action.id}), SHA-256 {action.data.digest}")
        for name, action in (("closed", said.closed), ("restated", shown if shown is not said.closed else None))
        if action is not None
    ]  # fmt: skip


def _tell(action: Action, closed: Action) -> None:
    from producers.office.periods import differences, grounds

    figures, differing = action.data, differences(closed.data.report, action.data.report)
    typer.echo(f"{figures.programme} {figures.period} restated {action.time:%Y-%m-%d %H:%M} ({action.id}): "
               f"{len(differing):,} values differ from the close by {figures.changed:,} events since")
    for difference in differing[:SHOWN]:
        where = f" in {difference.place}" if difference.place else ""
        typer.echo(f"  {difference.row}{where}: {_told(difference.before)} -> {_told(difference.now)}")
    for clause in grounds(closed.data, figures):
        typer.echo(f"  besides, {clause}")
    for event in figures.events[:SHOWN]:
        typer.echo(f"  event {event}")
    if (more := figures.changed - min(SHOWN, len(figures.events))) > 0:
        typer.echo(f"  and {more:,} more events.")


def _told(value: Value | None) -> str:
    if value is None or not value.known:
        return "?"
    if value.hidden:
        return "hidden"
    return f"{value.count:,}" if value.of is None else f"{value.count:,} of {value.of:,} ({value.percent} %)"


def _period(name: str) -> Period:
    from schemas.programmes import PeriodError, parse_period

    try:
        return parse_period(name)
    except PeriodError as error:
        raise InfraError(str(error)) from error


def _programmes(chosen: list[str] | None) -> list[str]:
    from schemas import programmes

    known = programmes.names()
    if unknown := [name for name in chosen or [] if name not in known]:
        raise InfraError(f"There is no programme {unknown[0]}: choose from {', '.join(known)}.")
    return chosen or known


def _known(organisation: str) -> str:
    from schemas.codes import ORGANISATIONS

    if organisation not in ORGANISATIONS:
        raise InfraError(f"{organisation!r} is no organisation: choose from {', '.join(ORGANISATIONS)}.")
    return organisation
