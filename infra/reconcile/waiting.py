"""Waiting with a limit, and saying for what."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LOOK_EVERY_S = 0.2
Tell = Callable[[str], None]
T = TypeVar("T")


def wait(look: Callable[[], T], patience_s: float, tell: Callable[[T], None] = lambda _: None) -> T:
    """Looks until it sees nothing that is missing (an empty or false answer), or for so long; the last answer.

    `tell` hears every answer that is not the last.
    """
    deadline = time.monotonic() + patience_s
    while (missing := look()) and time.monotonic() < deadline:
        tell(missing)
        time.sleep(LOOK_EVERY_S)
    return missing
