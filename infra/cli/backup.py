"""`fieldtally backup` and `restore`: what cannot be counted anew, saved and brought back to the same offsets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.common import settings

_STEPS = 1_000
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of one backup.")]


def backup(folder: Folder) -> None:
    """Save the topics that are facts, while all runs; called again, go on with a backup that was not finished."""
    from infra.backup.take import take
    from infra.cli.progress import bar

    with bar("Saving", _STEPS) as move:
        done = take(settings(), folder, lambda at, total: move(_STEPS * at // max(total, 1)))
    records, size = (sum(getattr(part, name) for part in done.parts) for name in ("records", "bytes"))
    typer.echo(f"{folder} holds {records:,} records of {len(done.ends)} topics in {size / 2**20:,.1f} MiB. "
               "Keep the pseudonym key beside it, in another place: no backup holds it.")


def restore(folder: Folder) -> None:
    """Bring a backup back into an empty broker, to the same offsets; called again, go on where it was."""
    from infra.backup.restore import restore as bring_back
    from infra.cli.progress import bar

    with bar("Restoring and reading again", _STEPS) as move:
        done = bring_back(settings(), folder, lambda at, total: move(_STEPS * at // max(total, 1)))
    typer.echo(f"{sum(part.records for part in done.parts):,} records lie at the offsets that they had on "
               f"{done.began}. A counter counts them under a new generation by itself. A ledger of before refuses the "
               "new log: give it an empty database, then let `fieldtally reconcile` compare.")
