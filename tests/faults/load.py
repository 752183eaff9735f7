"""Records published little by little, as fast as the harness lets them go, so that there is always work at a kill."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator

from producers.publisher import Publisher
from producers.simulator.record import Record
from schemas.settings import Settings


class Load:
    """Publishes `total` records in a thread of its own; `release` lets some of them go."""

    def __init__(self, settings: Settings, records: Iterable[Record], total: int) -> None:
        self._settings, self._records = settings, iter(records)
        self._total, self._sent, self._allowed = total, 0, 0.0
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    @property
    def left(self) -> int:
        """How many records have not been let go yet."""
        return max(0, self._total - int(self._allowed))

    def release(self, records: float) -> None:
        """Let so many more go (a fraction adds up)."""
        self.complain()
        self._allowed = min(self._allowed + records, float(self._total))

    def finish(self) -> int:
        """Let all go and wait until the broker has them; how many there are."""
        self.release(self._total)
        self._thread.join()
        self.complain()
        return self._sent

    def stop(self) -> None:
        """Give up; what is not sent is never sent."""
        self._stop.set()
        self._thread.join(timeout=30)

    def complain(self) -> None:
        """Raise what went wrong in the thread."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with Publisher(self._settings, wait_s=None, linger_ms=5, say=lambda _: None) as publisher:
                for record in self._due():
                    publisher.send(record)
        except BaseException as error:  # raised again where the harness looks
            self._error = error

    def _due(self) -> Iterator[Record]:
        for record in self._records:
            while self._sent >= self._allowed:
                if self._stop.is_set():
                    return
                time.sleep(0.002)
            yield record
            self._sent += 1
