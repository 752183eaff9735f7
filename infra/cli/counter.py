"""`fieldtally counter`: this service in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.common import settings


def counter(
    new_log: Annotated[
        bool, typer.Option("--new-log", help="The field topics were replaced on purpose: count them from their start.")
    ] = False,
) -> None:
    """Count events into live totals per unit."""
    from stream_processors.counter.service import run

    run(settings(), new_log=new_log)
