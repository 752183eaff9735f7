"""The ledger's tables of the dated map: where each unit is on which day, as the one roll-up says, and what was loaded.

`units` and `successions` are in `tables`; here is what the roll-up makes of them, so that SQL only has to look it up.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Table, Text

from sinks.ledger.tables import metadata

unit_places = Table(
    "unit_places", metadata,
    Column("unit", Text, primary_key=True),
    Column("went_to", Text, primary_key=True,
           comment="'' for the unit; else one successor of a split unit: the places of villages that went there"),
    Column("since", Date, primary_key=True, comment="first day; -infinity for all before"),
    Column("until", Date, nullable=False, comment="first day after; infinity until further notice"),
    Column("commune", Text), Column("district", Text), Column("province", Text),
    Column("unresolved", Text, comment="why there is no commune, see schemas.places.Unresolved"),
    comment="Where every unit is on the map of every day: the answers of schemas.places.rollup, never made by SQL.",
)  # fmt: skip
loadings = Table(
    "loadings", metadata,
    Column("loading", Text, primary_key=True),
    Column("written", DateTime(timezone=True), nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("refused", Text, comment="why it could not hold on the map, with the line of its file; none if it holds"),
    comment="Files of decisions that were loaded onto the map (places.v1).",
)  # fmt: skip
loaded_decisions = Table(
    "loaded_decisions", metadata,
    Column("loading", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True, comment="the unit that ends; of a row that makes a unit, that unit"),
    Column("decision", Text, nullable=False), Column("decided", Date, nullable=False),
    Column("effective", Date), Column("successor", Text), Column("share", Text),
    comment="What each line of a loading states: number and date of the decision, what ends or begins, and when.",
)  # fmt: skip
asked_maps = Table(
    "asked_maps", metadata,
    Column("map", Text, primary_key=True), Column("day", Date, nullable=False),
    comment="Days whose map somebody asked for; `rollups` has them beside `was` and `now`.",
)  # fmt: skip
Index("unit_places_by_commune", unit_places.c.commune)
