"""The gauges' page against the totals that it states it covers, rolled up to today's communes, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from infra.reconcile.checks import rejected_by_reason
from infra.reconcile.figures import CommuneKey, commune_of, of_page
from infra.reconcile.frame import Round, named
from infra.reconcile.page import Page, fetch
from infra.reconcile.report import Difference
from infra.reconcile.waiting import wait
from schemas.topics import TOTALS
from schemas.totals import Total

SIDES = "gauges and totals"
REASONS = "gauges and rejected records"
EVERYWHERE = ("0.0.0.0", "::")  # listens on all addresses, of which this machine's own is one


def await_page(this: Round) -> Page | None:
    """A page that covers all totals and rejects that are there now, or None after a failure was noted."""
    ends = {place: end for place, end in this.bus.ends(this.bus.places([TOTALS])).items() if end}
    before = rejected_by_reason(this.bus)
    url = _url(this)
    seen: list[Page | str] = []

    def look() -> str:
        seen[:] = [fetch(url)]
        if isinstance(page := seen[0], str):
            return f"it does not answer ({page})"
        if behind := [place for place, end in ends.items() if page.offsets.get(place, 0) < end]:
            return f"it does not show the latest totals of {named(behind)}"
        late = [reason for reason, count in before.items() if page.rejected.get(reason, 0) < count]
        return f"it does not show the latest rejects of reason {named(late)}" if late else ""

    if missing := wait(look, this.patience_s, lambda why: this.tell(f"Waiting for the gauges: {why}")):
        this.fail(f"The gauges at {url} cannot be compared: after {this.patience_s:.0f} s {missing}. Are they running "
                  "(`fieldtally gauges`)?")
        return None
    page = seen[0]
    assert isinstance(page, Page), "an answer that is none was waited for in vain"
    now = this.bus.ends(page.offsets)
    if beyond := [place for place, at in page.offsets.items() if at > now[place]]:
        this.fail(f"The gauges show {named(beyond)} beyond the end of the topic: it was replaced, so start them again.")
        return None
    _compare_rejects(this, page, before)
    return page


def _url(this: Round) -> str:
    host = this.settings.metrics_host
    return f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{this.settings.gauges_port}/metrics"


def compare(this: Round, page: Page, totals: Mapping[str, Total]) -> None:
    """Compares the page with the totals below the offsets that it states."""
    this.tell("Comparing the gauges")
    expected = of_page(this.places, totals.values(), this.today)
    wanted: set[CommuneKey] = expected.keys() | page.communes.keys()
    if this.unit is not None:
        wanted &= {commune_of(this.places, this.unit, this.today)}
    if not expected:
        this.fail("The gauges' page covers no totals, so nothing of it was compared.")
    for key in sorted(wanted):
        place = f"{key[0]} in {key[1]}"
        if key not in page.communes or key not in expected:
            there = key in page.communes
            this.report.differences.append(Difference(sides=SIDES, place=place, figure="on the page", left=int(there),
                                                      right=int(not there)))
        this.report.take(SIDES, place, page.communes.get(key, {}), expected.get(key, {}))


def _compare_rejects(this: Round, page: Page, before: Counter[str]) -> None:
    """Rejects by reason: the page was made between two readings of the topic, so it must lie between them."""
    after = rejected_by_reason(this.bus)
    for reason, count in sorted(page.rejected.items()):
        this.report.compared[REASONS] = this.report.compared.get(REASONS, 0) + 1
        if not before[reason] <= count <= after[reason]:
            this.report.differences.append(Difference(sides=REASONS, place="all", figure="rejected", kind=reason,
                                                      left=count, right=after[reason]))
