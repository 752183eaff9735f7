"""Whether every document that a contract accepted is still accepted by a later one. Pure.

It judges the part of JSON Schema that our contracts use, and calls a break whatever it cannot prove harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"})
_JUDGED = frozenset({
    "$ref", "type", "enum", "const", "oneOf", "anyOf", "properties", "required", "additionalProperties",
    "propertyNames", "items", "prefixItems", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength",
    "pattern", "format",
})  # fmt: skip
_LOWER, _UPPER = ("minimum", "minItems", "minLength"), ("maximum", "maxItems", "maxLength")
_EXACT = ("pattern", "format")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why not every document that is valid under `old` is valid under `new`; empty if every one is.

    Each line names the place, `$.data.visitors: maximum lowered from 100000 to 100`.
    """
    return list(_breaks(old, new, "$", old, new))


def closed(schema: Any) -> Any:
    """The schema as its writer fills it: no property beyond those named. For contracts that stay open to readers."""
    if isinstance(schema, list):
        return [closed(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {"additionalProperties": False} | inner if isinstance(inner.get("properties"), dict) else inner


def _breaks(old: Any, new: Any, at: str, olds: Schema, news: Schema) -> Iterator[str]:
    """`olds` and `news` are the documents that references point into."""
    old, new = _resolved(old, olds), _resolved(new, news)
    if new is True or old is False or new == {}:
        return
    if old is True or new is False:
        yield f"{at}: {'was free and is constrained' if old is True else 'accepts nothing any more'}"
        return
    if changed := _unjudged(old, new):
        yield f"{at}: {', '.join(changed)} changed, which cannot be judged"
    yield from _lists(old, new, at)
    if "anyOf" in old or "anyOf" in new:
        yield from _any_of(old, new, at, olds, news)
    if "anyOf" in new or "anyOf" not in old:
        yield from _types(old, new, at)
        yield from _limits(old, new, at)
        yield from _parts(old, new, at, olds, news)


def _resolved(schema: Any, document: Schema) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = document["$defs"][schema["$ref"].removeprefix("#/$defs/")] | beside
    return schema


def _unjudged(old: Schema, new: Schema) -> list[str]:
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    lists = all(_codes(schema) for schema in (old, new) if "oneOf" in schema)
    return sorted(changed - (_JUDGED if lists else _JUDGED - {"oneOf"}) - _ANNOTATIONS)


def _codes(schema: Schema) -> list[Any] | None:
    """The listed values of a schema, or None where it lists none."""
    if "enum" in schema:
        return list(schema["enum"])
    branches = schema.get("oneOf", [schema])
    return [branch["const"] for branch in branches] if all("const" in branch for branch in branches) else None


def _lists(old: Schema, new: Schema, at: str) -> Iterator[str]:
    accepted, accepts = _codes(old), _codes(new)
    if accepts is None:
        if accepted is not None and not set(new) <= _ANNOTATIONS | {"anyOf"}:
            yield f"{at}: was a list of values, which cannot be judged against another form"
    elif accepted is None:
        yield f"{at}: takes only listed values now"
    elif gone := [code for code in accepted if code not in accepts]:
        yield f"{at}: no longer accepts {', '.join(map(repr, gone))}"


def _any_of(old: Schema, new: Schema, at: str, olds: Schema, news: Schema) -> Iterator[str]:
    """Each form that was accepted must be accepted by one form of now."""
    forms = new.get("anyOf", [new])
    for form in old.get("anyOf", [old]):
        tries = [list(_breaks(form, candidate, at, olds, news)) for candidate in forms]
        if all(tries):
            yield min(tries, key=len)[0]


def _types(old: Schema, new: Schema, at: str) -> Iterator[str]:
    if "type" in new and old.get("type") != new["type"] and (old.get("type"), new["type"]) != ("integer", "number"):
        yield f"{at}: type changed from {old.get('type', 'any')} to {new['type']}"


def _limits(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for key in _LOWER:
        if key in new and (key not in old or old[key] < new[key]):
            yield f"{at}: {key} raised from {old.get(key, 'none')} to {new[key]}"
    for key in _UPPER:
        if key in new and (key not in old or old[key] > new[key]):
            yield f"{at}: {key} lowered from {old.get(key, 'none')} to {new[key]}"
    for key in _EXACT:
        if key in new and old.get(key) != new[key]:
            yield f"{at}: {key} changed"


def _parts(old: Schema, new: Schema, at: str, olds: Schema, news: Schema) -> Iterator[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    others, others_now = old.get("additionalProperties", True), new.get("additionalProperties", True)
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in now and others_now is False:
            yield f"{at}.{name}: removed"
        else:
            yield from _breaks(before.get(name, others), now.get(name, others_now), f"{at}.{name}", olds, news)
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield f"{at}.{name}: newly required"
    if others is not False:
        yield from _breaks(others, others_now, f"{at}.*", olds, news)
    for key in ("propertyNames", "items"):
        if key in new:
            yield from _breaks(old.get(key, True), new[key], f"{at}[{key}]", olds, news)
    first, first_now = old.get("prefixItems", []), new.get("prefixItems", [])
    for index in range(max(len(first), len(first_now))):
        item, item_now = (
            items[index] if index < len(items) else schema.get("items", True)
            for items, schema in ((first, old), (first_now, new))
        )
        yield from _breaks(item, item_now, f"{at}[{index}]", olds, news)
