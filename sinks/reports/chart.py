"""The map of places as the ledger's database has it, so that figures and map are of one moment."""

from __future__ import annotations

from sqlalchemy import Connection, select

from schemas.places import Level, Places, Share, Succession, Unit, build, load
from sinks.ledger.tables import dimensions, successions, units


def map_of(connection: Connection) -> Places:
    """The map that the ledger follows: the committed one, as a rule, or what loadings made of it."""
    loaded = connection.scalar(select(dimensions.c.digest)) or ""
    if load().digest in loaded.split():
        return load()
    made = [
        Unit(row.vintage, row.code, Level(row.level), row.name, row.type,
             row.parent and row.parent.removeprefix(f"{row.vintage}:"), row.valid_from, row.valid_until)
        for row in connection.execute(select(units))
    ]  # fmt: skip
    followed = []
    for row in connection.execute(select(successions)):
        (from_vintage, from_code), (to_vintage, to_code) = row.from_unit.split(":"), row.to_unit.split(":")
        followed.append(Succession(from_vintage, from_code, to_vintage, to_code, Share(row.share), row.effective,
                                   row.decision, row.decided))  # fmt: skip
    return build(made, followed, next(iter(loaded.split()[1:]), ""))
