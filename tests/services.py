"""Our services as processes that a test has for a while."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.stack.process import Process, Program
from schemas.settings import PREFIX, Settings


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that give a process these settings."""
    return {f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in settings.__struct_fields__}


@contextmanager
def service(command: str, settings: Settings, folder: Path) -> Iterator[Process]:
    """One of our services for the time of the context."""
    line = (sys.executable, "-P", "-m", "infra.cli", command)
    process = Process(Program(command, line, folder / f"{command}.log", environment_of(settings)))
    process.spawn()
    try:
        yield process
    finally:
        process.stop()
