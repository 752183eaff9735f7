"""The AsyncAPI document for people: one page of rules, topics, messages with their fields, measures and code lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from schemas import codes
from schemas.contracts import measures_table, published
from schemas.contracts.json_schema import Schema
from schemas.events.catalogue import EVENT_TYPES, WIRE_TYPES, WITHDRAWAL
from schemas.topics import STATE, TOPICS, Topic

Schemas = Mapping[PurePosixPath, Schema]
_HEAD = """# fieldtally: what its Kafka topics hold

Version {version} of the contract. Generated from the same definitions as [`asyncapi.yaml`](asyncapi.yaml) by
`python -m schemas.contracts.generate`; a test holds both to the code. How to subscribe, with a program to copy:
[`infra/examples`](../../infra/examples/README.md).

{prose}"""
_LISTS = {frozenset(found): name for name, found in vars(codes).items() if name.isupper() and isinstance(found, dict)}
_BEYOND = 2**53 - 1  # limits from here on are those of the numbers' own kinds
_SAMPLE = EVENT_TYPES[0].name  # the parts that all events share are shown on this one


def text(document: Mapping[str, Any], schemas: Schemas) -> str:
    """The page, from the AsyncAPI document and the contracts that it refers to."""
    info = document["info"]
    contracts = {path.parent.name: (path, schema) for path, schema in schemas.items()}
    parts = [
        _HEAD.format(version=info["version"], prose=info["description"]),
        "## Topics\n\n" + _table("topic", "key", "kept", "content", rows=map(_topic, TOPICS)),
        "## Fields of every event\n\n" + _envelope(contracts[_SAMPLE][1]),
        "## Events\n\nCorrections and voids of an event have contracts of their own: `.corrected`, `.voided`.",
        *(_event(name, contracts) for name in (root.name for root in EVENT_TYPES)),
        "## Revisions and withdrawals",
        _revision(f"{_SAMPLE}.corrected", contracts, "Corrections (`data` of `<type>.corrected`)"),
        _revision(f"{_SAMPLE}.voided", contracts, "Voids (`data` of `<type>.voided`)"),
        _revision(WITHDRAWAL, contracts, "Withdrawals (`data` of `stream.withdrawn`)"),
        "## What fieldtally publishes",
        *(_published(name, contracts) for name in published.schemas()),
        "## Measures\n\n" + _measures(),
        "## Code lists",
        *(_codes(name, vars(codes)[name]) for name in _LISTS.values()),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _topic(topic: Topic) -> tuple[str, ...]:
    kept = "the last record of a key" if topic.compact else "for ever"
    own = " (no contract: the counter's own)" if topic.name == STATE else ""
    return f"`{topic.name}`", topic.key, kept, topic.content + own


def _envelope(sample: Schema) -> str:
    subject = {"title": "Đối tượng", "description": "What it is about: a household, point, session or unit"}
    fields = {name: field for name, field in sample["properties"].items() if name != "data"}
    shared = {**sample, "properties": fields | {"subject": fields["subject"] | subject}}
    return _fields(shared).replace(_SAMPLE, "<type>")


def _event(name: str, contracts: Mapping[str, tuple[PurePosixPath, Schema]]) -> str:
    path, schema = contracts[name]
    family = next(root.family for root in EVENT_TYPES if root.name == name)
    subject = schema["properties"]["subject"]["title"]
    contract = f"in `field.{family}.v1`; subject: {subject}; [JSON Schema]({path})"
    return f"### `{name}`: {schema['title']} ({schema['description']})\n{contract}\n\n{_data(schema)}"


def _revision(name: str, contracts: Mapping[str, tuple[PurePosixPath, Schema]], title: str) -> str:
    assert name in WIRE_TYPES
    return f"### {title}\n\n{_data(contracts[name][1])}"


def _published(name: str, contracts: Mapping[str, tuple[PurePosixPath, Schema]]) -> str:
    path, schema = contracts[name]
    return f"### `{name}`: {schema['title']} ({schema['description']})\n[JSON Schema]({path})\n\n{_fields(schema)}"


def _data(schema: Schema) -> str:
    return _fields(_resolved(schema["properties"]["data"], schema), schema)


def _fields(node: Schema, root: Schema | None = None) -> str:
    """The table of an object's fields; those that may be absent say so."""
    root, required = root or node, node.get("required", ())
    rows = [
        (f"`{name}`", *_titles(field), _form(field, root) + ("" if name in required else "; optional"))
        for name, field in node["properties"].items()
    ]
    return _table("field", "Tiếng Việt", "English", "form", rows=rows)


def _resolved(node: Schema, root: Schema) -> Schema:
    reference = node.get("$ref")
    return root["$defs"][reference.rpartition("/")[2]] if reference else node


def _titles(field: Schema) -> tuple[str, str]:
    """Both titles of a field, its own or those of what it may hold."""
    held: Schema = next((each for each in (field, *field.get("anyOf", ())) if "description" in each), {})
    return str(held.get("title", "")), str(held.get("description", ""))


def _form(field: Schema, root: Schema) -> str:
    """What a field holds, in a few words; the JSON Schema has the exact limits."""
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_form(each, root) for each in field["anyOf"]))
    if "oneOf" in field:
        said = frozenset(each["const"] for each in field["oneOf"])
        name = _LISTS.get(said)
        return f"[{name.lower()}](#{name.lower()})" if name else ", ".join(f"`{code}`" for code in sorted(said))
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return f"a {field['$ref'].rpartition('/')[2].lower()}"
    if field.get("type") == "array":
        return f"list of {_form(field['items'], root)}" if field.get("items") else "pair"
    if field.get("type") == "integer":
        told = [(word, field[at]) for word, at in (("from", "minimum"), ("to", "maximum")) if at in field]
        limits = [f"{word} {limit}" for word, limit in told if abs(limit) < _BEYOND]
        return " ".join(["integer", *limits])
    return str(field.get("format") or field.get("type") or "any")


def _measures() -> str:
    table = measures_table.table()
    rows = [
        (f"`{row['name']}`", row["vi"], row["en"], table["additivity"][row["additivity"]],
         ", ".join(f"`{name}`" for name in row["fed_by"]))
        for row in table["measures"]
    ]  # fmt: skip
    rules = f"Rules `{table['rules']}`, as totals state them; with all kinds in [`measures.json`](measures.json)."
    return f"{rules}\n\n" + _table("measure", "Tiếng Việt", "English", "adds up", "fed by", rows=rows)


def _codes(name: str, listed: codes.CodeList) -> str:
    rows = [(f"`{code}`", title.vi, title.en) for code, title in listed.items()]
    return f"### {name.lower()}\n\n" + _table("code", "Tiếng Việt", "English", rows=rows)


def _table(*head: str, rows: Any) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    """Text that Markdown takes neither for a new cell nor, outside of code, for a tag."""
    said = text.replace("|", r"\|")
    return said if "`" in said else said.replace("<", "&lt;")
