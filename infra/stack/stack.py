"""The stack: Kafka, Postgres and Prometheus of one instance, started side by side and recorded where others find it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from infra.stack.broker import Kafka
from infra.stack.instance import Instance, InstanceLock
from infra.stack.ports import choose
from infra.stack.postgres import Postgres
from infra.stack.process import Identity, end, identify
from infra.stack.prometheus import Prometheus
from infra.stack.server import Server

DEFAULT_PORTS = {"kafka": 9092, "controller": 9093, "prometheus": 9090}


@dataclass(frozen=True)
class Addresses:
    """Where an instance answers: Kafka's `host:port`, SQLAlchemy's URL of its database, Prometheus' URL."""

    bootstrap: str
    database_url: str
    prometheus_url: str


class Stack:
    """The servers of the instance in `folder`, owned by this process from `start` to `stop`.

    Every start takes the ports of the last one where they are free, else `ports` (wished, by name), else free ones.
    """

    def __init__(self, folder: Path, ports: Mapping[str, int] | None = None) -> None:
        self.instance = Instance(folder.resolve())
        recorded: Mapping[str, int] = self.instance.read().get("ports", {})
        self.ports: dict[str, int] = {}
        for name in DEFAULT_PORTS:
            wished = [port for source in (recorded, ports or {}) if (port := source.get(name))]
            self.ports[name] = choose(wished, self.ports.values())
        self.kafka = Kafka(self.instance, self.ports["kafka"], self.ports["controller"])
        self.postgres = Postgres(self.instance)
        self.prometheus = Prometheus(self.instance, self.ports["prometheus"])
        self._lock: InstanceLock | None = None

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.kafka.bootstrap, self.postgres.url(), self.prometheus.url)

    def start(self, *, kafka: bool = True, postgres: bool = True, prometheus: bool = False) -> Stack:
        """Starts the wished servers and returns when each answers. Call it from the main thread.

        Raises:
            InfraError: the instance is already up, or a server does not come up (those that did are stopped again).
        """
        if self._lock is None:
            self._lock = self.instance.lock()
            clear_orphans(self.instance)
        wished: list[tuple[bool, Server]] = [
            (kafka, self.kafka), (postgres, self.postgres), (prometheus, self.prometheus)]
        chosen = [server for wanted, server in wished if wanted]
        try:
            for server in chosen:
                server.launch()
                self.record()
            for server in chosen:
                server.await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stops what runs, all at once, and lets go of the instance. Data and ports are kept for the next start."""
        for server in self.servers:
            if server.process is not None:
                server.process.signal_stop()
        for server in self.servers:
            server.stop()
        if self._lock is not None:
            self.record()
            self._lock.release()
            self._lock = None

    @property
    def servers(self) -> tuple[Server, ...]:
        return self.kafka, self.postgres, self.prometheus

    def record(self, **more: Any) -> None:
        """Writes `stack.json`: ports, addresses, owner, and the identity of each process that runs."""
        running = {s.name: asdict(s.process.identity) for s in self.servers
                   if s.running and s.process and s.process.identity}
        owner = identify(os.getpid())
        self.instance.write({
            "ports": self.ports, "addresses": asdict(self.addresses), "owner": asdict(owner) if owner else None,
            "processes": running, **more})

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()


def clear_orphans(instance: Instance) -> None:
    """Ends what a dead owner left running. Only processes whose identity is the recorded one are touched."""
    for recorded in instance.read().get("processes", {}).values():
        identity = Identity(recorded["pid"], recorded["boot"], recorded["started"])
        if identity.alive:
            end(identity)
