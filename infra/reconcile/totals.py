"""Live totals against the ledger's recount at the very positions that each total states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from infra.reconcile.figures import of_total, types_behind
from infra.reconcile.frame import Record, Round
from infra.reconcile.report import Difference, Figure
from schemas.totals import Total

SIDES = "totals and ledger"
BATCH = 20  # units recounted by one question
EXPLAINED_MAX = 50  # differences whose events are looked up


def compare_totals(this: Round, totals: Mapping[str, Total], lost: Sequence[Difference]) -> None:
    """Compares every figure of these totals, both ways; `lost` are records that log and ledger do not both have."""
    found: list[Difference] = []
    units = iter(sorted(totals))
    done, repeated = 0, this.ledger.repeated(this.returned)
    while batch := list(islice(units, BATCH)):
        this.tell(f"Recounting in the ledger: {done:,} of {len(totals):,} units")
        recounted = this.ledger.recount({unit: totals[unit].positions for unit in batch})
        for unit in batch:
            _as_the_counter(this, recounted[unit], totals[unit], repeated.get(unit, ()))
            found += this.report.take(SIDES, unit, of_total(totals[unit]), recounted[unit])
        done += len(batch)
    explained = {id(each): _explained(this, each, totals[each.place], lost) for each in found[:EXPLAINED_MAX]}
    this.report.differences = [explained.get(id(each), each) for each in this.report.differences]


def _as_the_counter(this: Round, figures: dict[Figure, int], total: Total, repeated: Sequence[Record]) -> None:
    """Takes out of the duplicates the copies of parked records that this ledger has at their first place, unless the
    counter has them there as well, because it was counted anew since they were sent back."""
    covered = this.covered(total)
    copied = [(place, offset) for place, offset in repeated if offset < covered[place]]
    duplicates = figures.get(("duplicates", ""), 0)
    if not copied:
        return
    if total.conservation.duplicates == duplicates:
        this.at_first_place.update(copied)
        return
    figures["duplicates", ""] = duplicates - len(copied)
    if not figures["duplicates", ""]:
        del figures["duplicates", ""]


def _explained(this: Round, difference: Difference, total: Total, lost: Sequence[Difference]) -> Difference:
    """The difference with the events behind it: those that one side lacks, else the newest that feed the figure."""
    types = types_behind(difference.figure)
    behind = tuple(
        f"{each.kind} {each.left} at {each.figure}, which the ledger has as {each.right or 'nothing'}"
        for each in lost
        if each.place == difference.place and (not types or each.kind.startswith(types))
    ) or this.ledger.newest_events(difference.place, types, total.positions)
    return Difference(sides=difference.sides, place=difference.place, figure=difference.figure, kind=difference.kind,
                      left=difference.left, right=difference.right, behind=behind)
