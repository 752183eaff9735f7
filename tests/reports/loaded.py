"""A decision of the future for tests: two communes of Lâm Đồng become one."""

from __future__ import annotations

from datetime import UTC, date, datetime

from schemas.places import Level, LoadedSuccession, LoadedUnit, Loading, Places, Share, dated, load

MERGED = date(2027, 1, 1)


def merger() -> Places:
    """The committed map, and on it that 2025-07:24848 and 2025-07:24853 become 2027-01:24848."""
    decided = {"decision": "1/NQ-UBTVQH", "decided": date(2026, 10, 1)}
    new = LoadedUnit(line=2, unit="2027-01:24848", level=Level.COMMUNE, name="Xã Mới", parent="2025-07:68",
                     valid_from=MERGED, **decided)  # type: ignore[arg-type]  # the decision's two fields
    ends = [
        LoadedSuccession(line=line, former=former, successor=new.unit, share=Share.WHOLE, effective=MERGED,
                         **decided)  # type: ignore[arg-type]  # the same
        for line, former in ((3, "2025-07:24848"), (4, "2025-07:24853"))
    ]  # fmt: skip
    loading = Loading(loading="merger", written=datetime(2026, 10, 2, tzinfo=UTC), undone=False, units=[new],
                      successions=ends)  # fmt: skip
    made = dated(load(), [loading])
    assert not made.set_aside
    return made.places
