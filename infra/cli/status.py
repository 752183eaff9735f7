"""`fieldtally status`: one screen; exit status 0 only if everything is up and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import instance, settings

if TYPE_CHECKING:
    from infra.stack.status import Status


def status(
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Show each process, whether the servers answer, and the topics."""
    import msgspec

    from infra.stack.status import gather

    found = gather(instance(), settings())
    if json:
        typer.echo(msgspec.json.encode(found))
    else:
        _show(found)
    raise typer.Exit(0 if found.healthy else 1)


def _show(found: Status) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not found.up:
        console.print(f"Nothing is up in {found.folder}: `fieldtally up` starts it.", soft_wrap=True)
        return
    table = Table("process", "pid", "since", "restarts", "memory", "answers", box=None, pad_edge=False)
    for process in found.processes:
        complaint = found.servers.get(process.name, "")
        answers = "yes" if complaint is None else complaint
        table.add_row(
            process.name, str(process.pid or "not running"),
            f"{process.since.astimezone():%Y-%m-%d %H:%M:%S}" if process.since else "", str(process.restarts),
            f"{process.memory / 1e6:.0f} MB" if process.memory else "", answers)
    console.print(table)
    console.print(f"{found.topics_present} topics as defined." if not found.topics else "\n".join(found.topics),
                  soft_wrap=True)
