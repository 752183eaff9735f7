"""Where a run takes place: a broker, topics of the run's own, and the processes that are started again and again."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from infra.instance import REPO
from infra.stack.process import Process, Program
from schemas.settings import Settings
from tests.faults.points import Older, Plan, Point
from tests.faults.progress import Progress, Snapshot
from tests.services import environment_of

EXITS_MAX = 40  # a service that ends so often by itself does not get anywhere


class InconclusiveError(AssertionError):
    """The faults did not bite, or the run could not be finished, so it proves nothing; the text says which."""


class Service:
    """One service under one name; `start` begins a new life of it. Its log holds the lines of all its lives."""

    def __init__(self, name: str, module: str, settings: Settings, folder: Path) -> None:
        self.name, self.module, self.settings, self.folder = name, module, settings, folder
        self.log = folder / f"{name}.log"
        self.lives = 0
        self.exits: list[int] = []
        """Statuses with which lives ended by themselves."""
        self._process: Process | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def arguments(self) -> tuple[str, ...]:
        """What the module is called with."""
        return ()

    def start(self) -> None:
        """Begin a life."""
        self.lives += 1
        command = (sys.executable, "-m", self.module, *self.arguments())
        environment = environment_of(self.settings) | {"PYTHONPATH": str(REPO)}  # the launcher is of the tests
        self._process = Process(Program(self.name, command, self.log, environment))
        self._process.spawn()

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.running

    def keep_up(self) -> bool:
        """Start it again if it ended by itself, as a supervisor would; whether it had ended."""
        if self.running or self._process is None:
            return False
        self.exits.append(self._process.poll() or 0)
        if len(self.exits) > EXITS_MAX:
            raise InconclusiveError(f"{self.name} ended by itself again and again ({self.exits}): see {self.log}")
        self.start()
        return True

    def kill(self) -> int | None:
        """SIGKILL; the exit status."""
        return self._process.kill() if self._process is not None else None

    def stop(self) -> int | None:
        """SIGTERM, and wait; the exit status."""
        return self._process.stop() if self._process is not None else None

    def await_end(self, seconds: float) -> int:
        """Wait until it ends by itself; its status."""
        await_that(lambda: not self.running, f"{self.name} ends by itself", seconds)
        assert self._process is not None
        status = self._process.poll()
        assert status is not None
        return status

    def pause(self) -> None:
        """SIGSTOP."""
        os.kill(self._pid, signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT."""
        os.kill(self._pid, signal.SIGCONT)

    def said(self, text: str) -> bool:
        """Whether any life's log has this text."""
        return self.log.exists() and text in self.log.read_text()

    @property
    def _pid(self) -> int:
        assert self._process is not None
        assert self._process.identity is not None
        return self._process.identity.pid


class Counter(Service):
    """The shipped counter under the launcher, which tells how far each life got."""

    def __init__(self, name: str, settings: Settings, folder: Path) -> None:
        settings = msgspec.structs.replace(
            settings, worker=name, counter_port=0, data_dir=str(folder / name), checkpoint_s=settings.checkpoint_s
        )
        super().__init__(name, "tests.faults.launcher", settings, folder)
        self.earlier = Snapshot()
        """What its last life had done."""
        self.skipped = self.read = 0
        self._plan = Plan("")
        self._progress: Progress | None = None

    def arguments(self) -> tuple[str, ...]:
        return (msgspec.json.encode(self._plan).decode(),)

    def begin(
        self, point: Point | None = None, older: Older | None = None, *, new_log: bool = False, breaking_fetch: int = 0
    ) -> None:
        """Begin a life with a plan."""
        self._plan = Plan("", point, older, new_log, breaking_fetch)
        self.start()

    def start(self) -> None:
        """Begin a life with the plan of the last; a planned death is died once."""
        self.settle()
        path = self.folder / f"{self.name}-{self.lives}.progress"
        self._progress = Progress(path)
        self._plan = msgspec.structs.replace(self._plan, progress=str(path))
        super().start()
        self._plan = msgspec.structs.replace(self._plan, point=None, new_log=False, breaking_fetch=0)

    def settle(self) -> None:
        """Add the last life to the sums, once."""
        if self._progress is not None:
            self.earlier = self.now
            self.skipped += self.earlier.skipped
            self.read += self.earlier.read
            self._progress = None

    @property
    def now(self) -> Snapshot:
        """How far this life got, also after its end."""
        return self._progress.read() if self._progress is not None else Snapshot()

    @property
    def reached(self) -> int:
        """The sum of positions, of the life before if this one has not taken over yet."""
        now = self.now
        return now.positions if now.owned else self.earlier.positions


@dataclass
class Site:
    """The services of a run by name; on leaving, all are killed."""

    settings: Settings
    folder: Path
    services: list[Service] = field(default_factory=list)

    def counter(self, name: str = "counter", **settings: str) -> Counter:
        """A counter of this run, not started."""
        counter = Counter(name, msgspec.structs.replace(self.settings, **settings), self.folder)
        self.services.append(counter)
        return counter

    def service(self, name: str, module: str, **settings: int | str) -> Service:
        """Another service of this run, not started."""
        service = Service(name, module, msgspec.structs.replace(self.settings, **settings), self.folder)
        self.services.append(service)
        return service

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        for service in self.services:
            service.kill()


def await_that(holds: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
    """Return when it holds.

    Raises:
        InconclusiveError: it did not in time, which is far above what is ever needed.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise InconclusiveError(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.02)
