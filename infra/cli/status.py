"""`fieldtally status`: one screen; exit status 0 only if everything is up and answers and no alert pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import instance, settings

if TYPE_CHECKING:
    from infra.stack.pipeline import Pipeline
    from infra.stack.status import Status


def status(
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Show each process, whether the servers answer, the topics, the pipeline's figures, and alerts."""
    import msgspec

    from infra.stack.status import gather

    found = gather(instance(), settings(bus=False))
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
            process.name, str(process.pid or ("stopped by hand" if process.held else "not running")),
            f"{process.since.astimezone():%Y-%m-%d %H:%M:%S}" if process.since else "", str(process.restarts),
            f"{process.memory / 1e6:.0f} MB" if process.memory else "", answers)
    console.print(table)
    console.print(f"{found.topics_present} topics as defined." if not found.topics else "\n".join(found.topics),
                  soft_wrap=True)
    if found.pipeline is not None:
        console.print(_figures(found.pipeline), soft_wrap=True, highlight=False)
        for alert in found.pipeline.alerts:
            console.print(f"{alert.name}: {alert.vi}\n{alert.en} ({alert.runbook})", style="red", soft_wrap=True,
                          markup=False)


def _figures(pipeline: Pipeline) -> str:
    """The pipeline in a line; what Prometheus does not have is a dash."""

    def said(value: float | None, unit: str = "") -> str:
        return "–" if value is None else f"{value:,.0f}{unit}"

    return (f"{said(pipeline.records)} records in the log, {said(pipeline.waiting)} not counted for good "
            f"(the oldest for {said(pipeline.oldest_waiting_s, ' s')}), {said(pipeline.rejected)} rejected, "
            f"{said(pipeline.missing)} numbers missing; the last total {said(pipeline.last_total_age_s, ' s')} ago, "
            f"{said(pipeline.differences)} figures differ.")
