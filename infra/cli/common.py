"""What commands share: the instance that they mean, and settings that know where a running instance answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from infra.errors import InfraError
from infra.instance import Instance, default_folder, named
from schemas.settings import Settings, from_env

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 120  # of what goes into a file or a pipe
BUS, LEDGER = "FIELDTALLY_BOOTSTRAP", "FIELDTALLY_DATABASE_URL"


def instance() -> Instance:
    """The instance of this repo that commands mean (`FIELDTALLY_INSTANCE`)."""
    return Instance(default_folder())


def settings(*, bus: bool = True, ledger: bool = False) -> Settings:
    """Settings of the environment; where it is silent and the instance is up, what the instance runs with.

    `bus` and `ledger`: whether the command speaks to Kafka and to Postgres. Of an instance that is named, or was made
    here before, the default addresses say nothing: whatever answers there is another installation.

    Raises:
        InfraError: that instance is not up, and the environment does not say where the servers are.
        SettingsError: a variable has the wrong form.
    """
    meant = instance()
    known = {**(meant.read().get("environment", {}) if meant.is_up else {}), **os.environ}
    missing = [name for name, needed in ((BUS, bus), (LEDGER, ledger)) if needed and name not in known]
    if missing and (named() or meant.folder.exists()):
        raise InfraError(f"The installation in {meant.folder} is not up: `fieldtally up` starts it; for servers of "
                         f"your own, set {' and '.join(missing)}.")
    return from_env(known)


def console(width: int = WIDTH) -> Console:
    """Where a command's tables go; `width` columns where that is no terminal."""
    from rich.console import Console  # services load this module too, and have no tables

    made = Console()
    if not made.is_terminal:
        made.width = width
    return made


def check_unit(unit: str | None) -> None:
    """Proves that a map, the committed one or this installation's, has a unit that somebody asked for.

    Raises:
        typer.BadParameter: none has it.
        InfraError: as `settings`.
    """
    from producers.office.places import current_map
    from schemas.places import load

    if unit is not None and not load().known(unit) and not current_map(settings()).known(unit):
        raise typer.BadParameter(f"There is no unit {unit} on the map; units are named like 2025-07:24848.")
