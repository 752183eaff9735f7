"""One comparison of all sides, in the order in which they can be frozen: log, ledger, page, totals, then the figures.

Events may flow all the while: the log is taken as it was at the start, each total at the positions that it states,
the page at the offsets that it states. What is behind is waited for, a bounded time, and then it is a failure.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from infra.bus import Newest, Place, uncovered
from infra.bus import connect as connect_bus
from infra.reconcile import checks, gauges, log
from infra.reconcile.frame import Round, named
from infra.reconcile.ledger import connect as connect_ledger
from infra.reconcile.report import Report
from infra.reconcile.totals import compare_totals
from infra.reconcile.waiting import Tell, wait
from producers.office.places import current_map
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from schemas.totals import Total

PATIENCE_S = 30.0
"""How long a side may be behind: a checkpoint delivers rejects every 5 s, all else takes about a second."""


def reconcile(settings: Settings, *, unit: str | None = None, deep: bool = False, patience_s: float = PATIENCE_S,
              tell: Tell = lambda _: None) -> Report:
    """Compares log, ledger, live totals and gauges, of one unit or of all; `deep` reads the whole log too.

    Raises:
        InfraError: Kafka lacks a topic, or a record of the totals is no total.
        KafkaError, sqlalchemy.exc.OperationalError: Kafka or Postgres does not answer.
    """
    started, report = time.monotonic(), Report()
    with connect_bus(settings) as bus, connect_ledger(settings.database_url) as ledger:
        this = Round(settings, bus, ledger, report, patience_s, tell, unit, current_map(settings).places)
        if _log_can_be_compared(this):
            _compare(this, deep)
    report.seconds = time.monotonic() - started
    return report


def _compare(this: Round, deep: bool) -> None:
    newest = Newest(this.bus)
    _await_totals(this, newest)
    page = gauges.await_page(this)
    chosen = {unit: total for unit, total in newest.totals.items() if this.unit in (None, unit)}
    checks.totals_themselves(this, newest)
    reached = _await_ledger_at(this, chosen)
    this.returned = checks.Rejects(this.bus).read_on().returned
    suspects = checks.ledger_itself(this)
    lost = log.compare(this, {place: this.ends[place] for place in (this.ends if deep else suspects)})
    compare_totals(this, reached, lost)
    checks.rejects(this, newest.totals)
    if page is not None:
        on_page = Newest(this.bus)
        on_page.read_to(page.offsets)
        gauges.compare(this, page, on_page.totals)


def _log_can_be_compared(this: Round) -> bool:
    """Takes the log's ends, and waits until the ledger has all before them."""
    this.tell("Asking the log for its end")
    places = this.bus.places(FIELD_TOPICS)
    beginnings, this.ends = this.bus.beginnings(places), this.bus.ends(places)
    if not any(this.ends.values()):
        this.fail("The log is empty: there is nothing to compare.")
        return False
    if cut := [place for place, first in beginnings.items() if first]:
        this.fail(f"The log was cut: {named(cut)} do not begin at offset 0, so nothing can be "
                                    "counted anew from it.")
        return False
    behind = wait(lambda: _behind(this.ends, this.ledger.positions()), this.patience("ledger"),
                  lambda missing: this.tell(f"Waiting for the ledger: {sum(missing.values()):,} records behind"))
    if behind == {place: end for place, end in this.ends.items() if end}:
        this.stall("ledger", "The ledger is empty although the log holds "
                                    f"{sum(this.ends.values()):,} records: is it running (`fieldtally ledger`)?")
    elif behind:
        this.stall("ledger", f"The ledger lags: after {this.patience_s:.0f} s it was still "
                                    f"{sum(behind.values()):,} records behind the log as it was at the start, in "
                                    f"{named(behind)}.")
    return True


def _behind(ends: Mapping[Place, int], positions: Mapping[Place, int]) -> dict[Place, int]:
    return {place: end - at for place, end in ends.items() if (at := positions.get(place, 0)) < end}


def _await_totals(this: Round, newest: Newest) -> None:
    """Waits until the totals cover every record of the log at the start that the ledger has."""
    last = this.ledger.last_records(this.ends)
    if this.unit is not None:
        last = {unit: offsets for unit, offsets in last.items() if unit == this.unit}

    def look() -> dict[str, dict[int, int]]:
        newest.read_on()
        return uncovered(newest.totals, last)

    missing = wait(look, this.patience("totals"),
                   lambda units: this.tell(f"Waiting for the totals of {len(units):,} units"))
    if not newest.totals:
        this.stall("totals", "There are no totals although the log holds records: is the counter running "
                             "(`fieldtally counter`)?")
    elif absent := [unit for unit in missing if unit not in newest.totals]:
        this.stall("totals", f"No total although the log holds their records: {named(absent)}.")
    if stale := [unit for unit in missing if unit in newest.totals]:
        first = stale[0]
        topic, offset = next(iter(missing[first].items()))
        place = Place(FIELD_TOPICS[topic], partition_of(first.encode(), this.settings.partitions))
        this.stall("totals",
            f"The counter lags: after {this.patience_s:.0f} s the totals of {named(stale)} did not cover the log as "
            f"it was at the start; the total of {first} covers {place} to offset "
            f"{newest.totals[first].positions[topic]}, and the log holds its record at {offset}.")


def _await_ledger_at(this: Round, totals: Mapping[str, Total]) -> dict[str, Total]:
    """The totals whose positions the ledger has reached; the others are named as a failure."""

    def look() -> dict[str, Total]:
        at = this.ledger.positions()
        return {unit: total for unit, total in totals.items() if _behind(this.covered(total), at)}

    missing = wait(look, this.patience("ledger"),
                   lambda units: this.tell(f"Waiting for the ledger to reach the totals of {len(units):,} units"))
    if missing:
        this.stall("ledger", f"The ledger lags: after {this.patience_s:.0f} s it had not reached the positions "
                                    f"that the totals of {named(missing)} state; these were not compared.")
    return {unit: total for unit, total in totals.items() if unit not in missing}

