"""A reconnect storm: every tablet of a fleet sends a month's events to one gateway in the same moment.

Gateway, broker and tablets share the machine; the counter starts after the storm, so that each figure is of one thing.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from infra.benchmarks.fleet import fleet
from infra.benchmarks.measured import service
from infra.benchmarks.storm import Storm
from infra.bus import Newest, connect
from infra.errors import InfraError
from infra.stack.ports import HOST, choose
from infra.topics import ensure
from producers.publisher import Publisher
from producers.simulator.record import Record
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import ENROLMENTS, TOTALS

READY_S, COUNTED_S, POLL_S = 120.0, 600.0, 0.2
ADMITTED_S = 2.0  # the aim for p99 of admitted requests


def measure(settings: Settings, tablets: int, events: int, seed: int, console: Console) -> None:
    """Enrol a fleet, let all of it come back at once, then count; print what was measured.

    Raises:
        InfraError: gateway or counter did not get there.
    """
    ensure(settings)
    with TemporaryDirectory() as folder:
        key = Path(folder) / "pseudonym.key"
        key.write_text(token_hex(32))
        mine = msgspec.structs.replace(
            settings, gateway_port=choose([settings.gateway_port]), gateway_host=HOST, counter_port=0,
            pseudonym_key_file=str(key),
        )  # fmt: skip
        _measure(mine, tablets, events, seed, console)


def _measure(mine: Settings, tablets: int, events: int, seed: int, console: Console) -> None:
    url = f"http://{HOST}:{mine.gateway_port}"
    _enrol(mine, tablets, events, seed)
    with service("gateway", mine) as gateway, _storm(url, tablets, events, seed) as storm:
        _await_ready(url, gateway)
        console.print(f"{tablets:,} tablets with {events:,} events each come back at once, seed {seed} …")
        with _peak(gateway) as peak:
            cpu = sum(gateway.cpu_times()[:2])
            seen = storm(gateway)
            cpu = sum(gateway.cpu_times()[:2]) - cpu
        console.print(_table(seen, tablets, cpu, peak[0]))
        if seen.accepted < tablets * events:
            raise InfraError(f"Only {seen.accepted:,} of {tablets * events:,} events were accepted.")
        started = time.monotonic()
        with service("counter", mine):
            counted = _await_counted(mine, tablets * events)
    console.print(f"counted exactly: {counted:,} events, {time.monotonic() - started:.1f} s after the counter's start.")


def _enrol(settings: Settings, tablets: int, events: int, seed: int) -> None:
    """Enrol the fleet, in the bus' own records: enrolment over HTTP is not what is measured."""
    with Publisher(settings, say=lambda _: None) as publisher:
        for tablet in fleet(tablets, events, seed):
            digest, records = tablet.enrolment()
            partition = partition_of(digest, settings.partitions)
            for key, value in records:
                publisher.send(Record(ENROLMENTS, key, value, partition, [], "office"))


@contextmanager
def _storm(url: str, tablets: int, events: int, seed: int) -> Iterator[Callable[[psutil.Process], Storm]]:
    """The tablets, in a process of their own; called, they come back, and what they saw is returned."""
    command = [sys.executable, "-m", "infra.benchmarks.storm", url, str(tablets), str(events), str(seed)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    out = process.stdout
    out.readline()  # they are ready

    def start(gateway: psutil.Process) -> Storm:
        asked: str | None = "go\n"
        while gateway.is_running() and gateway.status() != psutil.STATUS_ZOMBIE:
            try:
                said = process.communicate(asked, timeout=1.0)[0]
            except subprocess.TimeoutExpired:
                asked = None  # it was said, and is not said again
                continue
            if process.returncode:
                break
            return msgspec.json.decode(said, type=Storm)
        raise InfraError("The gateway or the tablets ended in the storm: run `fieldtally gateway` to see why.")

    try:
        yield start
    finally:
        process.kill()
        process.wait()


def _await_ready(url: str, gateway: psutil.Process) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and gateway.is_running():
        try:
            with urlopen(f"{url}/readyz", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(POLL_S)
    raise InfraError(f"The gateway was not ready in {READY_S:.0f} s: run `fieldtally gateway` to see why.")


@contextmanager
def _peak(process: psutil.Process) -> Iterator[list[float]]:
    """The largest memory in MB that a process had meanwhile."""
    found, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(POLL_S):
            found[0] = max(found[0], process.memory_info().rss / 2**20)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield found
    finally:
        stop.set()
        watching.join()


def _await_counted(settings: Settings, events: int) -> int:
    """Wait until the totals of all units add up to so many events."""
    deadline, counted = time.monotonic() + COUNTED_S, 0
    with connect(settings) as bus:
        newest = Newest(bus)
        while time.monotonic() < deadline:
            newest.read_to(bus.ends(bus.places([TOTALS])))
            counted = sum(total.conservation.events for total in newest.totals.values())
            if counted >= events:
                return counted
            time.sleep(POLL_S)
    raise InfraError(f"Only {counted:,} of {events:,} events were counted in {COUNTED_S:.0f} s.")


def _table(seen: Storm, tablets: int, cpu: float, peak: float) -> Table:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    table = Table("what", "measured", title=machine)
    asked = sum(seen.statuses.values())
    table.add_row("accepted events", f"{seen.accepted:,}")
    table.add_row("seconds until all were accepted", f"{seen.seconds:.1f}")
    table.add_row("accepted events per second", f"{seen.accepted / seen.seconds:,.0f}")
    table.add_row("accepted events per CPU second of the gateway", f"{seen.accepted / max(cpu, POLL_S):,.0f}")
    table.add_row("admitted batches, p50 / p99 / max s", _shares(seen.batches))
    table.add_row(f"of these within {ADMITTED_S:.0f} s", f"{_within(seen.batches):.1%}")
    table.add_row("refused batches, p50 / p99 / max s until told", _shares(seen.refused_after))
    table.add_row("tablets' waits, p50 / p99 / worst s", _shares(seen.waits))
    table.add_row("requests per tablet", f"{asked / tablets:.1f}")
    table.add_row("answers", ", ".join(f"{count:,} x {status}" for status, count in sorted(seen.statuses.items())))
    table.add_row("receipts other than accepted", str(seen.other_receipts or "none"))
    table.add_row("largest memory of the gateway, MB", f"{peak:,.0f}")
    return table


def _within(batches: list[float]) -> float:
    return sum(took <= ADMITTED_S for took in batches) / max(1, len(batches))


def _shares(times: list[float]) -> str:
    ordered = sorted(times)
    if not ordered:
        return "none"
    return " / ".join(f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.2f}" for share in (0.5, 0.99, 1.0))
