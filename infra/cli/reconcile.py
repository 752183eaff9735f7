"""`fieldtally reconcile`."""

from __future__ import annotations

from infra.errors import InfraError


def reconcile() -> None:
    """Compare log, ledger, live totals and gauges."""
    raise InfraError("fieldtally reconcile is not built yet.")
