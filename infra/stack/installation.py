"""A whole installation in one process tree: the stack, its topics and tables, and the services, until told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from infra import topics
from infra.stack.ports import HOST
from infra.stack.secret_files import operator_token, pseudonym_key
from infra.stack.server import Server
from infra.stack.services import WISHED_PORTS, program, roles, scrape_targets
from infra.stack.stack import Stack
from infra.stack.supervisor import Service, Supervisor
from producers.office.places import publish_committed
from schemas.metrics import RESTARTS
from schemas.settings import from_env

_LOOK_EVERY_S = 0.25


def run(folder: Path, counters: int, say: Callable[[str], None]) -> None:
    """Brings everything up, says so in short lines, keeps it up until SIGTERM or SIGINT, and takes it down.

    Raises:
        InfraError: the instance is already up, or something does not come up; all that did is stopped again.
    """
    signal.signal(signal.SIGTERM, _leave)
    stack = Stack(folder, WISHED_PORTS)
    stack.settings |= _fixed_settings() | {"FIELDTALLY_PSEUDONYM_KEY_FILE": str(pseudonym_key(stack.instance)),
                                           "FIELDTALLY_OPERATOR_TOKEN_FILE": str(operator_token(stack.instance))}
    say("Starting Kafka, Postgres and Prometheus.")
    with stack.start(prometheus=True):
        say("Creating topics and tables.")
        _lay_out(stack)
        for name in stack.instance.held:
            stack.instance.release(name)
        supervisor = Supervisor((*stack.servers, *_services(stack, counters)), partial(_record, stack),
                                held=lambda: stack.instance.held)
        _show_restarts(stack, supervisor)
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        try:
            supervisor.start()
            say("Up.")
            while not stopping.wait(_LOOK_EVERY_S):
                supervisor.tick()
            say("Stopping.")
        finally:
            supervisor.stop()


def _fixed_settings() -> dict[str, str]:
    """What this installation's later commands must agree on, as the environment gives it now."""
    given = from_env()
    return {"FIELDTALLY_PARTITIONS": str(given.partitions), "FIELDTALLY_TOPIC_PREFIX": given.topic_prefix}


def _record(stack: Stack, supervisor: Supervisor) -> None:
    """Writes what runs; `restarts` in it tells that the supervisor is in charge, so everything was started."""
    stack.record(supervisor.servers, restarts=supervisor.restarts)


def _services(stack: Stack, counters: int) -> list[Server]:
    wanted = roles(counters)
    stack.port("supervisor")
    ports = {role.name: stack.port(role.name) for role in wanted}
    stack.settings["FIELDTALLY_PROMETHEUS_URL"] = stack.prometheus.url
    stack.settings["FIELDTALLY_GAUGES_PORT"] = str(ports["gauges"])
    for job, pages in scrape_targets(wanted, stack.ports).items():
        stack.prometheus.scrape(job, pages)
    return [Service(stack.instance, program(role, stack.instance, stack.environment, ports[role.name]))
            for role in wanted]


def _lay_out(stack: Stack) -> None:
    """Topics, the map and tables: what services find."""
    from sinks.ledger.migrations import upgrade  # pulls in alembic, which nothing else here needs

    settings = from_env(stack.environment)
    topics.ensure(settings)
    publish_committed(settings)
    upgrade(stack.addresses.database_url)


def _show_restarts(stack: Stack, supervisor: Supervisor) -> None:
    """Serves the supervisor's own page for Prometheus."""

    class Restarts(Collector):
        def collect(self) -> Iterable[Metric]:
            family = CounterMetricFamily(RESTARTS.name, RESTARTS.help, labels=RESTARTS.labels)
            for name, count in supervisor.restarts.items():
                family.add_metric([name], count)
            yield family

    registry = CollectorRegistry()
    registry.register(Restarts())
    start_http_server(stack.port("supervisor"), HOST, registry)


def _leave(*_: object) -> None:
    """SIGTERM while starting: unwind, which stops what is started."""
    raise SystemExit(0)
