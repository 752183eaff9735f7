"""Follows the events in a thread beside the ledger, while that has little else to do."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from sinks.ledger.following.follow import follow_all

EVERY_S = 5.0


class Follower:
    """One that follows at a time; its faults come up at the next call."""

    def __init__(self, url: str) -> None:
        self._url, self._stop = url, threading.Event()
        self._pool = ThreadPoolExecutor(1, "follow")
        self._last: Future[int] | None = None
        self._begun = 0.0

    def __enter__(self) -> Follower:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for the transaction that was begun."""
        self._stop.set()
        self._pool.shutdown()

    def when_idle(self) -> None:
        """Begins to follow, unless it is at it, or began less than EVERY_S ago.

        Raises:
            sqlalchemy.exc.DBAPIError, psycopg2.Error: Postgres did not do it the last time.
        """
        if self._last is not None and (not self._last.done() or time.monotonic() - self._begun < EVERY_S):
            return
        if self._last is not None:
            self._last.result()
        self._begun = time.monotonic()
        self._last = self._pool.submit(follow_all, self._url, self._stop)
