"""Processes under measurement: their figures come from their own /metrics page and from the kernel."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import psutil
from prometheus_client.parser import text_string_to_metric_families

from infra.errors import InfraError
from schemas import metrics
from schemas.settings import PREFIX, Settings

REST_S = 3.0  # for what was published last to be counted
POLL_S = 0.25  # to ask a service for its page costs it some ms, which the loops beside it do not spend


class Figures(NamedTuple):
    """What a run took: records, seconds and CPU seconds from the first record on, the largest memory in MB."""

    records: float
    seconds: float
    cpu_seconds: float
    rss_mb: float

    @property
    def per_second(self) -> float:
        """Records per second."""
        return self.records / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Records per second of CPU."""
        return self.records / self.cpu_seconds


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process has these settings."""
    fields = msgspec.structs.asdict(settings)
    return {**os.environ, **{PREFIX + name.upper(): str(value) for name, value in fields.items()}}


def run_case(name: str, settings: Settings) -> Figures:
    """Run a loop of `cases` in its own process.

    Raises:
        InfraError: it failed; its last lines are in the text.
    """
    command = [sys.executable, "-m", "infra.benchmarks.cases", name]
    done = subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise InfraError(f"The case {name} failed: {done.stderr[-2000:]}")
    told: Mapping[str, float] = msgspec.json.decode(lines[-1])
    return Figures(told["records"], told["seconds"], told["cpu_seconds"], told["rss_mb"])


@contextmanager
def service(name: str, settings: Settings, *more: str) -> Iterator[psutil.Process]:
    """A service of ours in the foreground of its own process; stopped by SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.cli", name, *more],
        env=environment(settings),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def samples(port: int, name: str) -> float:
    """The sum of a metric's samples on a page of this machine; 0 while the page is not there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
            text = page.read().decode()
    except (URLError, ConnectionError, TimeoutError):
        return 0.0
    found = (s for family in text_string_to_metric_families(text) for s in family.samples if s.name == name)
    return sum(sample.value for sample in found)


def await_counted(settings: Settings, events: int, limit_s: float) -> None:
    """Return when the gauges show so many events, and the ledger wrote as many since its start.

    Raises:
        InfraError: they did not in time.
    """
    deadline = time.monotonic() + limit_s
    while (samples(settings.gauges_port, metrics.CONSERVATION_METRICS["events"].name) < events
           or samples(settings.ledger_port, metrics.LEDGER_ROWS.name) < events):  # fmt: skip
        if time.monotonic() > deadline:
            raise InfraError(f"{events:,} events were not counted in {limit_s:.0f} s.")
        time.sleep(2)


def state_per_record(settings: Settings, publish: Callable[[], int]) -> float:
    """The bytes of state that the counter writes for each of the records that are published, so many as is returned."""
    before = samples(settings.counter_port, metrics.COUNTER_CHECKPOINT_BYTES.name)
    published = publish()
    time.sleep(REST_S + settings.checkpoint_s)
    return (samples(settings.counter_port, metrics.COUNTER_CHECKPOINT_BYTES.name) - before) / published


def largest_mb(process: psutil.Process) -> float:
    """The largest resident memory of a process so far in MB, as Linux keeps it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def until_counted(process: psutil.Process, port: int, metric: str, records: int, limit_s: float) -> Figures:
    """Watch a service count `records`: time and CPU from the first poll that saw any on.

    Raises:
        InfraError: it did not reach them in time.
    """
    began = time.monotonic()
    start: tuple[float, float, float] | None = None
    while time.monotonic() - began < limit_s:
        seen = samples(port, metric)
        now, cpu = time.monotonic(), sum(process.cpu_times()[:2])
        if seen and start is None:
            start = (seen, now, cpu)
        if seen >= records and start is not None:
            memory = process.memory_info().rss / 2**20
            return Figures(seen - start[0], max(now - start[1], POLL_S), max(cpu - start[2], POLL_S), memory)
        time.sleep(POLL_S)
    raise InfraError(f"Only {samples(port, metric):,.0f} of {records:,} records were counted in {limit_s:.0f} s.")


def while_all_count(
    processes: Sequence[psutil.Process], ports: Sequence[int], metric: str, replays: str, limit_s: float
) -> Figures:
    """Watch several services of one group from when each counts until one of them has nothing left.

    What is read again after a rebalance is no work done, so it is left out (`replays`).

    Raises:
        InfraError: they never all counted at once.
    """
    began = time.monotonic()
    seen: list[tuple[list[float], float, float]] = []
    while time.monotonic() - began < limit_s:
        counted = [samples(port, metric) - samples(port, replays) for port in ports]
        cpu = sum(sum(process.cpu_times()[:2]) for process in processes)
        moved = not seen or all(now > then for now, then in zip(counted, seen[-1][0], strict=True))
        if moved and all(counted):
            seen.append((counted, time.monotonic(), cpu))
        elif len(seen) > 2:
            first, last = seen[0], seen[-1]
            memory = max(process.memory_info().rss for process in processes) / 2**20
            return Figures(sum(last[0]) - sum(first[0]), last[1] - first[1], last[2] - first[2], memory)
        else:
            seen.clear()
        time.sleep(2 * POLL_S)
    raise InfraError(f"The {len(ports)} services never counted at the same time in {limit_s:.0f} s.")
