"""An installation of a test's own with a running counter, and the commands of an operator."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from typer.testing import CliRunner

from infra.bus import Newest, connect
from infra.cli import app
from infra.stack.process import Process, Program
from infra.topics import ensure
from producers.publisher import Publisher, publish
from producers.simulator import Record
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from tests.services import environment_of

PARTITIONS = 3
PATIENCE_S = 60.0  # far above what is ever needed
WHO = ("--by", "ops.lan", "--why", "software-fault")
T = TypeVar("T")
Counters = Mapping[str, Mapping[str, Mapping[str, int]]]


def installation(bootstrap: str, prefix: str, folder: Path, **more: Any) -> Settings:
    """Settings of an installation of its own, with its topics."""
    settings = Settings(bootstrap=bootstrap, topic_prefix=prefix, partitions=PARTITIONS, counter_port=0, ledger_port=0,
                        data_dir=str(folder), checkpoint_s=0.3, **more)  # fmt: skip
    ensure(settings, 1)
    return settings


def command(settings: Settings, *arguments: str) -> tuple[str, ...]:
    """The command line of `fieldtally`; the environment is the caller's to give."""
    assert settings.topic_prefix
    return (sys.executable, "-P", "-m", "infra.cli", *arguments)


@contextmanager
def service(name: str, settings: Settings, folder: Path) -> Iterator[Process]:
    """One of our services for the time of the context; it must not have ended by itself."""
    process = Process(Program(name, command(settings, name), folder / f"{name}.log", environment_of(settings)))
    process.spawn()
    try:
        yield process
        assert process.running, (folder / f"{name}.log").read_text()[-3000:]
    finally:
        process.stop()


def play(settings: Settings, records: Iterable[Record]) -> None:
    """Publishes records in their order."""
    with Publisher(settings) as publisher:
        publish(publisher, records)


class Operator:
    """The commands that mend, as an operator gives them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, *arguments: str, fails: bool = False, given: str | None = None) -> str:
        done = CliRunner().invoke(app, list(arguments), env=environment_of(self.settings), input=given)
        assert (done.exit_code != 0) == fails, f"{arguments}: {done.output} {done.exception!r}"
        return f"{done.output}{done.exception or ''}"

    def rejected(self, *arguments: str) -> list[dict[str, Any]]:
        """Rejected events as `list --json` has them."""
        found: list[dict[str, Any]] = json.loads(self("rejected", "list", "--json", *arguments))
        return found

    def await_rejected(self, number: int, *arguments: str) -> dict[str, dict[str, Any]]:
        """Rejected events by origin, once there are so many."""
        found = until(lambda: each if len(each := self.rejected(*arguments)) >= number else None, f"{number} rejected")
        assert len(found) == number
        return {each["origin"]: each for each in found}

    def fix(self, origin: str, patch: object, *options: str, fails: bool = False) -> str:
        """Mends one event by a patch."""
        return self("rejected", "fix", origin, "--patch", "-", *WHO, *options, given=json.dumps(patch), fails=fails)


def ends(settings: Settings) -> int:
    """How many records the field topics have."""
    with connect(settings) as bus:
        return sum(bus.ends(bus.places(FIELD_TOPICS)).values())


def counted(settings: Settings) -> tuple[Counters, int]:
    """The live counters of each unit that has any, and how many events they rest on."""
    with connect(settings) as bus:
        newest = Newest(bus)
        newest.read_on()
    events = sum(total.conservation.events for total in newest.totals.values())
    return {unit: total.counters for unit, total in newest.totals.items() if total.counters}, events


def await_counted(settings: Settings, wanted: Counters, events: int) -> None:
    """Waits until the live counters are these, from so many events."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := counted(settings)) != (wanted, events):
        assert time.monotonic() < deadline, differing(found[0], wanted) or (found[1], events)
        time.sleep(0.1)


def differing(found: Counters, wanted: Counters) -> list[tuple[str, object, object]]:
    """Units whose counters differ."""
    return [(unit, found.get(unit), wanted.get(unit)) for unit in sorted({*found, *wanted})
            if found.get(unit) != wanted.get(unit)]


def until(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)
    return found
