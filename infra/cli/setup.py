"""`fieldtally setup`: what an installation needs before its services start; `up` does it by itself."""

from __future__ import annotations

import typer

from infra.cli.common import settings


def setup() -> None:
    """Create the topics and the tables, and lay the committed map on its topic; harmless when they are there."""
    from infra.topics import ensure
    from producers.office.places import publish_committed
    from sinks.ledger.migrations import upgrade

    wanted = settings(ledger=True)
    made = ensure(wanted).missing
    publish_committed(wanted)
    upgrade(wanted.database_url)
    typer.echo(f"{len(made)} topics were created; the tables are as this version needs them.")
