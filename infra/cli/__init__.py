"""The one command line, `fieldtally`. A foreseeable fault ends a command with one sentence and exit status 1."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Callable
from io import TextIOWrapper
from types import FrameType

import typer

from infra.cli.access import access
from infra.cli.backup import backup, restore
from infra.cli.bench import bench
from infra.cli.board import board
from infra.cli.counter import counter
from infra.cli.demo import demo
from infra.cli.down import down
from infra.cli.export import export
from infra.cli.findings import findings
from infra.cli.gateway import gateway
from infra.cli.gauges import gauges
from infra.cli.holes import holes
from infra.cli.import_events import import_events
from infra.cli.ledger import ledger
from infra.cli.period import period
from infra.cli.places import places
from infra.cli.rebuild import rebuild
from infra.cli.reconcile import reconcile
from infra.cli.registers import registers
from infra.cli.rejected import rejected
from infra.cli.report import report
from infra.cli.setup import setup
from infra.cli.simulate import simulate
from infra.cli.status import status
from infra.cli.tablet import tablet
from infra.cli.topics import topics
from infra.cli.up import up

app = typer.Typer(
    help="Exact, live counters per commune from offline field events.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (up, down, status, topics, setup, simulate, counter, ledger, gauges, gateway, board, reconcile, demo,
                findings, holes, report, export, backup, restore, rebuild):
    app.command(command.__name__)(command)
app.command("import")(import_events)
app.add_typer(access, name="access")
app.add_typer(bench, name="bench")
app.add_typer(places, name="places")
app.add_typer(registers, name="registers")
app.add_typer(period, name="period")
app.add_typer(rejected, name="rejected")
app.add_typer(tablet, name="tablet")


def main() -> None:
    """Runs the command that the arguments name; exit status 0, 1 for a fault, 2 for wrong usage."""
    # A shell starts what runs in the background with SIGINT ignored; Ctrl-C's signal must still end a command.
    signal.signal(signal.SIGINT, _interrupting())
    for stream in (sys.stdout, sys.stderr):  # what is said is Vietnamese, which hardly another encoding can hold
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        try:
            app()
        finally:
            print(end="", flush=True)  # a full disk is told here, not by the interpreter's last breath
    except Exception as error:
        from infra.cli.faults import sentence  # knows every client library, which no service should load for it

        if (said := sentence(error)) is None:
            raise
        print(said, file=sys.stderr)
        _let_go_of_output()
        sys.exit(1)


def _interrupting() -> Callable[[int, FrameType | None], None]:
    """Ctrl-C, once a second at most: `timeout` signals a process and its group at once, and means it once."""
    last = -math.inf

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before > 1.0:
            raise KeyboardInterrupt

    return interrupt


def _let_go_of_output() -> None:
    """What could not be written is not tried once more, with a traceback, as the interpreter ends."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
