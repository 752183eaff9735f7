"""`fieldtally import`."""

from __future__ import annotations

from infra.errors import InfraError


def import_events() -> None:
    """Publish the events of a file of JSON lines."""
    raise InfraError("fieldtally import is not built yet.")
