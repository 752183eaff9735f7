"""How an installation is: each process, whether the servers answer, whether the topics are as defined."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import psutil
from kafka.errors import KafkaError

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack import pipeline
from infra.stack.pipeline import Pipeline
from infra.stack.process import Identity
from infra.stack.stack import PORTS, Stack
from infra.topics import inspect
from schemas.settings import Settings
from schemas.topics import TOPICS


class ProcessStatus(msgspec.Struct, frozen=True):
    """One process; `pid`, `since` (UTC) and `memory` (resident bytes, its children's included) only while it runs.

    `held`: somebody stopped it by hand, `fieldtally up` starts it again.
    """

    name: str
    restarts: int
    held: bool = False
    pid: int | None = None
    since: datetime | None = None
    memory: int | None = None


class Status(msgspec.Struct, frozen=True):
    """The whole. `servers` has a server's complaint by name, None when it answers; so has `topics` what is wrong."""

    folder: str
    up: bool
    processes: tuple[ProcessStatus, ...] = ()
    servers: dict[str, str | None] = {}
    topics: tuple[str, ...] = ()
    topics_present: int = 0
    pipeline: Pipeline | None = None

    @property
    def healthy(self) -> bool:
        """Whether all runs and answers, every topic is there as defined, and no alert fires that cannot wait."""
        return (self.up and bool(self.processes) and all(process.pid for process in self.processes)
                and not any(self.servers.values()) and not self.topics
                and (self.pipeline is None or self.pipeline.healthy))


def gather(instance: Instance, settings: Settings) -> Status:
    """Asks the instance's record, its processes and its servers; what does not answer is said, nothing is raised."""
    record = instance.read()
    if not instance.is_up:
        return Status(str(instance.folder), up=False)
    known: dict[str, int] = record.get("restarts") or dict.fromkeys(record.get("processes", {}), 0)
    processes = tuple(_process(name, restarts, name in instance.held, record["processes"].get(name))
                      for name, restarts in known.items())  # fmt: skip
    stack = Stack(instance.folder)
    stack.ports |= {name: record["ports"][name] for name in PORTS}
    servers = {server.name: server.complaint() for server in stack.servers if server.name in known}
    topics, present = _topics(settings) if servers.get("kafka", "") is None else ((), 0)
    figures = pipeline.gather(record["addresses"]["prometheus_url"]) if servers.get("prometheus", "") is None else None
    return Status(str(instance.folder), True, processes, servers, topics, present, figures)


def _process(name: str, restarts: int, held: bool, recorded: dict[str, int | str] | None) -> ProcessStatus:
    identity = msgspec.convert(recorded, Identity) if recorded else None
    if identity is None or not identity.alive:
        return ProcessStatus(name, restarts, held)
    try:
        process = psutil.Process(identity.pid)
        family = [process, *process.children(recursive=True)]
        since = datetime.fromtimestamp(process.create_time(), UTC)
        return ProcessStatus(name, restarts, held, identity.pid, since, sum(each.memory_info().rss for each in family))
    except psutil.NoSuchProcess:  # it, or a child, ended while it was looked at
        return ProcessStatus(name, restarts, held, identity.pid if identity.alive else None)


def _topics(settings: Settings) -> tuple[tuple[str, ...], int]:
    try:
        comparison = inspect(settings)
    except (KafkaError, InfraError) as error:
        return (f"The topics cannot be read: {error}",), 0
    missing = tuple(f"Topic {settings.topic(topic.name)} is missing." for topic in comparison.missing)
    return (*missing, *comparison.stop, *map(str, comparison.differs)), len(TOPICS) - len(missing)
