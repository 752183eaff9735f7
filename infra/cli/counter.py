"""`fieldtally counter`: this service in the foreground."""

from __future__ import annotations

from infra.cli.common import settings


def counter() -> None:
    """Count events into live totals per unit."""
    from stream_processors.counter.service import run

    run(settings())
