"""What the programmes want, as rows: targets with a number, and the units to which a programme belongs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas import programmes
from schemas.places import Places
from schemas.programmes import Programme
from schemas.programmes import expression as ex
from schemas.programmes.model import Row, Target
from schemas.programmes.scope import Scopes
from schemas.programmes.terms import REGISTERS


def units(places: Places) -> Iterator[dict[str, Any]]:
    """The units of each programme on this map."""
    scopes = Scopes(places)
    for name in programmes.names():
        for unit in sorted(scopes.of(programmes.load(name).places)):
            yield {"programme": name, "unit": unit}


def rows() -> list[dict[str, Any]]:
    """Targets whose indicator SQL can follow live: one measure, or its share of a register, measure or baseline."""
    found = []
    for name in programmes.names():
        programme = programmes.load(name)
        for row in programme.rows:
            for number, target in enumerate(row.targets):
                if row.value and target.value is not None and (made := _row(programme, row, target)):
                    found.append(made | {"number": number})
    return found


def _row(programme: Programme, row: Row, target: Target) -> dict[str, Any] | None:
    part, whole = ex.parse(row.value or "")
    if not isinstance(part, ex.Term) or part.word != ex.MEASURE or row.within:
        return None
    made = {
        "programme": programme.name, "programme_vi": programme.title.vi, "programme_en": programme.title.en,
        "row_id": row.id, "title_vi": row.title.vi, "title_en": row.title.en, "unit": target.unit,
        "target": target.value, "period": target.period, "measure": part.name, "kinds": list(part.kinds) or None,
        "register": None, "register_classes": None, "register_needy": False, "else_measure": None, "else_kinds": None,
        "baseline": None,
    }  # fmt: skip
    for term in ex.terms(whole):
        made |= _whole(programme, term)
    return made


def _whole(programme: Programme, term: ex.Term) -> dict[str, Any]:
    """What one term of a denominator says."""
    if term.word == ex.REGISTER:
        register = REGISTERS[term.name]
        return {"register": register.kind, "register_classes": list(term.kinds) or None,
                "register_needy": register.needy}  # fmt: skip
    if term.word == ex.BASELINE:
        [value] = [each.figure.value for each in programme.baselines if each.id == term.name]
        return {"baseline": None if value is None else int(value)}
    return {"else_measure": term.name, "else_kinds": list(term.kinds) or None}
