"""What Kafka, Postgres and Prometheus have in common: prepare, spawn, and wait until the real thing answers."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack.process import Process, Program


class Server(ABC):
    """One server of a stack. Its data stays in the instance's folder over stops, kills and starts."""

    name: str
    patience: float = 120.0  # seconds until a start that does not answer is a fault

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.process: Process | None = None

    @abstractmethod
    def prepare(self) -> Program:
        """Lays down what the server needs (again and again harmless) and says how it is run."""

    @abstractmethod
    def complaint(self) -> str | None:
        """Asks the server itself; why it cannot be used yet, or None when it can."""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.running

    @property
    def pid(self) -> int | None:
        return self.process.identity.pid if self.running and self.process and self.process.identity else None

    def launch(self) -> None:
        """Starts the process and returns at once; does nothing when it runs."""
        if not self.running:
            self.process = Process(self.prepare())
            self.process.spawn()

    def start(self) -> None:
        """Starts the server and returns when it answers.

        Raises:
            InfraError: it ended, or did not answer in time; the sentence names its log.
        """
        self.launch()
        self.await_ready()

    def await_ready(self) -> None:
        """Returns when the server answers; see `start`."""
        assert self.process is not None, "launch() comes first"
        deadline = time.monotonic() + self.patience
        while (complaint := self.complaint()) is not None:
            log = self.process.program.log
            if (status := self.process.poll()) is not None:
                raise InfraError(f"{self.name} ended with status {status} while it started: see the end of {log}.")
            if time.monotonic() > deadline:
                self.stop()
                raise InfraError(f"{self.name} did not answer within {self.patience:.0f} s ({complaint}): see {log}.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stops it cleanly; does nothing when it does not run."""
        if self.process is not None:
            self.process.stop()

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
