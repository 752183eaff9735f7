"""`fieldtally ledger`: this service in the foreground."""

from __future__ import annotations

from infra.cli.common import settings


def ledger() -> None:
    """Write every event once, and the totals, to Postgres."""
    from sinks.ledger.service import run

    run(settings(ledger=True))
