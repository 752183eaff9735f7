"""Rejected events for the eye and for programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from producers.office.rejects import Rejected
    from schemas.repair import Repair, Standing

SHOWN = 40  # origins listed; --json has all
DRY_SHOWN = 5


def by_reason(found: Iterable[Rejected]) -> None:
    """Two lines a reason: what it is; how many stand how, the oldest and the newest."""
    from schemas.repair import STANDINGS

    groups: dict[str, list[Rejected]] = defaultdict(list)
    for each in found:
        groups[each.reason].append(each)
    total: Counter[Standing] = Counter()
    for reason, some in sorted(groups.items(), key=lambda group: -len(group[1])):
        standings = Counter(each.standing for each in some)
        total += standings
        stand = ", ".join(f"{standings[each]:,} {each}" for each in STANDINGS if standings[each])
        typer.echo(f"{len(some):>7,} {_title(reason)} ({reason})")
        typer.echo(f"        {stand}; {_day(min(each.since for each in some))} to "
                   f"{_day(max(each.since for each in some))}")
    typer.echo(", ".join(f"{total[each]:,} {title.vi} / {title.en} ({each})"
                         for each, title in STANDINGS.items() if total[each]) or "Nothing was rejected.")


def origins(found: Iterable[Rejected]) -> None:
    """The origins of one reason, those first that nobody has decided about."""
    ordered = sorted(found, key=lambda each: (each.standing != "open", each.since, each.origin))
    for each in ordered[:SHOWN]:
        typer.echo(f"{each.origin}  {each.standing}  {_moment(each.since)}  {each.path} {each.rule}".rstrip())
    if (more := len(ordered) - SHOWN) > 0:
        typer.echo(f"and {more:,} more; --json lists all of them.")


def as_json(found: Iterable[Rejected]) -> bytes:
    """One object per event, without its bytes."""
    import msgspec

    return msgspec.json.encode([
        {"origin": each.origin, "reason": each.reason, "path": each.path, "rule": each.rule, "topic": each.topic,
         "standing": each.standing, "since": _moment(each.since), "again": each.again,
         "by": each.done.holds.operator if each.done.holds else "",
         "why": each.done.holds.data.why if each.done.holds else ""}
        for each in found])  # fmt: skip


def one(each: Rejected) -> None:
    """All that is known of one event."""
    from producers.office.masking import masked, masked_text
    from schemas.repair import STANDINGS

    stands = STANDINGS[each.standing]
    typer.echo(f"{each.origin}: {_title(each.reason)} ({each.reason}) {each.path} {each.rule}".rstrip())
    typer.echo(f"since {_moment(each.since)}: {stands.vi} / {stands.en} ({each.standing})")
    typer.echo(f"topic {each.topic or '-'}, key {masked_text(each.key)}")
    for name, value in each.headers:
        typer.echo(f"header {masked_text(name.encode())}: {masked_text(value)}")
    typer.echo(masked(each.value))
    for repair in each.done.all:
        told = repair.data
        typer.echo(f"{repair.time:%Y-%m-%d %H:%M} {repair.type} by {repair.operator} ({told.why}) {repair.id}")
        if told.event:
            typer.echo(f"sent to {told.topic}:\n{masked(told.event.encode())}")
    if each.returned:
        typer.echo(f"The counter sent it back itself, under the contracts {each.returned}.")
    if each.again:
        typer.echo(f"What was sent was rejected again: `fieldtally rejected show {each.again}`.")


def settled(each: Rejected) -> bool:
    """Whether nothing is left to do, which is said then."""
    if each.returned:
        typer.echo(f"{each.origin}: the counter sent it back itself; nothing is sent.")
    elif each.again:
        typer.echo(f"{each.origin} was mended, and rejected again as {each.again}: mend that one; nothing is sent.")
    elif each.done.sent and each.done.holds is not None:
        holds = each.done.holds
        typer.echo(f"{each.origin} was mended by {holds.operator} on {holds.time:%Y-%m-%d}; nothing is sent.")
    else:
        return False
    return True


def would_send(decisions: Sequence[Repair]) -> None:
    """What a dry run has to say."""
    from producers.office.masking import masked

    for each in decisions[:DRY_SHOWN]:
        typer.echo(f"{each.origin} is valid and would be sent to {each.data.topic}:")
        typer.echo(masked(each.data.event.encode()))
    if (more := len(decisions) - DRY_SHOWN) > 0:
        typer.echo(f"and {more:,} more.")


def _title(reason: str) -> str:
    from schemas.rejected import REASONS

    title = REASONS.get(reason)
    return f"{title.vi} / {title.en}" if title else "? / A reason that this version does not know"


def _day(since_ms: int) -> str:
    return f"{datetime.fromtimestamp(since_ms / 1000, UTC).astimezone():%Y-%m-%d}"


def _moment(since_ms: int) -> str:
    return datetime.fromtimestamp(since_ms / 1000, UTC).isoformat(timespec="seconds")
