"""Compares the ledger's database with the oracle, figure by figure."""

from __future__ import annotations

from collections import defaultdict

from producers.simulator.expected import Expected
from schemas.measures import MEASURES
from tests.ledger.conftest import Sql

CONSERVATION = (
    "events", "originals", "standing", "corrected", "voided", "revisions", "winning", "outranked", "waiting",
    "orphaned", "withdrawn", "missing", "rejected",
)  # fmt: skip


def counters(sql: Sql, units: list[str], positions: list[list[int]] | None) -> dict[str, dict[str, dict[str, int]]]:
    """`ledger_counters_at` in the oracle's form."""
    found: dict[str, dict[str, dict[str, int]]] = {unit: defaultdict(dict) for unit in units}
    for row in sql("SELECT * FROM ledger_counters_at(:units, CAST(:positions AS bigint[]))", units=units,
                   positions=positions):  # fmt: skip
        found[row.unit][row.measure][row.kind] = row.value
    return {unit: dict(measures) for unit, measures in found.items()}


def conservation(sql: Sql, units: list[str], positions: list[list[int]] | None) -> dict[str, dict[str, int]]:
    """`ledger_conservation_at` by unit."""
    rows = sql("SELECT * FROM ledger_conservation_at(:units, CAST(:positions AS bigint[]))", units=units,
               positions=positions)  # fmt: skip
    return {row.unit: dict(row._mapping) for row in rows}


def expected_conservation(expected: Expected, unit: str) -> dict[str, int]:
    """The oracle's figures with the ledger's knowledge: conflicts are told by id, however old."""
    figures, holes = expected.conservation[unit], expected.holes[unit]
    old = expected.old_conflicts.get(unit, 0)
    return (
        {name: figures[name] for name in CONSERVATION if name in figures}
        | {"missing": holes["missing"], "rejected": holes["rejected"]}
        | {"duplicates": figures["duplicates"] - old, "conflicts": figures["conflicts"] + old}
    )


def assert_agrees(sql: Sql, expected: Expected, positions: dict[str, list[int]] | None = None) -> None:
    """Counters and conservation of every unit, at positions by unit or now, equal the oracle's."""
    units = sorted(expected.counters)
    at = None if positions is None else [positions[unit] for unit in units]
    assert counters(sql, units, at) == expected.counters
    found = conservation(sql, units, at)
    assert sorted(found) == units
    for unit in units:
        wanted = expected_conservation(expected, unit)
        assert {name: found[unit][name] for name in wanted} == wanted, unit


def assert_kept_figures_agree(sql: Sql, expected: Expected) -> None:
    """What was kept along the way: per-day figures as the oracle has them, and both figures as a recount has them."""
    rows = sql("SELECT * FROM per_day WHERE value <> 0 AND measure = ANY (:live)", live=list(MEASURES))
    assert {(r.unit, r.day.isoformat(), r.measure, r.kind): r.value for r in rows} == expected.days
    assert sql("SELECT * FROM inconsistencies") == []
    assert sql("SELECT * FROM partition_conservation WHERE difference <> 0") == []
    [(records,)] = sql("SELECT sum(records) FROM partition_conservation")
    assert records == expected.records
