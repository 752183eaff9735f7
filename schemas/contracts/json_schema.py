"""From a Struct to JSON Schema 2020-12. The Structs are the only definition; this says them for other languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from schemas import codes
from schemas.events.catalogue import WireType, schema_urn
from schemas.titles import Title

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_LISTS: dict[frozenset[str], codes.CodeList] = {
    frozenset(value): value for name, value in vars(codes).items() if name.isupper() and isinstance(value, dict)
}


def of_event(wire: WireType) -> Schema:
    """The contract of one wire type. A sender must write `specversion`; our own reader forgives its absence."""
    schema = of_struct(wire.envelope, schema_urn(wire.name, wire.version), wire.title)
    tag = schema["properties"]["type"]
    schema["properties"]["type"] = {"title": "Loại sự kiện", "description": "Event type", **tag}
    schema["required"] = ["specversion", *schema["required"]]
    return schema


def of_struct(struct: type[msgspec.Struct], urn: str, title: Title) -> Schema:
    """A self-contained schema of a Struct; a part used once stands where it is used, the others in `$defs`."""
    (root,), parts = msgspec.json.schema_components([struct], ref_template="{name}")
    uses = Counter(ref for part in parts.values() for ref in _refs(part))
    inlined = {name: part for name, part in parts.items() if uses[name] <= 1}
    definitions = {_short(part): _said(part, inlined, parts) for name, part in parts.items() if uses[name] > 1}
    for definition in definitions.values():
        definition.pop("title")
    body: Schema = _said(root, inlined, parts) | {"title": title.vi, "description": title.en}
    head: Schema = {"$schema": DIALECT, "$id": urn, "title": title.vi, "description": title.en}
    return head | body | ({"$defs": definitions} if definitions else {})


def code_list(titles: codes.CodeList) -> list[Schema]:
    """A code list as `oneOf`: each code with its Vietnamese title and English description."""
    return [{"const": code, "title": title.vi, "description": title.en} for code, title in titles.items()]


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _short(part: Schema) -> str:
    """`Fact[str, CardIssued]` is `Fact`: a contract binds a generic part only once."""
    return str(part["title"]).partition("[")[0]


def _said(node: Any, inlined: dict[str, Any], parts: dict[str, Any]) -> Any:
    """A node with parts inlined, code lists titled and docstrings on one line."""
    if isinstance(node, list):
        return [_said(value, inlined, parts) for value in node]
    if not isinstance(node, dict):
        return node
    if (name := node.get("$ref")) in inlined:
        return _said(inlined[name], inlined, parts) | {k: v for k, v in node.items() if k != "$ref"}
    said = {key: _said(value, inlined, parts) for key, value in node.items()}
    if name is not None:
        said["$ref"] = f"#/$defs/{_short(parts[name])}"
    if isinstance(said.get("description"), str):
        said["description"] = " ".join(said["description"].split())
    titles = _LISTS.get(frozenset(said["enum"])) if isinstance(said.get("enum"), list) else None
    if titles is not None:
        del said["enum"]
        said["oneOf"] = code_list(titles)
    return said
