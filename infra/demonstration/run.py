"""The demo from start to end: start, play and kill, wait, show, check; the steps say what they do."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from infra.bus import Newest, connect
from infra.demonstration.site import STOP, Site, fresh
from infra.demonstration.table import HIGHLIGHTS, table
from infra.demonstration.truth import Check, check
from infra.errors import InfraError
from infra.reconcile.checks import rejected_by_reason
from infra.reconcile.report import Report
from infra.reconcile.round import reconcile
from infra.stack import tools
from producers.errors import ProducersError
from producers.office.tablets import invite
from producers.publisher import Publisher, publish
from producers.simulator import Expected, Oracle, Record, Shape, season
from schemas.places import load
from schemas.totals import Total

COMMUNE, ORGANISATION, INVITED_DAYS = "2025-07:24848", "youth-union-lac-duong", 7  # of the invitation that is shown
KILLS = (0.35, 0.7)  # after these shares of the season the counter is killed
PATIENCE_S = 180.0  # for services to catch up after the last event


class Outcome(NamedTuple):
    """What the demo found: the check against the oracle, the comparison of all sides, and the live totals."""

    check: Check
    report: Report
    totals: dict[str, Total]

    @property
    def passes(self) -> bool:
        """Whether nothing differs anywhere, and nothing that there must be is missing."""
        return self.check.passes and self.report.agrees


def run(events: int, seed: int, keep: bool, console: Console) -> Outcome:
    """Plays the demo.

    Raises:
        InfraError: another demo is under way, or something does not run as it must.
    """
    started = time.monotonic()
    console.print("Starting Kafka, Postgres, Prometheus, counter, ledger, gauges and gateway, in a fresh folder of the "
                  "demo's own.", soft_wrap=True)
    with fresh(keep) as site:
        console.print(f"Up after {time.monotonic() - started:.0f} s.")
        expected = _play(site, events, seed, console)
        outcome = _judge(site, expected, console)
        if keep:
            _say_where(site, console)
    console.print(f"The demo took {time.monotonic() - started:.0f} s.")
    return outcome


def _play(site: Site, events: int, seed: int, console: Console) -> Expected:
    """Publishes the season, kills the counter on the way, and recounts what was published."""
    settings = site.settings
    oracle = Oracle(load().units.keys(), settings.partitions)
    fates: Counter[str] = Counter()
    kills = [int(events * share) for share in KILLS]

    def told() -> Iterator[Record]:
        for record in season(seed, events, shape=Shape(partitions=settings.partitions)):
            fates[oracle.feed(record.topic, record.key, record.value, record.partition).partition(":")[0]] += 1
            yield record

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    site.await_counting()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"Playing season {seed}", total=events)

        def confirmed(count: int) -> None:
            progress.update(bar, completed=count)
            if kills and count >= kills[0]:
                kills.pop(0)
                site.await_counting()
                site.kill_counter()
                console.print(f"The counter was killed (SIGKILL) after {count:,} records, while more arrive: nothing "
                              "may be lost or counted twice.", style="bold", soft_wrap=True)

        try:
            with Publisher(settings, say=console.print) as publisher:
                publish(publisher, told(), progress=confirmed)
        except ProducersError as error:
            raise InfraError(str(error)) from error
    site.await_restarts(len(KILLS))
    said = ", ".join(f"{count:,} {fate}" for fate, count in fates.most_common())
    console.print(f"Published: {said}. The supervisor started the counter again {site.restarts} times.", soft_wrap=True)
    return oracle.result()


def _judge(site: Site, expected: Expected, console: Console) -> Outcome:
    """Waits until all sides have caught up, compares them, and the totals with the oracle."""
    settings = site.settings
    with console.status("Waiting until all sides have caught up") as status:
        report = reconcile(settings, patience_s=PATIENCE_S, tell=status.update)
        with connect(settings) as bus:
            newest = Newest(bus)
            newest.read_on()
            rejected = rejected_by_reason(bus)
    console.print(table(load(), newest.totals.values()))
    console.print("Tô màu / highlighted: " + ", ".join(f"[{style}]{name}[/]" for name, style in HIGHLIGHTS.items()))
    return Outcome(check(expected, newest.totals, rejected), report, newest.totals)


def _say_where(site: Site, console: Console) -> None:
    """Where the installation that was kept answers."""
    record, settings = site.instance.read(), site.settings
    ports, url = record["ports"], record["addresses"]["database_url"]
    psql = url.replace("postgresql+psycopg2", "postgresql")
    code, _ = invite(settings, [COMMUNE], ORGANISATION, INVITED_DAYS, say=console.print)
    for what, where in {
        "Tablets": f"http://127.0.0.1:{ports['gateway']}/ (mã mời / invitation: {code}, {COMMUNE})",
        "Kafka": settings.bootstrap,
        "Prometheus": record["addresses"]["prometheus_url"],
        "Board": f"http://127.0.0.1:{ports['board']}/",
        "Mending": f"http://127.0.0.1:{ports['board']}/rejected.html (token in {settings.operator_token_file})",
        "Gauges": f"http://127.0.0.1:{ports['gauges']}/metrics",
        "Counter": f"http://127.0.0.1:{ports['counter-1']}/metrics",
        "Ledger": f"http://127.0.0.1:{ports['ledger']}/metrics",
        "SQL": f"{tools.postgres('psql')} '{psql}'",
        "Compare": f"{STOP.rpartition(' ')[0]} reconcile",
        "Stop": STOP,
    }.items():
        console.print(f"{what:<11}{where}", soft_wrap=True, highlight=False, markup=False)
