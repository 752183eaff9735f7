"""`fieldtally gauges`: this service in the foreground."""

from __future__ import annotations

from infra.cli.common import settings


def gauges() -> None:
    """Show the totals of today's communes to Prometheus."""
    from sinks.gauges.service import run

    run(settings())
