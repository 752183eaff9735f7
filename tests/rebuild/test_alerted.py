"""From a figure that is wrong to the one who is called: named within one comparison, alerted, mended, resolved."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from infra.instance import Instance
from infra.stack import Stack
from infra.stack.ports import choose
from infra.stack.prometheus import Prometheus
from producers.simulator import Record
from schemas.partition import partition_of
from schemas.settings import Settings
from tests.rebuild.test_command import agrees, rebuild
from tests.reconcile.asking import newest, publish_total
from tests.reconcile.conftest import PARTITIONS, PATIENCE_S, play
from tests.reconcile.test_places import BEFORE, leaflets
from tests.reconcile.test_watching import watching

ALERT, SIDES = "ReconciliationDifference", "totals and ledger"
SUM = "SELECT unit, topic, source, seq FROM event_log WHERE type = 'leaflet.distributed' ORDER BY happened LIMIT 1"
SKIPPED = leaflets(BEFORE, "/tablets/skipped", 1)


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    """Prometheus with the shipped rules."""
    instance = Instance(tmp_path / "watched")
    instance.logs.mkdir(parents=True)
    server = Prometheus(instance, {"prometheus": choose([])})
    server.start()
    yield server
    server.stop()


def test_a_deleted_row_a_skipped_offset_and_a_changed_total_are_named_alert_and_are_mended_by_a_rebuild(
    running: Settings, records: list[Record], stack: Stack, prometheus: Prometheus, tmp_path: Path
) -> None:
    play(running, records)
    agrees(running)
    database = running.database_url.partition("?")[0].rpartition("/")[2]
    with watching(running, tmp_path / "log") as (process, page):
        prometheus.scrape("reconcile", [urlsplit(page).netloc])
        until(lambda: latest(process.program.log).get("agrees"), "all agree")
        lost = delete_a_row(stack, database)
        skip_an_offset(running, stack, database)
        forged = change_a_total(running, {lost.split()[1], BEFORE})

        report = until(lambda: all_three(latest(process.program.log), lost, forged), "all three are named at once")
        assert {each["sides"] for each in report["differences"]} >= {SIDES, "log and ledger"}
        until(lambda: SIDES in firing(prometheus), "the alert fires")

        swapped = rebuild(running, "--swap", "--patience=60")
        assert swapped.exit_code == 0, swapped.output
        assert "The ledger: 2 records read again" in swapped.output
        until(lambda: latest(process.program.log).get("agrees"), "all agree again")
        until(lambda: not firing(prometheus), "the alert is resolved")
    agrees(running)


def delete_a_row(stack: Stack, database: str) -> str:
    """An event that the ledger loses, as the comparison names it."""
    [(unit, topic, source, seq)] = stack.postgres.query(SUM, database)
    stack.postgres.execute(f"DELETE FROM events e USING streams s WHERE s.id = e.stream AND s.unit = '{unit}' "
                           f"AND s.topic = '{topic}' AND s.source = '{source}' AND e.seq = {seq}", database)
    return f"{source} {unit} {seq}"


def skip_an_offset(settings: Settings, stack: Stack, database: str) -> None:
    """The ledger is told that it has the next record of a partition, and so never takes it."""
    topic, partition = SKIPPED[0].topic, partition_of(BEFORE.encode(), PARTITIONS)
    stack.postgres.execute("UPDATE positions SET next_offset = next_offset + 1 "
                           f"WHERE topic = '{topic}' AND partition = {partition}", database)
    play(settings, SKIPPED)


def change_a_total(settings: Settings, others: set[str]) -> str:
    """A unit, none of the others, whose total has five leaflets too many."""
    forged = next(total for unit, total in newest(settings).items()
                  if unit not in others and total.counters.get("leaflets"))
    counters = forged.counters | {"leaflets": {"": forged.counters["leaflets"][""] + 5}}
    publish_total(settings, msgspec.structs.replace(forged, counters=counters))
    return forged.unit


def all_three(report: dict[str, Any], lost: str, forged: str) -> dict[str, Any] | None:
    """The report, if it names each by unit, measure and event."""
    found = report.get("differences", [])
    leaflets_of = {each["place"]: each["behind"] for each in found if each["sides"] == SIDES
                   and each["figure"] == "leaflets"}
    lacking = {each["left"] for each in found if each["sides"] == "log and ledger" and each["right"] is None}
    skipped = f"/tablets/skipped {BEFORE} 1"
    named = (leaflets_of.keys() == {lost.split()[1], BEFORE, forged} and lacking == {lost, skipped}
             and lost in leaflets_of[lost.split()[1]][0] and skipped in leaflets_of[BEFORE][0]
             and leaflets_of[forged][0].startswith("leaflet.distributed"))  # fmt: skip
    return report if named else None


def latest(log: Path) -> dict[str, Any]:
    """What the last comparison found; nothing before the first."""
    said = [line for line in log.read_text().splitlines() if line.startswith("{")]
    found: dict[str, Any] = json.loads(said[-1]) if said else {}
    return found


def firing(prometheus: Prometheus) -> set[str]:
    """Which sides the alert is about, while it fires."""
    with urllib.request.urlopen(f"{prometheus.url}/api/v1/alerts", timeout=30) as answer:
        alerts = json.load(answer)["data"]["alerts"]
    return {alert["labels"]["sides"] for alert in alerts
            if alert["labels"]["alertname"] == ALERT and alert["state"] == "firing"}


def until(look: Callable[[], Any], what: str) -> Any:
    """What `look` finds, once it is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.2)
    return found
