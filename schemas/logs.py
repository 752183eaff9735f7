"""Structured log lines: one JSON object a line on standard error, the same for every service."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter


def setup(service: str, level: int = logging.INFO) -> logging.Logger:
    """Send all logging of this process to standard error as JSON lines, and return the service's logger."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
            json_ensure_ascii=False,
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    return logging.getLogger(f"fieldtally.{service}")
