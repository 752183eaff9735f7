"""What the counter published against what the oracle expects, every counter both ways. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from infra.reconcile.figures import of_total
from infra.reconcile.report import Difference, Figure, differences
from producers.simulator import Expected
from schemas.totals import Total

SIDES = "totals and oracle"


class Check(msgspec.Struct, frozen=True):
    """`compared` of the oracle's `expected` counters were found on a total; `others` are figures of conservation,
    holes and rejects that were compared besides."""

    expected: int
    compared: int
    others: int
    mismatches: list[Difference]

    @property
    def passes(self) -> bool:
        """Whether every counter that there must be was compared, and nothing differs."""
        return self.expected > 0 and self.compared == self.expected and not self.mismatches


def check(expected: Expected, totals: Mapping[str, Total], rejected: Mapping[str, int]) -> Check:
    """Compares totals and rejected records (origins by reason) with a recount of what was published."""
    found: list[Difference] = []
    compared = others = 0
    for unit in sorted(expected.counters.keys() | totals.keys()):
        counters: dict[Figure, int] = {
            (measure, kind): value
            for measure, kinds in expected.counters.get(unit, {}).items() for kind, value in kinds.items()}
        besides = {(name, ""): value for name, value in expected.conservation.get(unit, {}).items() if value}
        besides |= {("holes", name): value for name, value in expected.holes.get(unit, {}).items() if value}
        total = totals.get(unit)
        published = {} if total is None else of_total(total)
        for name in ("latest_event", "latest_receipt"):  # the oracle knows no times
            published.pop((name, ""), None)
        if total is not None:
            compared += len(counters)
            others += len(besides)
        found += differences(SIDES, unit, published, counters | besides)
    reasons = {("rejected", reason): count for reason, count in expected.rejected.items() if count}
    found += differences(SIDES, "all", {("rejected", reason): count for reason, count in rejected.items()}, reasons)
    wanted = sum(len(kinds) for measures in expected.counters.values() for kinds in measures.values())
    return Check(wanted, compared, others + len(reasons), found)
