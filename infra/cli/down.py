"""`fieldtally down`: everything stopped cleanly, or one process; data is kept."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.common import instance


def down(
    name: Annotated[str | None, typer.Argument(help="Only this process, as `fieldtally status` names it; it stays "
                                                    "stopped until `fieldtally up`.")] = None,
) -> None:  # fmt: skip
    """Stop the services and the stack, or one of their processes by hand. Data is kept."""
    from infra.stack import background

    target = instance()
    if name is not None:
        background.hold(target, name)
        typer.echo(f"Stopped {name}: `fieldtally up` starts it again.")
        return
    typer.echo("Stopped." if background.stop(target) else f"Nothing is up in {target.folder}.")
