"""`fieldtally down`: everything stopped cleanly; data is kept."""

from __future__ import annotations

import typer

from infra.cli.common import instance

_GRACE_S = 120.0  # the sum of the graces that the supervisor itself gives


def down() -> None:
    """Stop the services and the stack. Data is kept."""
    from infra.stack.process import Identity, end
    from infra.stack.stack import clear_orphans

    target = instance()
    if target.is_up and (owner := target.read().get("owner")):
        end(Identity(**owner), grace=_GRACE_S)
        said = "Stopped."
    else:
        said = f"Nothing is up in {target.folder}."
    clear_orphans(target)
    typer.echo(said)
