"""What of a rejected record a person may see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from producers.office.masking import MASK, masked, masked_text
from tests.mend.test_mending import EVENT, written

PERSONAL = ("Nguyễn Văn A", "0912345678", "049123456789", "8984048000001234567", "p1." + "a" * 32)


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("where", ["data", "name", "iccid", "subject", "element", "key"])
def test_no_personal_value_is_shown_wherever_it_stands(text: str, where: str) -> None:
    places: dict[str, dict[str, Any]] = {
        "data": {"data": {"organisation": text}}, "name": {"name": text}, "iccid": {"data": {"iccid": text}},
        "subject": {"subject": f"household/{text}"}, "element": {"data": [text, {"x": [text]}]},
        "key": {text: 1, "data": {text: text}},
    }  # fmt: skip
    if text.startswith("p1.") and where in ("data", "subject", "element"):
        text = "a" * 33  # a pseudonym is no personal number where a code should stand
    assert text not in masked(written(**places[where]))
    assert text.encode() not in masked(written(**places[where])[:-1]).encode(), "also where it is no JSON"


def test_a_number_is_shown_only_under_a_name_of_the_contracts() -> None:
    said = json.loads(masked(written(phone=912345678, data={"imei": 351756051523999, "visitors": 12})))
    assert 912345678 not in said.values()
    assert said["data"] == {"imei": MASK, "visitors": 12}


def test_names_and_codes_of_the_contracts_are_shown_as_they_came() -> None:
    assert json.loads(masked(written())) == EVENT
    assert json.loads(masked(written(data={"organisation": "nobody"})))["data"] == {"organisation": "nobody"}


def test_of_bytes_that_are_no_json_what_can_be_read_is_shown() -> None:
    said = masked(written()[:-1])
    assert "no JSON" in said
    assert "seq: 7" in said
    assert '"2025-07:24848"' in said
    assert masked(b"\xff" * 30) == "(30 bytes, no JSON)"
    assert masked(None) == "(no value)"


def test_keys_and_headers_are_shown_if_they_look_like_codes() -> None:
    assert masked_text(b"2025-07:24848") == "2025-07:24848"
    assert masked_text(b"application/cloudevents+json") == "application/cloudevents+json"
    assert masked_text("Nguyễn Văn A".encode()).startswith(MASK)
    assert masked_text(None) == "-"
