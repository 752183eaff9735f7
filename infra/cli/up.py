"""`fieldtally up`: the whole installation, in the background unless told otherwise."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.common import instance
from infra.instance import Instance


def up(
    counters: Annotated[int, typer.Option(min=1, help="How many counter processes.")] = 1,
    foreground: Annotated[bool, typer.Option(help="Stay attached; Ctrl-C takes everything down.")] = False,
) -> None:
    """Start Kafka, Postgres, Prometheus and the services, or those of them that `down NAME` stopped."""
    target = instance()
    if foreground:
        from infra.stack import installation
        from schemas import logs

        logs.setup("supervisor")
        installation.run(target.folder, counters, typer.echo)
        return
    from infra.stack import background

    if target.is_up:
        started = background.release(target)
        typer.echo(f"Started {', '.join(started)}." if started else f"Already up in {target.folder}.")
    else:
        typer.echo("Starting Kafka, Postgres, Prometheus and the services.")
        background.start(target, counters)
    _say_where(target)


def _say_where(target: Instance) -> None:
    record = target.read()
    addresses = record.get("addresses", {})
    for what, where in {
        "Kafka": addresses.get("bootstrap"), "Postgres": addresses.get("database_url"),
        "Prometheus": addresses.get("prometheus_url"),
        "Board": f"http://127.0.0.1:{record.get('ports', {}).get('board')}/",
        "Mending": f"http://127.0.0.1:{record.get('ports', {}).get('board')}/rejected.html (token in "
                   f"{record.get('environment', {}).get('FIELDTALLY_OPERATOR_TOKEN_FILE')})",
        "Tablets": f"http://127.0.0.1:{record.get('ports', {}).get('gateway')}/ (`fieldtally tablet invite` lets one "
                   "in)",
        "Gauges": f"http://127.0.0.1:{record.get('ports', {}).get('gauges')}/metrics", "Logs": target.logs,
    }.items():
        typer.echo(f"{what:<11}{where}")
