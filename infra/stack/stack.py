"""The stack: Kafka, Postgres and Prometheus of one instance, started side by side and recorded where others find it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from infra.instance import Instance, InstanceLock
from infra.stack.broker import Kafka
from infra.stack.ports import choose
from infra.stack.postgres import Postgres
from infra.stack.process import Identity, end, identify
from infra.stack.prometheus import Prometheus
from infra.stack.server import Server

PORTS = ("kafka", "controller", "prometheus")


@dataclass(frozen=True)
class Addresses:
    """Where an instance answers: Kafka's `host:port`, SQLAlchemy's URL of its database, Prometheus' URL."""

    bootstrap: str
    database_url: str
    prometheus_url: str


class Stack:
    """The servers of the instance in `folder`, owned by this process from `start` to `stop`.

    Ports are settled at `start`: those of the last run where they are free, else the wished ones, else free ones.
    """

    def __init__(self, folder: Path, wished_ports: Mapping[str, int] | None = None) -> None:
        self.instance = Instance(folder.resolve())
        self.ports: dict[str, int] = {}
        self.kafka = Kafka(self.instance, self.ports)
        self.postgres = Postgres(self.instance)
        self.prometheus = Prometheus(self.instance, self.ports)
        self.settings: dict[str, str] = {}
        self._wished = wished_ports or {}
        self._lock: InstanceLock | None = None

    @property
    def servers(self) -> tuple[Server, ...]:
        return self.kafka, self.postgres, self.prometheus

    @property
    def addresses(self) -> Addresses:
        """Where the servers answer; known once `start` was called."""
        return Addresses(self.kafka.bootstrap, self.postgres.url(), self.prometheus.url)

    @property
    def environment(self) -> dict[str, str]:
        """The settings (`schemas.settings`) with which a service finds this stack, and those added to `settings`."""
        return {"FIELDTALLY_BOOTSTRAP": self.addresses.bootstrap,
                "FIELDTALLY_DATABASE_URL": self.addresses.database_url, **self.settings}

    def start(self, *, kafka: bool = True, postgres: bool = True, prometheus: bool = False) -> Stack:
        """Starts the wished servers and returns when each answers. Call it from the main thread.

        Raises:
            InfraError: the instance is already up, or a server does not come up (those that did are stopped again).
        """
        wished = [(kafka, self.kafka), (postgres, self.postgres), (prometheus, self.prometheus)]
        chosen: list[Server] = [server for wanted, server in wished if wanted]
        self._own()
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
            self.record(state="down")
            self._lock.release()
            self._lock = None

    def port(self, name: str) -> int:
        """A port for `name` that is kept over restarts where it can be; others of this stack are not given twice."""
        if name not in self.ports:
            recorded: Mapping[str, int] = self.instance.read().get("ports", {})
            wished = [source[name] for source in (recorded, self._wished) if name in source]
            self.ports[name] = choose(wished, self.ports.values())
        return self.ports[name]

    def record(self, others: Iterable[Server] = (), **more: Any) -> None:
        """Writes `stack.json`: ports, addresses, owner, the identity of each process that runs, and what is given."""
        running = {server.name: asdict(server.process.identity) for server in (*self.servers, *others)
                   if server.running and server.process and server.process.identity}
        owner = identify(os.getpid())
        self.instance.write({
            "ports": self.instance.read().get("ports", {}) | self.ports, "addresses": asdict(self.addresses),
            "environment": self.environment, "owner": asdict(owner) if owner else None, "processes": running,
            "state": "up", **more})

    def _own(self) -> None:
        if self._lock is not None:
            return
        self._lock = self.instance.lock()
        clear_orphans(self.instance)
        self.ports.clear()
        for name in PORTS:
            self.port(name)

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()


def clear_orphans(instance: Instance) -> None:
    """Ends what a dead owner left running. Only processes whose identity is the recorded one are touched."""
    for recorded in instance.read().get("processes", {}).values():
        end(Identity(**recorded))
