"""`fieldtally up`: the whole installation, in the background unless told otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import asdict
from typing import Annotated

import typer

from infra.cli.common import instance
from infra.errors import InfraError
from infra.instance import Instance

_PATIENCE_S = 240.0


def up(
    counters: Annotated[int, typer.Option(min=1, help="How many counter processes.")] = 1,
    foreground: Annotated[bool, typer.Option(help="Stay attached; Ctrl-C takes everything down.")] = False,
) -> None:
    """Start Kafka, Postgres, Prometheus and the services."""
    target = instance()
    if foreground:
        from infra.stack import installation
        from schemas import logs

        logs.setup("supervisor")
        installation.run(target.folder, counters, typer.echo)
        return
    if target.is_up:
        typer.echo(f"Already up in {target.folder}.")
    else:
        typer.echo("Starting Kafka, Postgres, Prometheus and the services.")
        _start(target, counters)
    _say_where(target)


def _start(target: Instance, counters: int) -> None:
    """Starts `up --foreground` as a daemon and waits until it is in charge of everything.

    Raises:
        InfraError: it ended; what it said last is said again.
    """
    from infra.stack.process import identify

    target.logs.mkdir(parents=True, exist_ok=True)
    log = target.logs / "supervisor.log"
    command = (sys.executable, "-P", "-m", "infra.cli", "up", "--foreground", f"--counters={counters}")
    with log.open("ab") as output:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/",
                                  env={**os.environ, "FIELDTALLY_INSTANCE": str(target.folder)},
                                  start_new_session=True)
    identity = identify(daemon.pid)
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        record = target.read()
        if identity and record.get("owner") == asdict(identity) and "restarts" in record:
            return
        if daemon.poll() is not None:
            raise InfraError((log.read_text().splitlines() or [f"It did not start: see {log}."])[-1])
        if time.monotonic() > deadline:
            daemon.terminate()
            raise InfraError(f"Not everything was up within {_PATIENCE_S:.0f} s: see {target.logs}.")
        time.sleep(0.1)


def _say_where(target: Instance) -> None:
    record = target.read()
    addresses = record.get("addresses", {})
    for what, where in {
        "Kafka": addresses.get("bootstrap"), "Postgres": addresses.get("database_url"),
        "Prometheus": addresses.get("prometheus_url"),
        "Gauges": f"http://127.0.0.1:{record.get('ports', {}).get('gauges')}/metrics", "Logs": target.logs,
    }.items():
        typer.echo(f"{what:<11}{where}")
