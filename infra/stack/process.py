"""One child process: how it is run, which process it is (never mistaken for another), how it is stopped and killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra.errors import InfraError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    """How one process is run. `log` gets its output; `grace` is in seconds, from the stop signal to the kill."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0


@dataclass(frozen=True)
class Identity:
    """A process for ever: its pid, the boot it lives in, and its start in clock ticks since that boot."""

    pid: int
    boot: str
    started: int

    @property
    def alive(self) -> bool:
        return identify(self.pid) == self


def identify(pid: int) -> Identity | None:
    """The identity of a living process; None when there is none, or only a zombie."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The command's name stands in parentheses and may hold anything, so count the fields after the last one.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else Identity(pid, boot, int(fields[19]))


def end(identity: Identity, stop_signal: signal.Signals = signal.SIGTERM, grace: float = 15.0) -> None:
    """Ends a process that is not our child, and nothing else: the signal, then SIGKILL after `grace` seconds."""
    for number in (stop_signal, signal.SIGKILL):
        if identity.alive:
            with suppress(ProcessLookupError):
                os.kill(identity.pid, number)
        if _wait(lambda: not identity.alive, grace):
            return
    raise InfraError(f"Process {identity.pid} does not end even when killed: look at it with `ps {identity.pid}`.")


class Process:
    """A child in a session of its own, which gets the stop signal when its parent dies without stopping it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.identity: Identity | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        """Starts the process.

        Raises:
            InfraError: the command is not there, or may not be run.
        """
        program = self.program
        with program.log.open("ab") as log:
            try:
                self._child = subprocess.Popen(
                    program.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    env={**os.environ, **program.environment}, start_new_session=True,
                    preexec_fn=_tie_to_parent(program.stop_signal),
                )
            except OSError as error:
                raise InfraError(f"{program.name} cannot be started ({error}): run infra/install.") from error
        self.identity = identify(self._child.pid)

    def poll(self) -> int | None:
        """The exit status once it ended (negative: the signal that ended it); None while it runs or was not started."""
        return None if self._child is None else self._child.poll()

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def signal_stop(self) -> None:
        """Asks it to stop, and returns at once."""
        if self._child is not None and self.running:
            self._child.send_signal(self.program.stop_signal)

    def stop(self) -> int | None:
        """Asks it to stop, kills it after its grace time; its exit status, None when it was never started."""
        self.signal_stop()
        return self.await_end()

    def await_end(self) -> int | None:
        """Waits for the grace time, then kills; its exit status."""
        if self._child is None:
            return None
        try:
            return self._child.wait(self.program.grace)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int | None:
        """SIGKILL to the process and all that it started: as a crash would end them."""
        if self._child is None:
            return None
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
        return self._child.wait()


def _tie_to_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes the program: ask for a signal at its parent's death.

    The kernel means the parent's *thread*, so a child of a passing thread is not tied.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    parent = os.getpid()

    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return tie


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
