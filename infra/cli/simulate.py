"""`fieldtally simulate`."""

from __future__ import annotations

from infra.errors import InfraError


def simulate() -> None:
    """Publish a seeded season of both programmes."""
    raise InfraError("fieldtally simulate is not built yet.")
