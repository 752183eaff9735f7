"""The decoder takes any bytes: it never raises, and always gives an event or a listed reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas import wire
from schemas.events.catalogue import ORIGINAL, WIRE_TYPE_OF, schema_urn
from schemas.events.envelope import Envelope
from schemas.rejected import REASONS, Refusal
from schemas.topics import EVENT_BYTES_MAX
from tests.schemas.golden import FILES, GOLDEN, at, document, each, places, replaced

SIM = document(GOLDEN / "sim.handed-out" / "1" / "sim-4g-cho-ho.json")
VALUES = [path.read_bytes() for path in FILES]
# The same examples in every run: what fails here fails everywhere.
fixed = settings(derandomize=True, max_examples=150, deadline=None)


def _answered(value: bytes) -> Envelope | Refusal:
    answer = wire.decode(value)
    assert isinstance(answer, Envelope) or answer.reason in REASONS
    claim = wire.claimed(value)
    assert claim is None or 1 <= claim.seq < 2**31
    return answer


def _json_values() -> st.SearchStrategy[Any]:
    names = st.sampled_from([*SIM, *SIM["data"], "root", "original", "new"]) | st.text(max_size=5)
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    nested = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
    return nested | st.dictionaries(names, leaves, max_size=8)


@fixed
@given(st.binary(max_size=300))
def test_random_bytes_never_raise(value: bytes) -> None:
    _answered(value)


@fixed
@given(_json_values())
def test_random_json_never_raises(document: Any) -> None:
    assert isinstance(_answered(json.dumps(document).encode()), Refusal)


@fixed
@given(st.sampled_from(VALUES), st.data())
def test_damaged_events_never_raise(value: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, min(len(value), start + 8)))
    _answered(value[:start] + data.draw(st.binary(max_size=8)) + value[end:])


@fixed
@given(
    st.sampled_from(sorted(SIM)), st.sampled_from([9, 20, 4_300, 4_301, 40_000]), st.sampled_from(["", "-", "1e", "0."])
)
def test_huge_numbers_never_raise(field: str, digits: int, start: str) -> None:
    number = start + "9" * digits
    _answered(json.dumps(replaced(SIM, (field,), "?")).replace('"?"', number).encode())


@pytest.mark.parametrize("depth", [10, 900, 990, 1_000, 5_000, 30_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"data":', "}")])
@pytest.mark.parametrize("field", ["data", "note", "source"])
def test_deep_nesting_never_raises(depth: int, opening: str, closing: str, field: str) -> None:
    deep = opening * depth + ("1" if closing == "}" else "") + closing * depth
    value = json.dumps(replaced(SIM, (field,), "?")).replace('"?"', deep).encode()
    assert isinstance(_answered(value), Refusal)


@fixed
@given(st.sampled_from(sorted(SIM)), st.sampled_from([r"\ud800", r"\udfff\ud800", r"\u0000", "\x00", "\x1f", r"\x"]))
@example("type", r"\ud800")
@example("source", r"/tablets/\ud800")
def test_lone_surrogates_and_control_characters_never_raise(field: str, text: str) -> None:
    assert isinstance(_answered(json.dumps(replaced(SIM, (field,), "?")).replace('"?"', f'"{text}"').encode()), Refusal)


def test_of_a_key_that_stands_twice_the_last_value_counts() -> None:
    value = json.dumps(SIM).encode()
    twice = value[:-1] + b', "seq": 99}'
    event = wire.decode(twice)
    assert isinstance(event, Envelope)
    assert event.seq == 99 == json.loads(twice)["seq"]
    assert wire.decode(value[:-1] + b', "seq": 0}') == Refusal("bad-seq", "$.seq")
    assert isinstance(_answered(value[:-1] + b', "type": "card.issued"}'), Refusal)


def test_blanks_around_an_event_are_no_harm_and_anything_else_is() -> None:
    value = json.dumps(SIM).encode()
    assert wire.decode(b" \n\t" + value + b"\r\n ") == wire.decode(value)
    for around in (b"\xef\xbb\xbf%s", b"%s\0", b"\0%s", b"%s{}", b"%s,", b"\xff%s"):
        assert wire.decode(around % value) == Refusal("undecodable"), around


@each(FILES)
def test_a_rejected_record_claims_its_number_where_it_can_still_be_read(path: Path) -> None:
    event = document(path)
    spoilt = json.dumps(replaced(event, ("note",), "x")).encode()
    assert isinstance(wire.decode(spoilt), Refusal)
    assert wire.claimed(spoilt) == wire.Claimed(event["source"], event["seq"])


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"{}",
        b"[]",
        json.dumps(SIM | {"seq": 0}).encode(),
        json.dumps(SIM | {"seq": 2**31}).encode(),
        json.dumps(SIM | {"seq": True}).encode(),
        json.dumps(SIM | {"source": "/people/x"}).encode(),
        json.dumps(SIM).encode()[:-1],
    ],
)
def test_what_names_no_stream_or_number_claims_none(value: bytes | None) -> None:
    assert wire.claimed(value) is None


def test_an_oversize_record_still_claims_its_number() -> None:
    value = json.dumps(SIM).encode().ljust(EVENT_BYTES_MAX + 1)
    assert wire.decode(value) == Refusal("oversize")
    assert wire.claimed(value) == wire.Claimed(SIM["source"], SIM["seq"])


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[-3].count(".") == 1], ids=lambda p: p.parts[-3])
def test_a_later_version_and_an_unknown_type_are_told_from_rubbish(path: Path) -> None:
    event = document(path)
    later = event | {"dataschema": schema_urn(event["type"], 2), "data": {"anything": True}}
    assert wire.decode(json.dumps(later).encode()) == Refusal("future-version", "$.dataschema")
    unknown = event | {"type": "example.unknown", "data": None}
    assert wire.decode(json.dumps(unknown).encode()) == Refusal("unknown-type", "$.type")
    of_another = event | {"dataschema": schema_urn("example.unknown", 2)}
    assert wire.decode(json.dumps(of_another).encode()) == Refusal("out-of-range", "$.dataschema", "enum")


@each(FILES)
def test_no_string_admits_a_newline_at_any_place(path: Path) -> None:
    event = document(path)
    for place in places(event):
        text = at(event, place)
        for cut in range(len(text) + 1) if isinstance(text, str) else ():
            bent = replaced(event, place, f"{text[:cut]}\n{text[cut:]}")
            assert isinstance(wire.decode(json.dumps(bent).encode()), Refusal), (place, cut)


@each(FILES)
def test_a_string_that_breaks_its_pattern_is_named_by_its_place(path: Path) -> None:
    event = document(path)
    for place in places(event):
        if isinstance(at(event, place), str) and place[-1] in (
            "id",
            "source",
            "subject",
            "unit",
            "village",
            "household",
        ):
            answer = wire.decode(json.dumps(replaced(event, place, "?")).encode())
            assert answer == Refusal("out-of-range", ".".join(("$", *place)), "pattern")


def test_an_answer_does_not_depend_on_what_was_decoded_before() -> None:
    first = [wire.decode(value) for value in VALUES]
    spoilt = [wire.decode(json.dumps(document(path) | {"unit": "2025-07:2484"}).encode()) for path in FILES]
    assert spoilt == [Refusal("out-of-range", "$.unit", "pattern")] * len(FILES)
    assert [wire.decode(value) for value in VALUES] == first


@pytest.mark.parametrize("source", ["/tablets/a/b", "/simulator/7/t-1", f"/imports/{'x' * 64}"])
def test_every_kind_of_recorder_is_known(source: str) -> None:
    assert isinstance(wire.decode(json.dumps(SIM | {"source": source}).encode()), Envelope)


@pytest.mark.parametrize(
    "source", ["tablets/a", "/tablets/", "/tablets/a/b/c", f"/imports/{'x' * 65}", "/tablets/ạ", ""]
)
def test_another_recorder_is_refused(source: str) -> None:
    assert wire.decode(json.dumps(SIM | {"source": source}).encode()) == Refusal("out-of-range", "$.source", "pattern")


def test_a_subject_is_under_its_unit_only_if_the_whole_code_is() -> None:
    contribution = document(GOLDEN / "contribution.received" / "1" / "doanh-nghiep-cho-huyen.json")
    for unit, subject, belongs in [
        ("2025-03:675", "unit/2025-03.675", True),
        ("2025-03:67", "unit/2025-03.675", False),
        ("2025-03:675", "unit/2025-03.67", False),
        ("2025-07:675", "unit/2025-03.675", False),
        ("2023:675", "unit/2023.675", True),
    ]:
        event = wire.decode(json.dumps(contribution | {"unit": unit, "subject": subject}).encode())
        assert isinstance(event, Envelope)
        assert WIRE_TYPE_OF[type(event)].part == ORIGINAL
        assert (wire.misplaced(event, unit.encode(), "field.support.v1") is None) is belongs
