"""What the terms of expressions may name, and in what unit each is."""

from __future__ import annotations

from typing import NamedTuple

from schemas import codes
from schemas.findings import FINDINGS
from schemas.measures import LEDGER_MEASURES
from schemas.programmes import expression as ex
from schemas.programmes.model import Programme


class Register(NamedTuple):
    """A count of register entries: of one kind, by class where there is one; `needy` counts those with a need."""

    kind: str
    classes: codes.CodeList
    needy: bool = False


REGISTERS = {
    "households": Register("household", codes.HOUSEHOLD_CLASSES),
    "households_in_need": Register("household", codes.HOUSEHOLD_CLASSES, needy=True),
    "points": Register("point", codes.HOST_CLASSES),
    "villages": Register("village", {}),
}
# Counts that need more than one fact of a subject, and that only the ledger makes (programme.md: "a report figure").
LEDGER = {
    "points_funded": "point", "points_expired": "point", "devices_working": "device",
    "kits_complete": "point", "kits_incomplete": "point", "kits_exceeded": "point",
}  # fmt: skip
PLACES = {"communes": "commune"}


def finding_of(name: str) -> str:
    """The kind of finding that a term names: `finding.double_funded_device` is `double-funded-device`."""
    return name.replace("_", "-")


class TermError(ValueError):
    """A term names nothing; the text says why."""


def unit_of(term: ex.Term, programme: Programme) -> str:
    """The unit in which a term counts.

    Raises:
        TermError: the term, or one of its kinds, is not known.
    """
    unit, kinds = _unit_and_kinds(term, programme)
    if unknown := [kind for kind in term.kinds if kind not in kinds]:
        has = ", ".join(kinds) or "no kinds"
        raise TermError(f"`{term.name}` has no kind `{unknown[0]}`; it has {has}")
    return unit


def _unit_and_kinds(term: ex.Term, programme: Programme) -> tuple[str, tuple[str, ...]]:
    name = term.name
    match term.word:
        case ex.MEASURE if name in LEDGER_MEASURES:
            return LEDGER_MEASURES[name].subject, tuple(LEDGER_MEASURES[name].kinds or ())
        case ex.REGISTER if name in REGISTERS:
            return REGISTERS[name].kind, tuple(REGISTERS[name].classes)
        case ex.BASELINE:
            for baseline in programme.baselines:
                if baseline.id == name:
                    return baseline.figure.unit, ()
        case ex.OUTSIDE:
            for outside in programme.outside:
                if outside.id == name:
                    return outside.unit, ()
        case ex.LEDGER if name in LEDGER:
            return LEDGER[name], ()
        case ex.PLACES if name in PLACES:
            return PLACES[name], ()
        case ex.FINDING if finding_of(name) in FINDINGS:
            return "finding", ()
    raise TermError(f"there is no {'measure' if term.word == ex.MEASURE else term.word} `{name}`")


def unit_of_part(part: ex.Part, programme: Programme) -> str:
    """The one unit of all terms of a part.

    Raises:
        TermError: a term is not known, or two are in different units.
    """
    units = {unit_of(term, programme): term for term in ex.terms(part)}
    if len(units) > 1:
        (one, a), (other, b), *_ = units.items()
        raise TermError(f"`{a}` counts in {one} and `{b}` in {other}: they cannot be added or compared")
    return next(iter(units))


def unit_of_indicator(indicator: ex.Indicator, programme: Programme) -> str:
    """The unit of an indicator: `%` for a share.

    Raises:
        TermError: a term is not known, or a share divides one unit by another.
    """
    unit = unit_of_part(indicator.part, programme)
    if indicator.whole is None:
        return unit
    if (whole := unit_of_part(indicator.whole, programme)) != unit:
        raise TermError(f"a share wants one unit on both sides, and this divides {unit} by {whole}")
    return "%"
