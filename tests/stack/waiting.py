"""Waiting for the real thing: asks until it holds, or fails with what was waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 180.0  # far above what is ever needed: it only ends a test that hangs


def until(holds: Callable[[], bool], what: str) -> None:
    """Returns when `holds()` does.

    Raises:
        AssertionError: it did not hold in that time.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
