"""Keeps servers and services running: starts them in order, restarts what ends, stops all in reverse."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack.process import Program
from infra.stack.restarts import Backoff, Life
from infra.stack.server import Server

_LOG = logging.getLogger("fieldtally.supervisor")
_LOG_BYTES_MAX = 50 * 1024 * 1024


class Service(Server):
    """A command of ours as a supervised process; it is ready as soon as it runs."""

    def __init__(self, instance: Instance, program: Program) -> None:
        super().__init__(instance)
        self.name = program.name
        self.program = program

    def prepare(self) -> Program:
        return self.program

    def complaint(self) -> str | None:
        return None


class Supervisor:
    """Watches `servers`, which it starts in their order unless they run already.

    `changed` is called with it after every start and end; `held` says which ones somebody wants to be stopped now.
    """

    def __init__(self, servers: Sequence[Server], changed: Callable[[Supervisor], None], backoff: Backoff | None = None,
                 clock: Callable[[], float] = time.monotonic, held: Callable[[], Collection[str]] = frozenset) -> None:
        self.servers = tuple(servers)
        self.lives: dict[str, Life] = {}
        self._changed, self._backoff, self._clock, self._held = changed, backoff or Backoff(), clock, held

    @property
    def restarts(self) -> dict[str, int]:
        """How often each was started again, by name."""
        return {name: life.restarts for name, life in self.lives.items()}

    def start(self) -> None:
        """Starts what does not run yet."""
        for server in self.servers:
            server.launch()
            self.lives[server.name] = Life(self._clock())
        self._changed(self)

    def tick(self) -> None:
        """Looks once, a few times a second: notes what ended, starts again what is due, keeps the logs short."""
        held = self._held()
        for server in self.servers:
            life = self.lives[server.name]
            if server.name in held:
                self._hold(server, life)
            elif life.is_held:
                self._launch(server, life.released(self._clock()))
            elif life.due is None and not server.running:
                self._note_end(server, life)
            elif life.is_due(self._clock()):
                self._launch(server, life.restarted(self._clock()))
            if server.process is not None:
                rotate(server.process.program.log)

    def stop(self) -> None:
        """Stops all in reverse order, each after those that use it; what ignores its signal is killed."""
        for server in reversed(self.servers):
            server.stop()
        self._changed(self)

    def _note_end(self, server: Server, life: Life) -> None:
        ended = self.lives[server.name] = life.ended(self._clock(), self._backoff)
        status = server.process.poll() if server.process else None
        wait = self._backoff.wait(ended.failures)
        _LOG.error("%s ended with status %s and is started again in %.1f s", server.name, status, wait,
                   extra={"program": server.name, "status": status, "wait_s": wait})
        self._changed(self)

    def _launch(self, server: Server, life: Life) -> None:
        self.lives[server.name] = life
        try:
            server.launch()
        except InfraError as error:  # counts as an end, and is tried again later
            _LOG.error("%s", error, extra={"program": server.name})
            self.lives[server.name] = life.ended(self._clock(), self._backoff)
        self._changed(self)

    def _hold(self, server: Server, life: Life) -> None:
        if not life.is_held:
            server.stop()
            self.lives[server.name] = life.held()
            self._changed(self)


def rotate(log: Path, bytes_max: int = _LOG_BYTES_MAX) -> None:
    """Moves the content of a log that grew too large to `<log>.1`, over the one there.

    Its writer appends, so it goes on at the front of the emptied file; what it writes in that instant may be lost.
    """
    if log.exists() and log.stat().st_size > bytes_max:
        shutil.copyfile(log, log.with_name(log.name + ".1"))
        with log.open("r+b") as handle:
            handle.truncate()

