"""What commands share: the instance that they mean, and settings that know where a running instance answers."""

from __future__ import annotations

import os

from infra.instance import Instance, default_folder
from schemas.settings import Settings, from_env


def instance() -> Instance:
    """The instance of this repo that commands mean (`FIELDTALLY_INSTANCE`)."""
    return Instance(default_folder())


def settings() -> Settings:
    """Settings of the environment; where it is silent and the instance is up, what the instance runs with.

    Raises:
        SettingsError: a variable has the wrong form.
    """
    running = instance()
    known = running.read().get("environment", {}) if running.is_up else {}
    return from_env({**known, **os.environ})
