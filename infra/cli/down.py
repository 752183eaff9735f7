"""`fieldtally down`: everything stopped cleanly; data is kept."""

from __future__ import annotations

import typer

from infra.cli.common import instance


def down() -> None:
    """Stop the services and the stack. Data is kept."""
    from infra.stack import background

    target = instance()
    typer.echo("Stopped." if background.stop(target) else f"Nothing is up in {target.folder}.")
