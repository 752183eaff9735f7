"""The demo's own installation: a folder that is fresh each time, ports that are free, one demo at a time."""

from __future__ import annotations

import os
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from infra.errors import InfraError
from infra.instance import Instance, home
from infra.stack import background
from infra.stack.ports import HOST
from infra.stack.process import Identity
from schemas.metrics import COUNTER_PARTITIONS, COUNTER_SILENT
from schemas.settings import Settings, from_env

COUNTER = "counter-1"
STOP = "FIELDTALLY_INSTANCE=demo/installation fieldtally down"


@dataclass(frozen=True)
class Site:
    """A running installation."""

    instance: Instance

    @property
    def settings(self) -> Settings:
        """What its services run with; what the user's environment says of another installation does not count."""
        return from_env(self.instance.read()["environment"])

    @property
    def restarts(self) -> int:
        """How often the supervisor started the counter again."""
        return int(self.instance.read()["restarts"][COUNTER])

    def await_counting(self, patience_s: float = 90.0) -> None:
        """Waits until the counter owns all partitions and shows what it counts.

        Raises:
            InfraError: it does not.
        """
        url = f"http://{HOST}:{self.instance.read()['ports'][COUNTER]}/metrics"
        deadline = time.monotonic() + patience_s
        while not _counts(url, self.settings.partitions):
            if time.monotonic() > deadline:
                raise InfraError(f"The counter did not begin to count within {patience_s:.0f} s: see "
                                 f"{self.instance.logs / (COUNTER + '.log')}.")
            time.sleep(0.1)

    def kill_counter(self) -> None:
        """SIGKILL to the counter, as a crash would end it; the supervisor starts it again.

        Raises:
            InfraError: it did not run.
        """
        recorded = self.instance.read()["processes"].get(COUNTER)
        if recorded is None or not (identity := Identity(**recorded)).alive:
            raise InfraError(f"The counter does not run: see {self.instance.logs / (COUNTER + '.log')}.")
        os.kill(identity.pid, signal.SIGKILL)

    def await_restarts(self, count: int, patience_s: float = 60.0) -> None:
        """Waits until the counter was started again so often.

        Raises:
            InfraError: it was not.
        """
        deadline = time.monotonic() + patience_s
        while self.restarts < count:
            if time.monotonic() > deadline:
                raise InfraError(f"The supervisor did not start the counter again within {patience_s:.0f} s: "
                                 f"see {self.instance.logs}.")
            time.sleep(0.1)


def _counts(url: str, partitions: int) -> bool:
    """Whether a counter's page says that it owns so many partitions, and none of them is still silent."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            samples = {sample.name: sample.value for family in
                       text_string_to_metric_families(answer.read().decode()) for sample in family.samples}
    except OSError:  # it is not up yet
        return False
    return samples.get(COUNTER_PARTITIONS.name) == partitions and samples.get(COUNTER_SILENT.name) == 0


@contextmanager
def fresh(keep: bool) -> Iterator[Site]:
    """A fresh installation for the time of the context, or from now on with `keep`, unless the demo fails.

    Raises:
        InfraError: another demo is under way or was kept, or something does not come up.
    """
    folder = home() / "demo"
    instance = Instance(folder / "installation")
    try:
        lock = Instance(folder).lock()
    except InfraError as error:
        raise InfraError(f"Another demo is under way in {folder}: wait for its end, or stop it.") from error
    try:
        if instance.is_up:
            raise InfraError(f"A demo that was kept is up in {folder}: `{STOP}` stops it.")
        background.stop(instance)  # what a demo that was killed left behind
        if instance.folder.exists():
            shutil.rmtree(instance.folder)
        try:
            background.start(instance, counters=1)
            yield Site(instance)
        except BaseException:
            _stop(instance)
            raise
        if not keep:
            _stop(instance)
    finally:
        lock.release()


def _stop(instance: Instance) -> None:
    """Stops everything; impatience does not leave half of it behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        background.stop(instance)
    finally:
        signal.signal(signal.SIGINT, before)
