"""The services of an installation on the embedded stack: which commands, on which ports, with which settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra.instance import Instance
from infra.stack.ports import HOST
from infra.stack.process import Program

WISHED_PORTS = {"kafka": 9092, "controller": 9093, "prometheus": 9090, "gauges": 9100, "counter-1": 9101,
                "ledger": 9102, "supervisor": 9103, "reconcile": 9104, "board": 8088}


@dataclass(frozen=True)
class Role:
    """One service process: its command on the line, its Prometheus job, the setting that holds its page's port."""

    name: str
    command: str
    job: str
    port_setting: str
    arguments: tuple[str, ...] = ()


def roles(counters: int) -> tuple[Role, ...]:
    """The services in their order of start: counters, ledger, gauges, and what compares them all."""
    return (
        *(Role(f"counter-{n}", "counter", "counter", "FIELDTALLY_COUNTER_PORT") for n in range(1, counters + 1)),
        Role("ledger", "ledger", "ledger", "FIELDTALLY_LEDGER_PORT"),
        Role("gauges", "gauges", "gauges", "FIELDTALLY_GAUGES_PORT"),
        Role("gateway", "gateway", "gateway", "FIELDTALLY_GATEWAY_PORT"),
        Role("reconcile", "reconcile", "reconcile", "FIELDTALLY_RECONCILE_PORT", ("--watch=60", "--json")),
        Role("board", "board", "board", "FIELDTALLY_BOARD_PORT"),
    )


def program(role: Role, instance: Instance, environment: Mapping[str, str], port: int) -> Program:
    """How the service is run, with `environment` (settings that all share) and its own page on `port`."""
    own = {role.port_setting: str(port), "FIELDTALLY_METRICS_HOST": HOST,
           "FIELDTALLY_DATA_DIR": str(instance.folder / role.name)}
    if role.command == "counter":
        own["FIELDTALLY_WORKER"] = role.name
    command = (sys.executable, "-P", "-m", "infra.cli", role.command, *role.arguments)
    return Program(role.name, command, instance.logs / f"{role.name}.log", environment={**environment, **own})


def scrape_targets(wanted: tuple[Role, ...], ports: Mapping[str, int]) -> dict[str, list[str]]:
    """What Prometheus scrapes: pages (`host:port`) by job."""
    targets: dict[str, list[str]] = {"supervisor": [f"{HOST}:{ports['supervisor']}"]}
    for role in wanted:
        targets.setdefault(role.job, []).append(f"{HOST}:{ports[role.name]}")
    return targets


