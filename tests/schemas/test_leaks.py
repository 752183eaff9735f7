"""Refusals and their headers repeat nothing that was read: it may be somebody's name or number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemas import wire
from schemas.events.envelope import Envelope
from schemas.rejected import (
    HEADER_KEY,
    HEADER_OFFSET,
    HEADER_REASON,
    OWN_HEADERS,
    Origin,
    Refusal,
    rejected_headers,
)
from tests.schemas.golden import FILES, GOLDEN, at, document, each, places, replaced

SIM = document(GOLDEN / "sim.handed-out" / "1" / "sim-4g-cho-ho.json")
CANARY, CANARY_NUMBER = "Bi_Mat_0912345678", 840912345678901
ORIGIN = Origin("field.handouts.v1", 3, 12)


def _canaries(event: dict[str, Any]) -> list[tuple[str, Any]]:
    """Events with a secret as a value, as an unknown key, and as a key that looks like the end of a sentence."""
    found = []
    for place in places(event):
        value = at(event, place)
        if isinstance(value, dict):
            for key in (CANARY, f"x` - at `$.{CANARY}", f"x` - at `$.data.{CANARY}`", "x` - at `$.bi_mat"):
                found.append((f"{place} has the key {key}", replaced(event, (*place, key), CANARY)))
        for secret in (CANARY, CANARY_NUMBER, CANARY_NUMBER + 0.5, [CANARY], {CANARY: CANARY}, f"{CANARY}\n"):
            found.append((f"{place} is {secret!r}", replaced(event, place, secret)))
        if isinstance(value, str):
            found.append((f"{place} ends so", replaced(event, place, value + CANARY)))
    return found


@each(FILES)
def test_a_refusal_never_repeats_what_it_read(path: Path) -> None:
    refused = 0
    for what, event in _canaries(document(path)):
        answer = wire.decode(json.dumps(event).encode())
        if isinstance(answer, Refusal):
            refused += 1
            said = repr(answer) + repr(rejected_headers(ORIGIN, None, answer, []))
            assert "bi_mat" not in said.lower(), what
            assert "0912345678" not in said, what
    assert refused > 100


def test_placement_never_repeats_what_it_read() -> None:
    event = wire.decode(json.dumps(SIM).encode())
    assert isinstance(event, Envelope)
    key = CANARY.encode()
    for refusal in (wire.misplaced(event, key, CANARY), wire.unplaced(key, 0, 12, lambda _: True)):
        assert refusal is not None
        assert CANARY not in repr(refusal)


def test_a_record_cannot_bring_our_headers_with_it() -> None:
    came_with = [(name, b"forged") for name in OWN_HEADERS] + [("ce_type", b"sim.handed-out")]
    headers = rejected_headers(ORIGIN, b"k", Refusal("bad-seq", "$.seq"), came_with)
    assert headers[0] == ("ce_type", b"sim.handed-out")
    assert b"forged" not in [value for _, value in headers]
    assert dict(headers)[HEADER_REASON] == b"bad-seq"
    assert dict(headers)[HEADER_OFFSET] == b"12"
    assert dict(headers)[HEADER_KEY] == b"k"
    assert HEADER_KEY not in dict(rejected_headers(ORIGIN, None, Refusal("no-value"), []))
