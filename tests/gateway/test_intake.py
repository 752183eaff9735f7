"""Whatever stands in a batch is judged and never fails the judge; no personal number gets past it in the raw."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.gateway.intake import Ready, Terms, Unfit, judge
from producers.gateway.masking import PERSONAL, mask_of
from schemas import wire
from schemas.contracts import generate
from schemas.events.envelope import Envelope
from schemas.gateway import EVENT_CODES
from schemas.pseudonym import pseudonym
from schemas.rejected import PARKED

GOLDEN = generate.FOLDER / "golden"
SOURCE = "/tablets/q3VbqjN0u8mJr1eK7c2Xo5sT9wYzA4dF6gHiLkMnPpQ"
SECRET = b"a key of pseudonyms for tests only"
NOW = datetime(2026, 3, 4, 11, 30, 9, tzinfo=UTC)
RAW = {"iccid": "8984048000000000017", "imei": "356938035643809", "serial": "SN-2219/A"}
TERMS = Terms(SOURCE, lambda _: True, lambda _: True, mask_of(SECRET), NOW, -1200, 12)
fixed = settings(derandomize=True, deadline=None, max_examples=150)


def examples() -> list[dict[str, Any]]:
    """Every golden event as a tablet would send it, with personal numbers in the raw."""
    found = []
    for path in sorted(GOLDEN.glob("*/1/*.json")):
        if path.parent.parent.name != "refused":
            event = json.loads(path.read_bytes()) | {"source": SOURCE}
            del event["receivedat"]
            event.pop("skewms", None)
            if event["type"] == "stream.withdrawn":
                event["topic"] = "handouts"
            found.append(in_the_raw(event))
    return found


def in_the_raw(node: Any) -> Any:
    """With raw numbers where pseudonyms stand."""
    if isinstance(node, dict):
        return {name: RAW.get(name, in_the_raw(value)) for name, value in node.items()}
    return node


EXAMPLES = examples()
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    LEAVES | st.sampled_from(list(RAW.values())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: str(event["type"]))
def test_each_kind_of_event_is_ready_and_holds_pseudonyms_alone(event: dict[str, Any]) -> None:
    made = judge(json.dumps(event).encode(), TERMS)
    assert isinstance(made, Ready), made
    decoded = wire.decode(made.value)
    assert isinstance(decoded, Envelope)
    assert (decoded.receivedat, decoded.skewms) == (NOW, -1200)
    assert wire.misplaced(decoded, made.key, made.topic) is None
    for purpose, number in RAW.items():
        assert number.encode() not in made.value
        if json.dumps(number) in json.dumps(event):
            assert pseudonym(purpose, SECRET, number) in made.value.decode()  # type: ignore[arg-type]


def test_every_personal_number_of_the_contracts_is_known_to_be_one() -> None:
    assert {name for fields in PERSONAL.values() for name, _ in fields} == set(RAW)
    assert sum(map(len, PERSONAL.values())) == 5


@fixed
@given(st.data())
def test_an_event_that_was_changed_anywhere_is_judged_and_leaks_nothing(data: st.DataObject) -> None:
    event = copy.deepcopy(data.draw(st.sampled_from(EXAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        node = event
        while (name := data.draw(st.sampled_from(sorted(node)))) and isinstance(node[name], dict) and node[name]:
            if data.draw(st.booleans()):
                break
            node = node[name]
        node[name] = data.draw(JSON)
    made = judge(msgspec.json.encode(event), TERMS)
    if isinstance(made, Unfit):
        assert made.refusal.reason in EVENT_CODES
        assert made.again == (made.refusal.reason in PARKED)
        assert not any(number in str(made) for number in RAW.values())
    else:
        assert isinstance(wire.decode(made.value), Envelope)
        assert not personal(json.loads(made.value)) & set(RAW.values())


def personal(node: Any) -> set[Any]:
    """What stands in fields of personal numbers, anywhere in a document."""
    if not isinstance(node, dict):
        return set()
    inner = (personal(value) for value in node.values())
    return {value for name, value in node.items() if name in RAW}.union(*inner)


def test_a_fact_of_a_revision_was_received_no_later_than_the_revision() -> None:
    event = next(copy.deepcopy(e) for e in EXAMPLES if e["type"] == "household.surveyed.corrected")
    for fact in ("original", "new"):
        event["data"][fact] |= {"time": "2099-01-01T00:00:00Z", "receivedat": "2099-01-01T00:00:00Z"}
    made = judge(json.dumps(event).encode(), TERMS)
    assert isinstance(made, Ready), made
    decoded = wire.decode(made.value)
    assert isinstance(decoded, Envelope)
    assert [decoded.data.original.receivedat, decoded.data.new.receivedat] == [NOW, NOW]


@fixed
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_judged(raw: bytes) -> None:
    made = judge(raw, TERMS)
    assert isinstance(made, Unfit)
    assert made.refusal.reason in EVENT_CODES


@pytest.mark.parametrize("raw", [b'{"seq":' + b"1" * 5000 + b"}", b'"\\ud800"', b'{"a":1e999}', b"[" * 3000,
                                 b'{"x":' * 900 + b"1" + b"}" * 900])  # fmt: skip
def test_numbers_characters_and_depths_that_no_event_has_are_judged(raw: bytes) -> None:
    assert isinstance(judge(raw, TERMS), Unfit)
