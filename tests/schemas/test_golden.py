"""Golden examples are facts: what was valid once decodes for ever, and rubbish keeps its reason."""

from __future__ import annotations

import json
from pathlib import Path

from schemas import wire
from schemas.events.catalogue import ROOT_TYPES, WIRE_TYPE_OF, WIRE_TYPES
from schemas.events.envelope import Envelope
from schemas.partition import partition_of
from schemas.rejected import REASONS, Refusal
from schemas.topics import EVENT_BYTES_MAX, FIELD_TOPICS
from tests.schemas.golden import FILES, GOLDEN, REFUSED, document, each, places
from tests.schemas.golden import at as value_at
from tests.schemas.validators import accepts

PARTITIONS = 12
# These need a second record, no value, or more bytes than an example should have; tests of their own show them.
NOT_IN_A_FILE = {"conflict", "no-value", "oversize", "revoked-tablet", "wrong-key", "wrong-partition", "wrong-topic"}


def _event(path: Path) -> Envelope:
    event = wire.decode(path.read_bytes())
    assert isinstance(event, Envelope), event
    return event


def _topic(event: Envelope) -> str:
    root = WIRE_TYPE_OF[type(event)].root
    return f"field.{root.family}.v1" if root else FIELD_TOPICS[0]


def _refusal(value: bytes) -> Refusal | None:
    """The first refusal in the order that counter and ledger follow, for a record with the unit as key."""
    event = wire.decode(value)
    if isinstance(event, Refusal):
        return event
    key = event.unit.encode()
    unplaced = wire.unplaced(key, partition_of(key, PARTITIONS), PARTITIONS, lambda unit: unit != "2025-07:99999")
    return unplaced or wire.misplaced(event, key, _topic(event))


def test_every_wire_type_has_an_example_of_every_version() -> None:
    shown = {(path.parts[-3], int(path.parts[-2])) for path in FILES}
    assert shown == {(w.name, version) for w in WIRE_TYPES.values() for version in range(1, w.version + 1)}


@each(FILES)
def test_an_example_decodes_to_its_type_and_belongs_where_it_lies(path: Path) -> None:
    event = _event(path)
    assert WIRE_TYPE_OF[type(event)].name == path.parts[-3]
    assert event.dataschema == f"urn:fieldtally:{path.parts[-3]}:{path.parts[-2]}"
    assert _refusal(path.read_bytes()) is None


@each(FILES)
def test_an_example_satisfies_its_json_schema(path: Path) -> None:
    assert accepts(document(path))


@each(FILES)
def test_an_example_comes_back_equal_from_encoding(path: Path) -> None:
    event = _event(path)
    encoded = wire.encode(event)
    assert wire.decode(encoded) == event
    assert accepts(json.loads(encoded))


def test_examples_together_are_one_log_without_duplicates_or_conflicts() -> None:
    events = [_event(path) for path in FILES]
    assert len({(e.source, _topic(e), e.unit, e.seq) for e in events}) == len(events)
    assert len({e.id for e in events}) == len(events)


def test_revisions_in_examples_carry_what_their_root_states() -> None:
    originals = {
        (e.source, _topic(e), e.unit, e.seq): e for e in map(_event, FILES) if WIRE_TYPE_OF[type(e)].name in ROOT_TYPES
    }
    revised = 0
    for event in map(_event, FILES):
        root = getattr(event.data, "root", None)
        original = originals.get((root.source, _topic(event), root.unit, root.seq)) if root else None
        if original is not None:
            revised += 1
            carried = event.data.original
            assert (carried.subject, carried.time, carried.receivedat, carried.skewms, carried.data) == (
                original.subject, original.time, original.receivedat, original.skewms, original.data,
            )  # fmt: skip
    assert revised == 2 * len(ROOT_TYPES)


def test_no_example_holds_a_long_number_in_the_clear() -> None:
    for path in FILES:
        event = document(path)
        strings = [v for v in (value_at(event, place) for place in places(event)) if isinstance(v, str)]
        assert not [s for s in strings if s.isdigit() and len(s) > 8], path


def test_every_reason_has_an_example_or_a_test_of_its_own() -> None:
    assert {path.parent.name for path in REFUSED} | NOT_IN_A_FILE == set(REASONS)


@each(REFUSED)
def test_rubbish_gets_its_reason_and_place(path: Path) -> None:
    expected = document(GOLDEN / "refused" / "expected.json")[f"{path.parent.name}/{path.name}"]
    assert _refusal(path.read_bytes()) == Refusal(path.parent.name, expected["path"], expected["rule"])


def test_an_event_in_the_wrong_place_is_refused() -> None:
    event = _event(GOLDEN / "sim.handed-out" / "1" / "sim-4g-cho-ho.json")
    key, topic = event.unit.encode(), _topic(event)
    other = (partition_of(key, PARTITIONS) + 1) % PARTITIONS
    assert wire.misplaced(event, b"2025-03:24848", topic) == Refusal("wrong-key", "$.unit")
    assert wire.misplaced(event, None, topic) == Refusal("wrong-key", "$.unit")
    assert wire.misplaced(event, key, "field.points.v1") == Refusal("wrong-topic", "$.type")
    assert wire.unplaced(key, other, PARTITIONS, lambda _: True) == Refusal("wrong-partition")
    assert wire.unplaced(None, 0, PARTITIONS, lambda _: True) == Refusal("wrong-key")
    assert wire.unplaced(b"\xff", 0, PARTITIONS, lambda _: True) == Refusal("wrong-key")
    assert wire.unplaced(key + b"\n", 0, PARTITIONS, lambda _: True) == Refusal("wrong-key")


def test_a_record_without_value_or_beyond_the_limit_is_refused_unread() -> None:
    value = (GOLDEN / "sim.handed-out" / "1" / "sim-4g-cho-ho.json").read_bytes()
    assert wire.decode(None) == Refusal("no-value")
    assert isinstance(wire.decode(value.ljust(EVENT_BYTES_MAX)), Envelope)
    assert wire.decode(value.ljust(EVENT_BYTES_MAX + 1)) == Refusal("oversize")
