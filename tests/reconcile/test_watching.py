"""`fieldtally reconcile --watch`: its page for Prometheus says within a cycle which sides differ."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from infra.stack.ports import HOST, choose
from infra.stack.process import Process, Program
from schemas.settings import Settings
from tests.reconcile.conftest import PATIENCE_S, Change
from tests.services import environment_of

DIFFERENCES = "fieldtally_reconcile_differences"
Samples = dict[tuple[str, str], float]


@contextmanager
def watching(settings: Settings, log: Path) -> Iterator[tuple[Process, str]]:
    """The command for the time of the context, and where its page is."""
    port = choose([])
    settings = msgspec.structs.replace(settings, reconcile_port=port)
    line = (sys.executable, "-P", "-m", "infra.cli", "reconcile", "--watch=1", "--patience=5", "--json")
    process = Process(Program("reconcile", line, log, environment_of(settings)))
    process.spawn()
    yield process, f"http://{HOST}:{port}/metrics"
    process.kill()


def page(url: str, process: Process, holds: Callable[[Samples], bool]) -> Samples:
    """The page's samples by name and `sides`, as soon as `holds`."""
    deadline, seen = time.monotonic() + PATIENCE_S, Samples()
    while not seen or not holds(seen):
        assert process.running, process.program.log.read_text()[-2000:]
        assert time.monotonic() < deadline, seen
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                text = answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            continue
        seen = {(sample.name, sample.labels.get("sides", "")): sample.value
                for family in text_string_to_metric_families(text) for sample in family.samples}
    return seen


def test_agreement_has_a_time_and_no_difference(counted: Settings, tmp_path: Path) -> None:
    with watching(counted, tmp_path / "log") as (process, url):
        seen = page(url, process, lambda found: found["fieldtally_reconcile_agreed_timestamp_seconds", ""] > 0)
        assert {value for (name, _), value in seen.items() if name == DIFFERENCES} == {0}
        assert seen["fieldtally_reconcile_compared", "totals and ledger"] > 1_000
        assert seen["fieldtally_reconcile_failures", ""] == 0
        assert process.stop() == 0


def test_a_row_that_was_deleted_is_on_the_page_as_a_difference(with_ledger: Change, tmp_path: Path) -> None:
    one = "SELECT stream, seq FROM events WHERE type = 'leaflet.distributed' LIMIT 1"
    falsified = with_ledger("whole", f"DELETE FROM events WHERE (stream, seq) = ({one})")
    with watching(falsified, tmp_path / "log") as (process, url):
        seen = page(url, process, lambda found: any(value for (name, _), value in found.items() if name == DIFFERENCES))
        assert seen[DIFFERENCES, "totals and ledger"] > 0
        assert seen["fieldtally_reconcile_agreed_timestamp_seconds", ""] == 0


def test_a_database_that_is_away_is_a_failure_on_the_page_and_no_end(counted: Settings, tmp_path: Path) -> None:
    away = msgspec.structs.replace(counted, database_url=f"postgresql+psycopg2://nobody@{HOST}:{choose([])}/none")
    with watching(away, tmp_path / "log") as (process, url):
        page(url, process, lambda found: found["fieldtally_reconcile_failures", ""] == 1)
