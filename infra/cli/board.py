"""`fieldtally board`: the live board in the foreground."""

from __future__ import annotations

from infra.cli.common import settings


def board() -> None:
    """Serve the live board: communes, targets, what just happened and the pipeline's health, pushed as it changes."""
    from infra.board.service import run

    run(settings(ledger=True))
