"""Contracts only widen: the check finds every narrowing, allows every widening, and guards the committed files."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.contracts import json_schema, published
from schemas.contracts.compatibility import breaks, closed
from schemas.contracts.json_schema import Schema
from schemas.events.catalogue import WIRE_TYPES
from tests.schemas.golden import EXAMPLES
from tests.schemas.mutations import mutated
from tests.schemas.validators import subschemas

CONTRACTS = {wire.name: json_schema.of_event(wire) for wire in WIRE_TYPES.values()}
EXAMPLES_OF = {name: [event for event in EXAMPLES if event["type"] == name] for name in CONTRACTS}
Change = Callable[[Schema], None]


def _listed(node: Schema) -> bool:
    return len(node.get("oneOf", [])) > 1


def _set(**values: Any) -> Change:
    return lambda node: node.update(values)


def _nullable(node: Schema) -> None:
    form = dict(node)
    node.clear()
    node["anyOf"] = [form, {"type": "null"}]


def _without_first_property(node: Schema) -> None:
    node["properties"].pop(next(iter(node["properties"])))


def _with_new(name: str) -> Change:
    return lambda node: node["properties"].update({name: {"type": "boolean"}})


def _newly_required(node: Schema) -> None:
    _with_new("consent")(node)
    node["required"] = [*node["required"], "consent"]


# name -> (where it applies, what it does)
HARMLESS: dict[str, tuple[Callable[[Schema], bool], Change]] = {
    "another title": (lambda n: "title" in n, _set(title="Tên khác", description="Another")),
    "a higher maximum": (lambda n: "maximum" in n, lambda n: n.update(maximum=n["maximum"] + 1)),
    "a lower minimum": (lambda n: "minimum" in n, lambda n: n.update(minimum=n["minimum"] - 1)),
    "no maximum": (lambda n: "maximum" in n, lambda n: n.pop("maximum")),
    "no pattern": (lambda n: "pattern" in n, lambda n: n.pop("pattern")),
    "another code": (_listed, lambda n: n["oneOf"].append({"const": "new-code"})),
    "codes in another order": (_listed, lambda n: n["oneOf"].reverse()),
    "a list as enum": (_listed, lambda n: n.update(enum=[c["const"] for c in n.pop("oneOf")])),
    "a new optional property": (lambda n: "properties" in n, _with_new("remark_code")),
    "one required less": (lambda n: len(n.get("required", [])) > 0, lambda n: n["required"].pop()),
    "null as well": (lambda n: n.get("type") in ("string", "integer", "boolean"), _nullable),
    "open to others": (lambda n: n.get("additionalProperties") is False, lambda n: n.pop("additionalProperties")),
    "any number": (lambda n: n.get("type") == "integer", _set(type="number")),
}
BREAKING: dict[str, tuple[Callable[[Schema], bool], Change]] = {
    "a lower maximum": (lambda n: "maximum" in n, lambda n: n.update(maximum=n["maximum"] - 1)),
    "a higher minimum": (lambda n: "minimum" in n, lambda n: n.update(minimum=n["minimum"] + 1)),
    "a limit where none was": (lambda n: n.get("type") == "string", _set(maxLength=10)),
    "another pattern": (lambda n: "pattern" in n, _set(pattern="^x")),
    "another format": (lambda n: "format" in n, _set(format="email")),
    "another type": (lambda n: n.get("type") in ("string", "boolean"), _set(type="integer")),
    "whole numbers as text": (lambda n: n.get("type") == "integer", _set(type="string")),
    "one code less": (_listed, lambda n: n["oneOf"].pop()),
    "a property removed": (lambda n: n.get("additionalProperties") is False, _without_first_property),
    "a new required property": (lambda n: "required" in n, _newly_required),
    "no null any more": (lambda n: "anyOf" in n, lambda n: n.update(n.pop("anyOf")[0])),
    "a word that nobody judges": (lambda n: n.get("type") == "integer", _set(multipleOf=2)),
    "nothing at all": (lambda n: n.get("type") == "integer", _set(enum=[])),
}
CHANGES = HARMLESS | BREAKING
fixed = settings(derandomize=True, max_examples=80, deadline=None)


def _changed(schema: Schema, what: str, dice: random.Random) -> Schema | None:
    """A copy with one change at a random place where it applies, or None where it applies nowhere."""
    applies, change = CHANGES[what]
    new = copy.deepcopy(schema)
    if not (nodes := [node for _, node in subschemas(new) if applies(node)]):
        return None
    change(dice.choice(nodes))
    return new


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_does_not_break_itself(name: str) -> None:
    assert breaks(CONTRACTS[name], CONTRACTS[name]) == []


@pytest.mark.parametrize("what", HARMLESS)
def test_a_widening_is_no_break(what: str, dice: random.Random) -> None:
    tried = [(old, _changed(old, what, dice)) for old in CONTRACTS.values()]
    assert any(new for _, new in tried)
    assert [breaks(old, new) for old, new in tried if new] == [[] for _, new in tried if new]


@pytest.mark.parametrize("what", BREAKING)
def test_a_narrowing_is_a_break_with_its_place(what: str, dice: random.Random) -> None:
    tried = [(old, _changed(old, what, dice)) for old in CONTRACTS.values()]
    assert any(new for _, new in tried)
    for old, new in tried:
        if new:
            assert all(line.startswith("$") for line in breaks(old, new))
            assert breaks(old, new)


@fixed
@given(
    st.sampled_from(sorted(CONTRACTS)),
    st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_without_a_break_what_was_valid_stays_valid(name: str, changes: list[str], dice: random.Random) -> None:
    old = new = CONTRACTS[name]
    for what in changes:
        new = _changed(new, what, dice) or new
    if not breaks(old, new):
        before, after = Draft202012Validator(old), Draft202012Validator(new)
        tried = [*EXAMPLES_OF[name], *(mutated(dice.choice(EXAMPLES_OF[name]), dice) for _ in range(10))]
        assert all(after.is_valid(event) for event in tried if before.is_valid(event))


def test_references_are_followed_and_lists_of_values_compared() -> None:
    old = CONTRACTS["card.issued.corrected"]
    new = copy.deepcopy(old)
    new["$defs"]["Fact"]["properties"]["data"]["properties"]["bank"]["oneOf"].pop()
    assert breaks(old, new) == [
        "$.data.new.data.bank: no longer accepts 'other'",
        "$.data.original.data.bank: no longer accepts 'other'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "breaking"),
    [
        ({"items": {"type": "integer"}}, {"items": {"type": "string"}}, True),
        ({}, {"items": {"type": "string"}}, True),
        ({"prefixItems": [{"type": "integer"}]}, {"prefixItems": [{"type": "integer"}, {"type": "integer"}]}, True),
        ({"prefixItems": [{}, {"type": "integer"}]}, {"prefixItems": [{}], "items": {"type": "string"}}, True),
        ({"prefixItems": [{"type": "integer"}], "items": False}, {"items": {"type": "integer"}}, False),
        ({"additionalProperties": {"minimum": 0}}, {"additionalProperties": {"minimum": 1}}, True),
        ({"additionalProperties": {"minimum": 1}}, {"additionalProperties": {"minimum": 0}}, False),
        ({"properties": {"a": {}}}, {"properties": {"a": {}, "b": {"type": "null"}}}, True),
        ({"propertyNames": {"pattern": "^a"}}, {"propertyNames": {"pattern": "^b"}}, True),
        ({"enum": [1]}, {"type": "integer"}, True),
        ({"enum": [1]}, {}, False),
        ({"type": "integer"}, {"enum": [1]}, True),
        ({"oneOf": [{"type": "null"}]}, {"oneOf": [{"type": "integer"}]}, True),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, {"type": "integer"}, True),
        ({"type": "integer"}, {"anyOf": [{"type": "null"}, {"type": "integer"}]}, False),
        ({"type": "integer"}, {"anyOf": [{"type": "integer"}], "maximum": 5}, True),
    ],
)
def test_small_forms_are_judged_rightly(old: Schema, new: Schema, breaking: bool) -> None:
    assert bool(breaks(old, new)) is breaking


def test_a_published_contract_may_gain_a_field_but_not_lose_one() -> None:
    old = published.schemas()[published.TOTALS]
    new = copy.deepcopy(old)
    new["properties"]["note_code"] = {"type": "integer"}
    assert breaks(closed(old), new) == []
    assert breaks(closed(new), old) == []
    del new["properties"]["epoch"]
    new["required"].remove("epoch")
    assert "$.epoch: newly required" in breaks(closed(new), old)
