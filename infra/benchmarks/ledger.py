"""How fast the ledger writes: records per second into Postgres, and what they cost the sink and the server."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple

import msgspec
import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL, Connection, create_engine, make_url, text

from infra.benchmarks.measured import service
from infra.errors import InfraError
from infra.topics import ensure
from producers.publisher import Publisher, publish
from producers.simulator import Shape, season
from schemas.settings import Settings
from sinks.ledger.migrations import upgrade

LIMIT_S = 900.0
POLL_S = 0.05
PARTS = 4  # the run is told in so many parts, to show that it does not slow down as tables grow


class Moment(NamedTuple):
    """How far the ledger is, and the CPU seconds of its process and of Postgres so far."""

    records: int
    at: float
    sink_cpu: float
    server_cpu: float


def measure(settings: Settings, records: int, seed: int, console: Console) -> None:
    """Publish a season, let the ledger write it into a database of its own, and print what was measured."""
    ensure(settings)
    console.print(f"publishing {records:,} records, seed {seed} …")
    with Publisher(settings) as publisher:
        publish(publisher, season(seed, records, shape=Shape(partitions=settings.partitions)))
    with scratch_database(settings) as mine, service("ledger", mine) as process:
        moments = list(_watch(mine, process, records))
        memory = process.memory_info().rss / 2**20
        with create_engine(mine.database_url).connect() as connection:
            [(events, size)] = connection.execute(text(
                "SELECT (SELECT count(*) FROM events), pg_database_size(current_database()) / 1048576")).all()
    console.print(_table(moments, seed))
    console.print(f"{events:,} events; {memory:,.0f} MB in the ledger's process; {size:,} MB in Postgres.")


@contextmanager
def scratch_database(settings: Settings) -> Iterator[Settings]:
    """Settings with an empty ledger of this run on the same server, dropped afterwards.

    Raises:
        sqlalchemy.exc.DBAPIError: the server is away, or its user may not make databases.
    """
    url = make_url(settings.database_url)
    name = f"bench_{os.getpid()}"
    try:
        with _server(url) as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        own = url.set(database=name).render_as_string(hide_password=False)
        upgrade(own)
        yield msgspec.structs.replace(settings, database_url=own, ledger_port=0)
    finally:
        with _server(url) as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def _server(url: URL) -> Iterator[Connection]:
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


def _watch(settings: Settings, process: psutil.Process, records: int) -> Iterator[Moment]:
    """The first moment with any records, and one after each part of the others."""
    deadline, due = time.monotonic() + LIMIT_S, 1
    with create_engine(settings.database_url, isolation_level="AUTOCOMMIT").connect() as connection:
        postmaster = _postmaster(connection)
        while due <= records:
            if time.monotonic() > deadline:
                raise InfraError(f"The ledger did not write {records:,} records in {LIMIT_S:.0f} s.")
            time.sleep(POLL_S)
            written = _written(connection)
            if written >= due:
                yield Moment(written, time.monotonic(), sum(process.cpu_times()[:2]), _cpu(postmaster))
                due = next((part for n in range(1, PARTS + 1) if (part := records * n // PARTS) > written), records + 1)


def _written(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT coalesce(sum(next_offset), 0) FROM positions")) or 0)


def _postmaster(connection: Connection) -> psutil.Process | None:
    """The server's first process, if it runs on this machine and shares its process numbers."""
    backend = connection.scalar(text("SELECT pg_backend_pid()"))
    try:
        parent = psutil.Process(backend).parent()
    except psutil.NoSuchProcess:
        return None
    return parent if parent is not None and parent.name().startswith("postgres") else None


def _cpu(postmaster: psutil.Process | None) -> float:
    """CPU seconds of all processes of the server; those that ended are in their parent's account."""
    if postmaster is None:
        return float("nan")
    own = postmaster.cpu_times()
    total = sum(own[:4])
    for child in postmaster.children():
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:  # ended meanwhile
            continue
    return total


def _table(moments: list[Moment], seed: int) -> Table:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, seed {seed}"
    table = Table("records", "records/s", "per CPU second of the ledger", "ledger us/record", "Postgres us/record",
                  title=machine)  # fmt: skip
    parts = list(pairwise(moments))
    for label, (begun, ended) in [*((f"to {b.records:,}", (a, b)) for a, b in parts),
                                  ("all", (moments[0], moments[-1]))]:  # fmt: skip
        records, seconds = ended.records - begun.records, ended.at - begun.at
        sink, server = ended.sink_cpu - begun.sink_cpu, ended.server_cpu - begun.server_cpu
        table.add_row(label, f"{records / seconds:,.0f}", f"{records / max(sink, POLL_S):,.0f}",
                      f"{sink / records * 1e6:.1f}", f"{server / records * 1e6:.1f}")  # fmt: skip
    return table
