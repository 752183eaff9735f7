"""`fieldtally demo`."""

from __future__ import annotations

from infra.errors import InfraError


def demo() -> None:
    """Play a season through the whole pipeline and check every counter."""
    raise InfraError("fieldtally demo is not built yet.")
