"""How often things go wrong in a season, and how large its field force is."""

from __future__ import annotations

import msgspec


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """Rates from 0 to 1: of records for the first four, of happenings for the others.

    Every fault comes on top of what happened (a void takes back something recorded twice, a correction mends something
    typed wrong, a lost record is an additional one), so that the programmes' figures come out in spite of all.
    """

    duplicates: float = 0.10
    disorder: float = 0.15
    """Delivered up to two hours late."""
    late: float = 0.01
    """Delivered days to weeks late."""
    conflicts: float = 0.003
    """Another event with a number that is already used, soon after or months later."""
    corrections: float = 0.02
    """With chains, rivals, voids by mistake and wrongly carried originals among them."""
    voids: float = 0.012
    """With voids before the original, voids twice, rivals and revisions of revisions among them."""
    lost: float = 0.004
    """Numbers that never come; some are withdrawn, some revised all the same."""
    rubbish: float = 0.01
    """Records that are no valid events, of every reason."""

    def records_per_happening(self) -> float:
        """About how many records come of one happening."""
        revised = 1 + 1.4 * self.corrections + 2.4 * self.voids
        return (revised + self.rubbish * 1.2 + self.lost * 0.8) * (1 + self.duplicates + self.conflicts)


NO_FAULTS = Faults(duplicates=0, disorder=0, late=0, conflicts=0, corrections=0, voids=0, lost=0, rubbish=0)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The size of a season beside its number of records."""

    tablets_per_commune: int = 2
    """For each of 158 old communes; twice as many in Lạc Dương."""
    households_per_commune: int = 400
    """Registered households of daily life in each commune, beside those of the programmes."""
    partitions: int = 12
    """Of every topic; needed to put a record in the wrong one."""
