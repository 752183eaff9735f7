"""`fieldtally rejected …`: rejected events by reason, one of them, and what mends them or says that nobody will."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli import rejected_shown as shown
from infra.cli.common import settings
from infra.cli.progress import bar, say
from infra.errors import InfraError

if TYPE_CHECKING:
    from producers.office.mending import Ground
    from producers.office.rejects import Rejected
    from producers.office.repairs import By
    from schemas.repair import Repair
    from schemas.settings import Settings

rejected = typer.Typer(no_args_is_help=True, help="Rejected events: find, mend, send again, or drop them.")
Origin = Annotated[str, typer.Argument(help="Where it lay: topic:partition:offset, as `rejected list` names it.")]
Operator = Annotated[str, typer.Option("--by", help="Your account as operator, such as ops.lan; no person's name.")]
Why = Annotated[str, typer.Option("--why", help="Why, a code: `fieldtally rejected reasons` lists them.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Prove and show it; write nothing.")]


@rejected.command("list")
def list_(
    reason: Annotated[str | None, typer.Option(help="One reason alone; its origins are listed.")] = None,
    standing: Annotated[str | None, typer.Option(help="open, begun, mended, again or dropped alone.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON list, an object per event.")] = False,
) -> None:
    """Show rejected events by reason, and how it stands with them."""
    from producers.office.rejects import standing as read
    from schemas.repair import Standing

    if standing is not None and standing not in list(Standing):
        raise InfraError(f"There is no standing {standing!r}: choose from {', '.join(Standing)}.")
    found = [each for each in read(settings()).values()
             if reason in (None, each.reason) and standing in (None, each.standing)]
    if json:
        typer.echo(shown.as_json(found))
    else:
        shown.by_reason(found)
        if reason is not None:
            shown.origins(found)


@rejected.command()
def reasons() -> None:
    """List the codes for --why."""
    from schemas.repair import WHY

    for code, title in WHY.items():
        typer.echo(f"{code:<16}{title.vi} / {title.en}")


@rejected.command()
def show(origin: Origin) -> None:
    """Show one rejected event: its bytes with personal values masked, its headers, why, and what was done about it."""
    shown.one(_one(settings(), origin))


@rejected.command()
def fix(
    origin: Origin,
    by: Operator,
    why: Why,
    patch: Annotated[str, typer.Option(help="A file with a JSON patch (RFC 6902), - for standard input.")] = "",
    renumber: Annotated[
        bool, typer.Option("--renumber", help="Give it a number of its own: a conflict, or no number that can be read.")
    ] = False,
    dry_run: Dry = False,
) -> None:
    """Mend one rejected event: patch it, prove that it is valid now, and send it to its topic.

    The topic and the key are those that the event names, so an empty patch, [], mends what only lay in a wrong place.
    """
    from producers.office import mending, repairs
    from schemas.repair import Standing

    chosen, who = settings(), _by(by, why)
    record = _one(chosen, origin)
    if shown.settled(record):
        return
    if record.standing is Standing.BEGUN:
        _do(chosen, who, [record], [], dry_run)
        return
    if not patch and not renumber:
        raise InfraError("Say what to mend: --patch FILE, or --renumber.")
    made = mending.patched(record.value, _patch(patch) if patch else b"[]")
    made = mending.renumbered(made, origin) if renumber else made
    _do(chosen, who, [], [repairs.fix(record, mending.sendable(record, made, _ground(chosen)), who)], dry_run)


@rejected.command()
def replay(
    by: Operator,
    why: Why,
    origin: Annotated[str | None, typer.Argument(help="One event; or all of a reason, with --reason.")] = None,
    reason: Annotated[str | None, typer.Option(help="All of this reason that are valid by now.")] = None,
    dry_run: Dry = False,
) -> None:
    """Send rejected events, as they came, to the topics that they name: those that are valid there by now."""
    from producers.errors import ProducersError
    from producers.office import mending, repairs
    from producers.office.rejects import standing
    from schemas.repair import Standing

    if (origin is None) == (reason is None):
        raise InfraError("Say which: one origin, or --reason and a reason.")
    chosen, who = settings(), _by(by, why)
    if origin is not None:
        records = [_one(chosen, origin)]
        if shown.settled(records[0]):
            return
    else:
        records = [each for each in standing(chosen, lambda _, why: why == reason).values() if each.reason == reason
                   and each.standing in (Standing.OPEN, Standing.BEGUN)]  # fmt: skip
    ground, begun, decisions = _ground(chosen), [], []
    for record in records:
        if record.standing is Standing.BEGUN:
            begun.append(record)
            continue
        try:
            decisions.append(repairs.replay(record, mending.sendable(record, record.value, ground), who))
        except ProducersError:
            if origin is not None:
                raise
    if reason is not None:
        ready = len(begun) + len(decisions)
        typer.echo(f"{ready:,} can be sent; {len(records) - ready:,} are still not valid as they are.")
    _do(chosen, who, begun, decisions, dry_run)


@rejected.command()
def drop(origin: Origin, by: Operator, why: Why) -> None:
    """Note that nobody will mend an event. It stays where it is, and can still be mended."""
    from producers.office import repairs
    from schemas.rejected import PARKED
    from schemas.repair import Standing

    chosen, who = settings(), _by(by, why)
    record = _one(chosen, origin)
    if shown.settled(record):
        return
    if record.standing is Standing.BEGUN:
        raise InfraError(f"Somebody began to mend {origin}: finish that with `fieldtally rejected replay {origin}`.")
    if record.standing is Standing.OPEN:
        repairs.decide(chosen, [repairs.drop(record, who)], say)
    typer.echo(f"{origin} is dropped.")
    if record.reason in PARKED:
        typer.echo("It waits for a map or a version: should it become valid by itself, it counts all the same.")


def _do(chosen: Settings, who: By, begun: list[Rejected], decisions: list[Repair], dry_run: bool) -> None:
    """Write decisions, then send the events of those that hold, and of what was begun before; or show them alone."""
    from producers.office import repairs

    before = [each.done.holds for each in begun if each.done.holds is not None]
    if dry_run:
        shown.would_send([*before, *decisions])
        return
    if decisions:
        holding = repairs.decide(chosen, decisions, say)
        before += [each for each in holding if each not in decisions]
        decisions = [each for each in holding if each in decisions]
    if before:
        typer.echo(f"Of {len(before):,}, {before[0].operator} decided before: that decision is carried out.")
    if not (holding := [*before, *decisions]):
        return
    with bar("sending", len(holding)) as progress:
        sent = repairs.carry_out(chosen, holding, who.operator, progress, say)
    typer.echo(f"{sent:,} sent and confirmed; `fieldtally rejected list` tells if the counter refused one again.")


def _one(chosen: Settings, origin: str) -> Rejected:
    from producers.office.rejects import standing

    found = standing(chosen, lambda each, _: each == origin).get(origin)
    if found is None:
        raise InfraError(f"{origin} is no rejected event: `fieldtally rejected list --reason REASON` names them.")
    return found


def _ground(chosen: Settings) -> Ground:
    from producers.office.mending import Ground
    from producers.office.places import current_map

    return Ground(current_map(chosen).known, chosen.partitions)


def _patch(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    if not Path(file).is_file():
        raise InfraError(f"There is no file {file}.")
    return Path(file).read_bytes()


def _by(operator: str, why: str) -> By:
    import re

    from producers.office.repairs import by
    from schemas.repair import OPERATOR, WHY

    if not re.fullmatch(OPERATOR, operator):
        raise InfraError("--by is an account such as ops.lan: small letters, digits, dots, dashes; at most 40.")
    if why not in WHY:
        raise InfraError(f"{why!r} is no code for --why: choose from {', '.join(WHY)}.")
    return by(operator, why)
