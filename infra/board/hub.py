"""Between the threads that read and those who watch: one board under a lock, and a signal when it changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

from infra.board.model import Board, Update
from schemas.places import Places
from schemas.totals import Total


class Hub:
    """The board for many threads; `ready` once all totals that were there at the start are taken."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._health: dict[str, Any] = {"kafka": True}
        self._changed = threading.Condition()
        self.ready = False

    def take(self, totals: Iterable[Total], *, news: bool, at: int) -> None:
        """Takes totals that were read at an instant in ms."""
        with self._changed:
            before = self._board.version
            self._board.take(totals, news=news)
            if self._board.version != before:
                self._board.published = at
            self._health |= {"kafka": True}
            self.ready = True
            self._tell()

    def remap(self, places: Places, today: date) -> None:
        """Shows all on another map."""
        with self._changed:
            self._board.remap(places, today)
            self._tell()

    def hear(self, health: dict[str, Any], targets: list[dict[str, Any]] | None) -> None:
        """Takes what was found of health and targets."""
        with self._changed:
            self._health |= health
            self._board.hear(targets=targets)
            self._tell()

    def away(self, what: str) -> None:
        """Notes that something does not answer."""
        with self._changed:
            self._health |= {what: False}
            self._tell()

    def since(self, version: int, now: int) -> Update:
        """What changed after a version."""
        with self._changed:
            return self._board.since(version, now)

    def await_change(self, version: int, patience_s: float) -> bool:
        """Waits until there is something after a version; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._board.version > version, patience_s)

    def wake(self) -> None:
        """Lets all who wait look, for they are to end."""
        with self._changed:
            self._board.version += 1
            self._changed.notify_all()

    def _tell(self) -> None:
        self._board.hear(health=dict(self._health))
        self._changed.notify_all()
