"""`fieldtally findings`: what somebody should look at, each with the events behind it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import check_unit, settings
from infra.errors import InfraError

if TYPE_CHECKING:
    from infra.findings import Found

SHOWN = 20  # findings listed; all are counted, and all are in the JSON
EVENTS_SHOWN = 4


def findings(
    kind: Annotated[str | None, typer.Option(help="One kind alone, such as second-smartphone.")] = None,
    unit: Annotated[str | None, typer.Option(help="One unit alone, such as 2025-07:24848.")] = None,
    days: Annotated[
        int | None, typer.Option(min=0, help="Days after which silence or a missing connection matters.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON list, with all event ids.")] = False,
) -> None:
    """Show findings as the ledger has them now: suspicions, with the ids of the events behind each."""
    import msgspec

    from infra.findings import find, today
    from schemas.findings import FINDINGS

    if kind is not None and kind not in FINDINGS:
        raise InfraError(f"There are no findings {kind!r}: choose from {', '.join(FINDINGS)}.")
    check_unit(unit)
    found = find(settings(bus=False, ledger=True).database_url, today(), kind=kind, unit=unit, days=days)
    if json:
        typer.echo(msgspec.json.encode(found))
    else:
        _show(found, today())


def _show(found: list[Found], day: date) -> None:
    from infra.finding_words import words
    from schemas.findings import FINDINGS

    for each in found[:SHOWN]:
        typer.echo(f"{each.finding} since {each.since}: {', '.join(each.subjects)} ({words(each.detail)})")
        typer.echo(f"  events {', '.join(each.events[:EVENTS_SHOWN])}{_more(len(each.events) - EVENTS_SHOWN)}")
    if (more := len(found) - SHOWN) > 0:
        typer.echo(f"and {more:,} more; --kind and --unit choose, --json lists all of them.")
    for name, number in Counter(each.finding for each in found).items():
        title = FINDINGS[name].title
        typer.echo(f"{number:,} {title.vi} / {title.en} ({name})")
    typer.echo(f"{len(found):,} findings as of {day}.")


def _more(number: int) -> str:
    return f" and {number:,} more" if number > 0 else ""
