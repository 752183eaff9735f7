"""Secrets that an installation of the embedded stack makes for itself, once, in files for its owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from infra.instance import Instance
from schemas.settings import from_env


def pseudonym_key(instance: Instance) -> Path:
    """The file of the key that the environment names, else one of the instance's own, kept with its log.

    With another key every number would get another pseudonym, and every record of a form would look new.
    """
    return _file(instance, from_env().pseudonym_key_file, "pseudonym.key")


def operator_token(instance: Instance) -> Path:
    """The file of the token that the environment names, else one of the instance's own."""
    return _file(instance, from_env().operator_token_file, "operator.token")


def _file(instance: Instance, given: str, name: str) -> Path:
    if given:
        return Path(given).resolve()
    path = instance.folder / name
    instance.folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), open(path, "x", opener=_private) as out:
        out.write(secrets.token_hex(32) + "\n")
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
