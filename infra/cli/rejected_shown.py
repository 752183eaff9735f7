"""Rejected events for the eye."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from producers.office.telling import Group, Line, Whole
    from schemas.repair import Repair, Standing

SHOWN = 40  # origins listed; --json has all
DRY_SHOWN = 5


def by_reason(groups: Sequence[Group]) -> None:
    """Two lines a reason: what it is; how many stand how, the oldest and the newest."""
    from schemas.repair import STANDINGS

    total: Counter[Standing] = Counter()
    for group in groups:
        total.update(group.standings)
        stand = ", ".join(f"{count:,} {each}" for each, count in group.standings.items())
        typer.echo(f"{group.count:>7,} {group.title.vi} / {group.title.en} ({group.reason})")
        typer.echo(f"        {stand}; {group.first[:10]} to {group.last[:10]}")
    typer.echo(", ".join(f"{total[each]:,} {title.vi} / {title.en} ({each})"
                         for each, title in STANDINGS.items() if total[each]) or "Nothing was rejected.")


def origins(lines: Sequence[Line]) -> None:
    """The origins of one reason."""
    for each in lines[:SHOWN]:
        typer.echo(f"{each.origin}  {each.standing}  {each.since}  {each.path} {each.rule}".rstrip())
    if (more := len(lines) - SHOWN) > 0:
        typer.echo(f"and {more:,} more; --json lists all of them.")


def one(event: Whole) -> None:
    """All that is known of one event."""
    from schemas.repair import STANDINGS

    line, stands = event.line, STANDINGS[event.line.standing]
    typer.echo(f"{line.origin}: {event.title.vi} / {event.title.en} ({line.reason}) {line.path} {line.rule}".rstrip())
    typer.echo(f"since {line.since}: {stands.vi} / {stands.en} ({line.standing})")
    typer.echo(f"topic {line.topic or '-'}, key {event.key}")
    for name, value in event.headers:
        typer.echo(f"header {name}: {value}")
    typer.echo(event.value)
    for step in event.steps:
        typer.echo(f"{step.time:%Y-%m-%d %H:%M} {step.type} by {step.by} ({step.why}) {step.id}")
        if step.sending.event:
            typer.echo(f"sent to {step.sending.topic}:\n{step.sending.event}")
    if event.returned:
        typer.echo(f"The counter sent it back itself, under the contracts {event.returned}.")
    if line.again:
        typer.echo(f"What was sent was rejected again: `fieldtally rejected show {line.again}`.")


def would_send(decisions: Sequence[Repair]) -> None:
    """What a dry run has to say."""
    from producers.office.telling import sending

    for each in map(sending, decisions[:DRY_SHOWN]):
        typer.echo(f"{each.origin} is valid and would be sent to {each.topic}:\n{each.event}")
    if (more := len(decisions) - DRY_SHOWN) > 0:
        typer.echo(f"and {more:,} more.")
