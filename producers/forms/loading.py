"""A mapping's file, read and proven: what the contracts would refuse in every row is refused here, with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

import msgspec

from producers.forms.kinds import pattern_of
from producers.forms.mapping import Cell, EventRule, Mapping, SubjectRule, TimeRule, UnitRule
from producers.forms.styles import STYLES, Style
from producers.forms.yaml_lines import Document, Steps, read
from schemas.events.catalogue import ROOT_TYPES, EventType
from schemas.events.fields import SLUG, UNIT_PATTERN, Pseudonym

T = TypeVar("T")
Tables = dict[str, dict[str, str]]
TOP = {"form", "style", "record", "replaced", "skip", "sheet", "header", "values", "events"}
OF_EVENT = {"type", "when", "unit", "subject", "time", "data"}


def load(path: Path) -> Mapping:
    """The mapping in a file.

    Raises:
        ProducersError: the file cannot be read, or something in it cannot be; file, line and reason.
    """
    document = read(path)
    top = _fields(document, (), document.content, TOP, {"form", "events"})
    form = top["form"]
    if not isinstance(form, str) or not re.fullmatch(SLUG, form):
        raise document.fault(("form",), "a form's name is made of a-z, 0-9 and -, at most 40 of them")
    style = _style(document, top)
    tables = _converted(document, ("values",), top.get("values", {}), Tables)
    record = _texts(document, ("record",), top["record"]) if "record" in top else style.record
    if not record:
        raise document.fault((), "`record` must name the column of the form's own record id")
    rules = _fields(document, ("events",), top["events"])
    return Mapping(
        form=form,
        record=record,
        replaced=top.get("replaced", style.replaced if "record" not in top else None),
        skip=_conditions(document, ("skip",), top["skip"]) if "skip" in top else style.skip,
        sheet=top.get("sheet"),
        header=_converted(document, ("header",), top.get("header", "1"), int),
        events=tuple(_event(document, ("events", name), name, rule, style, tables) for name, rule in rules.items()),
    )


def _style(document: Document, top: dict[str, Any]) -> Style:
    name = top.get("style", "table")
    if name not in STYLES:
        raise document.fault(("style",), f"there is no such style; there are {', '.join(STYLES)}")
    return STYLES[name]


def _event(document: Document, at: Steps, name: str, content: Any, style: Style, tables: Tables) -> EventRule:
    if not re.fullmatch(SLUG, name):
        raise document.fault(at, "an event's name is made of a-z, 0-9 and -, at most 40 of them")
    rule = _fields(document, at, content, OF_EVENT, {"type", "subject", "data"})
    kind = ROOT_TYPES.get(rule["type"])
    if kind is None:
        raise document.fault((*at, "type"), f"there is no such event type; there are {', '.join(ROOT_TYPES)}")
    subject = _rule(document, (*at, "subject"), rule["subject"], SubjectRule, tables)
    if f"{subject.kind}/" not in (pattern_of(kind.subject) or ""):
        raise document.fault((*at, "subject"), f"{kind.name} is not about a {subject.kind}")
    if subject.column is None and subject.kind in ("household", "point"):
        raise document.fault((*at, "subject"), f"a {subject.kind} needs the column of its code")
    unit = _unit(document, (*at, "unit"), rule.get("unit"), tables)
    if unit is None and (subject.column is None or subject.kind == "unit"):
        raise document.fault(at, "`unit` must be told: this subject has no code that holds it")
    if "time" not in rule and style.time is None:
        raise document.fault(at, "`time` must name a column")
    return EventRule(
        name=name,
        type=kind,
        when=_conditions(document, (*at, "when"), rule.get("when", {})),
        unit=unit,
        subject=subject,
        time=_rule(document, (*at, "time"), rule.get("time", {"column": style.time}), TimeRule, tables),
        data=_data(document, (*at, "data"), rule["data"], kind, tables),
    )


def _unit(document: Document, at: Steps, content: Any, tables: Tables) -> UnitRule | str | None:
    if content is None or isinstance(content, dict):
        return None if content is None else _rule(document, at, content, UnitRule, tables)
    if not isinstance(content, str) or not re.match(UNIT_PATTERN, content):
        raise document.fault(at, "a unit is `vintage:code`, like 2025-07:24848, or a column with a vintage")
    return content


def _data(document: Document, at: Steps, content: Any, kind: EventType, tables: Tables) -> dict[str, Cell | Any]:
    fields = {field.name: field for field in msgspec.structs.fields(kind.data)}
    needed = {name for name, field in fields.items() if field.required}
    rules = _fields(document, at, content, set(fields), needed)
    types = get_type_hints(kind.data, include_extras=True)
    return {name: _value(document, (*at, name), rule, types[name], tables) for name, rule in rules.items()}


def _value(document: Document, at: Steps, content: Any, kind: Any, tables: Tables) -> Cell | Any:
    """A column, or a fixed value; the codes that either can give are proven now."""
    personal = pattern_of(kind) == pattern_of(Pseudonym)
    if not isinstance(content, dict):
        if personal:
            raise document.fault(at, "a personal number comes from a column, with `pseudonym`")
        return _converted(document, at, content, kind)
    cell = _rule(document, at, content, Cell, tables)
    if personal != (cell.pseudonym is not None):
        raise document.fault(at, "`pseudonym` belongs to personal numbers, and to each of them")
    if personal and cell.values is not None:
        raise document.fault(at, "a personal number has no table of answers")
    for answer, code in (cell.values or {}).items() if isinstance(cell.values, dict) else ():
        _converted(document, (*at, "values", answer), code, kind)
    return cell


def _rule(document: Document, at: Steps, content: Any, kind: type[T], tables: Tables) -> T:
    """A rule, with the named table of answers put in."""
    if isinstance(content, dict) and isinstance(name := content.get("values"), str):
        if name not in tables:
            raise document.fault((*at, "values"), "there is no such table under `values`")
        content = {**content, "values": tables[name]}
    return cast(T, _converted(document, at, content, kind))


def _conditions(document: Document, at: Steps, content: Any) -> dict[str, tuple[str, ...]]:
    return {column: _texts(document, (*at, column), answers)
            for column, answers in _fields(document, at, content).items()}  # fmt: skip


def _texts(document: Document, at: Steps, content: Any) -> tuple[str, ...]:
    texts = [content] if isinstance(content, str) else content
    return cast("tuple[str, ...]", _converted(document, at, texts, tuple[str, ...]))


def _fields(
    document: Document, at: Steps, content: Any, known: set[str] | None = None, needed: set[str] | None = None
) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise document.fault(at, "names and their values are expected here")
    for name in content:
        if known is not None and name not in known:
            raise document.fault((*at, name), f"there is no such key here; there are {', '.join(sorted(known))}")
    if missing := sorted((needed or set()) - content.keys()):
        raise document.fault(at, f"{', '.join(missing)} must be told")
    return content


def _converted(document: Document, at: Steps, content: Any, kind: Any) -> Any:
    try:
        value = msgspec.convert(content, kind, strict=False)
    except msgspec.ValidationError as error:
        what = str(error).partition(" - at ")[0]
        raise document.fault(at, what[0].lower() + what[1:]) from error
    pattern = pattern_of(kind)
    if pattern is not None and isinstance(value, str) and not re.match(pattern, value):
        raise document.fault(at, f"expected text of the form {pattern}")
    return value
