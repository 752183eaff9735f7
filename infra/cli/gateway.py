"""`fieldtally gateway`: this service in the foreground."""

from __future__ import annotations

from infra.cli.common import settings


def gateway() -> None:
    """Take events from tablets over HTTP, and serve the tablet app."""
    from producers.gateway.service import run

    run(settings())
