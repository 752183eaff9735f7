"""What may be sent in place of a rejected event, decided from its bytes, a patch and the map alone."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest

from producers.errors import ProducersError
from producers.office.mending import Ground, own_source, patched, renumbered, sendable
from producers.office.rejects import Rejected
from producers.simulator.record import headers_of
from producers.simulator.rubbish import FORMS, Form, Letter, Surroundings
from schemas import wire
from schemas.events.envelope import Envelope
from schemas.places import load
from schemas.rejected import PARKED
from tests.mend.poison import Poison, Record
from tests.mend.test_poison import LOADED, patch_of
from tests.schemas.golden import FILES

GROUND = Ground(load().known, 3)
EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "01934c1e-0000-7000-8000-000000000001", "source": "/tablets/one", "seq": 7,
    "type": "leaflet.distributed", "subject": "household/2025-07.24848-K7M2-9", "time": "2026-03-01T08:12:04+07:00",
    "datacontenttype": "application/json", "dataschema": "urn:fieldtally:leaflet.distributed:1",
    "unit": "2025-07:24848", "receivedat": "2026-03-04T11:30:09Z", "skewms": 0,
    "data": {"organisation": "youth-union-lac-duong", "leaflet": "l-1"},
}  # fmt: skip
TOPIC, KEY = "field.outreach.v1", b"2025-07:24848"


def written(**changed: Any) -> bytes:
    return msgspec.json.encode(EVENT | changed)


def rejected(reason: str, value: bytes | None, topic: str = TOPIC, key: bytes | None = KEY) -> Rejected:
    return Rejected(f"{topic}:1:5", reason, "", "", topic, key, value, [], 0)


def mended(record: Rejected, *steps: dict[str, Any]) -> Envelope:
    return sendable(record, patched(record.value, json.dumps(steps).encode()), GROUND).event


def test_there_are_examples() -> None:
    assert isinstance(wire.decode(written()), Envelope)
    assert FILES


@pytest.mark.parametrize(("reason", "form"), [each for each in FORMS if each[0] not in (LOADED, "unknown-type")])
def test_every_form_of_rubbish_is_mended_by_a_patch_to_what_was_meant(reason: str, form: Form) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    around = Surroundings(("2025-07:24848", "2025-07:24853"), 3, random.Random(seed))
    letter = form(json.loads(written()), Letter(TOPIC, KEY, written()), around)
    meant = Record(TOPIC, KEY, written(), None, headers_of("", ""), "")
    came = meant._replace(topic=letter.topic, key=letter.key, value=letter.value)
    record = rejected(reason, came.value, came.topic, came.key)
    made = sendable(record, patched(came.value, json.dumps(patch_of(Poison(reason, meant, came))).encode()), GROUND)
    assert (made.topic, made.event) == (TOPIC, wire.decode(written()))


@pytest.mark.parametrize("change", [{"seq": 8}, {"source": "/tablets/two"}])
def test_an_identity_that_can_be_read_is_kept(change: dict[str, Any]) -> None:
    record = rejected("out-of-range", written(skewms=2**60))
    steps = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in ({"skewms": 0} | change).items()]
    with pytest.raises(ProducersError, match=r"number 7 of /tablets/one, and must stay so"):
        mended(record, *steps)
    assert mended(record, steps[0]).seq == 7


def test_a_parked_event_keeps_its_unit_for_it_may_become_valid_by_itself() -> None:
    elsewhere = written(unit="2031-01:99999", subject="household/2031-01.99999-K7M2-9")
    record = rejected("unknown-unit", elsewhere, key=b"2031-01:99999")
    assert "unknown-unit" in PARKED
    with pytest.raises(ProducersError, match="keeps its unit and topic"):
        mended(record, {"op": "replace", "path": "", "value": EVENT})


def test_what_would_be_rejected_again_is_not_sent_and_the_reason_is_said() -> None:
    record = rejected("wrong-shape", written(data={}))
    with pytest.raises(ProducersError, match=r"would be rejected again at \$\.data \(required\): wrong-shape"):
        mended(record)
    with pytest.raises(ProducersError, match="unknown-unit"):
        mended(rejected("undecodable", b"{"), {"op": "replace", "path": "", "value": EVENT | {
            "unit": "2031-01:99999", "subject": "household/2031-01.99999-K7M2-9"}})  # fmt: skip


def test_a_conflict_gets_a_number_of_its_own_that_is_the_same_for_everybody() -> None:
    record = rejected("conflict", written())
    with pytest.raises(ProducersError, match="--renumber"):
        mended(record)
    with pytest.raises(ProducersError, match="--renumber"):
        mended(record, {"op": "replace", "path": "/seq", "value": 8})
    made = sendable(record, renumbered(written(), record.origin), GROUND)
    assert (made.event.source, made.event.seq) == ("/offices/rejected/field.outreach.v1.1.5", 1)
    assert made.event.source == own_source(record.origin)
    assert made.event.id == EVENT["id"]
    assert renumbered(written(), record.origin) == made.value


def test_a_number_of_its_own_is_not_for_what_has_one() -> None:
    record = rejected("out-of-range", written(id="1"))
    with pytest.raises(ProducersError, match="must stay so"):
        sendable(record, renumbered(written(), record.origin), GROUND)


def test_bytes_that_say_nothing_are_replaced_whole_and_may_get_a_number_of_their_own() -> None:
    unnumbered = {name: value for name, value in EVENT.items() if name not in ("source", "seq", "id")}
    record = rejected("undecodable", b"\xff\xfe")
    value = patched(record.value, json.dumps([{"op": "replace", "path": "", "value": unnumbered}]).encode())
    assert sendable(record, renumbered(value, record.origin), GROUND).event.seq == 1


@pytest.mark.parametrize("patch", [
    b"no json", b"{}", b'["replace"]', b'[{"path": "/seq"}]', b'[{"op": "add", "value": 1}]',
    b'[{"op": "jump", "path": "/seq"}]', b'[{"op": "remove", "path": "/nowhere"}]',
    b'[{"op": "replace", "path": "seq", "value": 1}]', b'[{"op": "test", "path": "/seq", "value": 0}]',
    b'[{"op": "add", "path": "/data/organisation/x", "value": 1}]', b"[" * 100_000,
    json.dumps([{"op": "add", "path": "/a", "value": ["x"]}] + [{"op": "copy", "from": "/a", "path": "/a/-"}] * 40),
])  # fmt: skip
def test_a_patch_that_is_none_or_does_not_fit_or_grows_without_end_is_a_sentence(patch: bytes | str) -> None:
    with pytest.raises(ProducersError, match="patch"):
        patched(written(), patch.encode() if isinstance(patch, str) else patch)
