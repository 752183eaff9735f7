"""What must hold within one side (conservation, figures kept along the way), and between the rejects of two."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from infra.bus import Bus, Newest, Place, uncovered
from infra.reconcile.frame import Record, Round
from infra.reconcile.report import Difference
from infra.reconcile.waiting import wait
from schemas.partition import partition_of
from schemas.rejected import HEADER_REASON, HEADER_RETURNED
from schemas.topics import FIELD_TOPICS, REJECTED, TOPIC_INDEX
from schemas.totals import Total

CONSERVED = "records and what became of them"
KEPT = "the ledger's kept figures and its recount"
REJECTS = "rejected records and ledger"


def totals_themselves(this: Round, newest: Newest) -> None:
    """Laws of conservation within each total; that it lies in its unit's partition, and covers a log that is there."""
    ends = this.bus.ends(list(this.ends))
    for unit, total in newest.totals.items():
        for law in total.conservation.broken_laws():
            this.fail(f"The total of {unit} breaks a law of conservation: {law} does not hold.")
        if newest.partitions[unit] != {partition_of(unit.encode(), this.settings.partitions)}:
            this.fail(f"Totals of {unit} lie in partitions {sorted(newest.partitions[unit])}, which are not its own: "
                      "find out who wrote them.")
        if beyond := [place for place, at in this.covered(total).items() if at > ends.get(place, 0)]:
            this.fail(f"The total of {unit} covers {beyond[0]} beyond the log's end: the log was cut or replaced, or "
                      "the total is false.")


def ledger_itself(this: Round) -> list[Place]:
    """Records = events + duplicates + conflicts + rejected, and kept figures = recount; partitions that lack some."""
    this.tell("Recounting the ledger's days and presence")
    suspects = []
    for place, difference in this.ledger.unaccounted().items():
        this.report.compared[CONSERVED] = this.report.compared.get(CONSERVED, 0) + 1
        if difference:
            suspects.append(place)
            this.report.differences.append(
                Difference(sides="log and ledger", place=str(place), figure="records", left=difference, right=0))
    for row in this.ledger.inconsistencies():
        if this.unit in (None, row["unit"]):
            this.report.differences.append(Difference(
                sides=KEPT, place=row["unit"], figure=f"{row['kept_in']} {row['measure']} {row['day']}",
                kind=row["kind"], left=int(row["kept"]), right=int(row["recounted"]),
                behind=(row["subject"],) if row["subject"] else ()))
    this.report.compared[KEPT] = this.ledger.kept_figures()
    return [place for place in suspects if place in this.ends]


def rejects(this: Round, totals: Mapping[str, Total]) -> None:
    """Rejected records by their place in the log, both ways; and per partition where every record went."""
    bounds = dict(this.ends)
    for total in totals.values():
        for place, at in this.covered(total).items():
            bounds[place] = max(at, bounds.get(place, 0))
    positions = this.ledger.positions()
    bounds = {place: min(end, positions.get(place, 0)) for place, end in bounds.items()}
    wanted = {at: ruling.reason for at, ruling in this.ledger.rulings().items()
              if ruling.told and at[1] < bounds.get(at[0], 0)}
    found = Rejects(this.bus)
    wait(lambda: found.read_on().lacking(wanted), this.patience("totals"),
         lambda missing: this.tell(f"Waiting for {len(missing):,} rejected records"))
    theirs = {at: reason for at, reason in found.reasons.items() if at[1] < bounds.get(at[0], 0)}
    alike = {at: reason for at, reason in theirs.items() if at in wanted or at not in found.returned}
    for place in sorted(bounds):
        this.report.take(REJECTS, str(place), _at(place, alike), _at(place, wanted))
    if this.unit is None:
        _conservation_of_partitions(this, totals, theirs)


def _at(place: Place, reasons: Mapping[tuple[Place, int], str]) -> dict[tuple[str, str], str]:
    return {(f"rejected at offset {at[1]}", ""): reason for at, reason in reasons.items() if at[0] == place}


class Rejects:
    """The reasons of the topic of rejects by place in the log, read on as it grows."""

    def __init__(self, bus: Bus) -> None:
        self._bus, self._places = bus, bus.places([REJECTED])
        self._read = bus.beginnings(self._places)
        self.reasons: dict[Record, str] = {}
        self.returned: dict[Record, str] = {}

    def read_on(self) -> Rejects:
        """Takes all that is there now."""
        ends = self._bus.ends(self._places)
        for _, record in self._bus.read(self._read, ends):
            topic, partition, offset = record.key.decode().rsplit(":", 2)
            at, headers = (Place(topic, int(partition)), int(offset)), dict(record.headers)
            self.reasons[at] = headers.get(HEADER_REASON, b"").decode()
            if HEADER_RETURNED in headers:
                self.returned[at] = self.reasons[at]
        self._read = ends
        return self

    def lacking(self, wanted: Mapping[tuple[Place, int], str]) -> list[tuple[Place, int]]:
        """Which wanted ones have not come."""
        return [at for at in wanted if at not in self.reasons]


def rejected_by_reason(bus: Bus) -> Counter[str]:
    """How many records of the log were rejected, by reason."""
    return Counter(Rejects(bus).read_on().reasons.values())


def _conservation_of_partitions(this: Round, totals: Mapping[str, Total],
                                rejected: Mapping[tuple[Place, int], str]) -> None:
    """Events + duplicates + conflicts of all totals + rejected = positions, where the totals' positions agree."""
    by_partition: dict[int, dict[str, Total]] = defaultdict(dict)
    for unit, total in totals.items():
        by_partition[partition_of(unit.encode(), this.settings.partitions)][unit] = total
    for number, held in sorted(by_partition.items()):
        covered = {Place(topic, number): max(total.positions[index] for total in held.values())
                   for topic, index in TOPIC_INDEX.items()}
        if uncovered(held, {unit: last for unit, last in this.ledger.last_records(covered).items()
                            if unit in held}):
            continue  # a unit has records between its own total and a later one: its next total tells
        of_totals = sum(t.conservation.events + t.conservation.duplicates + t.conservation.conflicts
                        for t in held.values())
        refused = sum(1 for (place, offset), reason in rejected.items()
                      if reason != "conflict" and offset < covered.get(place, 0)
                      and (place, offset) not in this.at_first_place)
        this.report.take(CONSERVED, f"partition {number} of {len(FIELD_TOPICS)} topics",
                         {("records", ""): of_totals + refused}, {("records", ""): sum(covered.values())})
