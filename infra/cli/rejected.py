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
    from producers.office.orders import Plan
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
    from msgspec.json import encode

    from producers.office import telling
    from producers.office.rejects import standing as read
    from schemas.repair import Standing

    if standing is not None and standing not in list(Standing):
        raise InfraError(f"There is no standing {standing!r}: choose from {', '.join(Standing)}.")
    found = [each for each in read(settings()).values()
             if reason in (None, each.reason) and standing in (None, each.standing)]
    if json:
        typer.echo(encode(telling.lines(found)))
    else:
        shown.by_reason(telling.groups(found))
        if reason is not None:
            shown.origins(telling.lines(found))


@rejected.command()
def reasons() -> None:
    """List the codes for --why."""
    from schemas.repair import WHY

    for code, title in WHY.items():
        typer.echo(f"{code:<16}{title.vi} / {title.en}")


@rejected.command()
def show(origin: Origin) -> None:
    """Show one rejected event: its bytes with personal values masked, its headers, why, and what was done about it."""
    from producers.office import orders, telling

    shown.one(telling.whole(orders.one(settings(), origin)))


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
    from producers.office import orders

    chosen, who = settings(), orders.who(by, why)
    if not patch and not renumber:
        raise InfraError("Say what to mend: --patch FILE, or --renumber.")
    steps = _patch(patch) if patch else b"[]"
    _do(chosen, orders.fix(chosen, origin, who, steps, renumber=renumber), dry_run)


@rejected.command()
def replay(
    by: Operator,
    why: Why,
    origin: Annotated[str | None, typer.Argument(help="One event; or all of a reason, with --reason.")] = None,
    reason: Annotated[str | None, typer.Option(help="All of this reason that are valid by now.")] = None,
    dry_run: Dry = False,
) -> None:
    """Send rejected events, as they came, to the topics that they name: those that are valid there by now."""
    from producers.office import orders

    chosen, who = settings(), orders.who(by, why)
    if origin is not None and reason is None:
        _do(chosen, orders.replay(chosen, origin, who), dry_run)
    elif reason is not None and origin is None:
        plan = orders.replay_all(chosen, reason, who)
        typer.echo(f"{len(plan.sends):,} can be sent; {plan.invalid:,} are still not valid as they are.")
        _do(chosen, plan, dry_run)
    else:
        raise InfraError("Say which: one origin, or --reason and a reason.")


@rejected.command()
def drop(origin: Origin, by: Operator, why: Why) -> None:
    """Note that nobody will mend an event. It stays where it is, and can still be mended."""
    from producers.office import orders

    chosen = settings()
    plan = orders.drop(chosen, origin, orders.who(by, why))
    if plan.settled:
        typer.echo(plan.settled)
        return
    if orders.carry_out(chosen, plan, say=say).sent:
        typer.echo(f"{origin} is not dropped: somebody mended it at the same time.")
        return
    typer.echo(f"{origin} is dropped.")
    if plan.waits:
        typer.echo("It waits for a map or a version: should it become valid by itself, it counts all the same.")


def _do(chosen: Settings, plan: Plan, dry_run: bool) -> None:
    """Carries a plan out, or shows it alone."""
    from producers.office import orders

    if plan.settled:
        typer.echo(plan.settled)
    elif dry_run:
        shown.would_send(plan.sends)
    elif plan.sends:
        with bar("sending", len(plan.sends)) as progress:
            done = orders.carry_out(chosen, plan, progress, say)
        if done.before:
            typer.echo(f"Of {len(done.before):,}, {done.before[0].operator} decided before: that decision is carried "
                       "out.")  # fmt: skip
        typer.echo(f"{done.sent:,} sent and confirmed; `fieldtally rejected list` tells if the counter refused one "
                   "again.")  # fmt: skip


def _patch(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    return Path(file).read_bytes()
