"""Pseudonyms cannot be joined over purposes or installations; household codes find every single typing error."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events.fields import CODE, HOUSEHOLD, Pseudonym
from schemas.pseudonym import ALPHABET, Purpose, check_character, household_code, pseudonym

PURPOSES: tuple[Purpose, ...] = ("iccid", "imei", "serial")
PATTERN = re.compile(get_args(Pseudonym)[1].extra_json_schema["pattern"])
CODES = st.text(ALPHABET, min_size=4, max_size=4)
fixed = settings(derandomize=True, deadline=None)


@fixed
@given(st.text(max_size=25), st.binary(min_size=1, max_size=64))
def test_a_pseudonym_has_the_contracts_form_and_holds_nothing_of_the_number(number: str, key: bytes) -> None:
    for purpose in PURPOSES:
        assert PATTERN.search(pseudonym(purpose, key, number))
        assert len(number) < 4 or number not in pseudonym(purpose, key, number)


@fixed
@given(st.text(min_size=1, max_size=25), st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64))
def test_pseudonyms_differ_by_purpose_and_by_key(number: str, key: bytes, other: bytes) -> None:
    assert len({pseudonym(purpose, key, number) for purpose in PURPOSES}) == len(PURPOSES)
    # HMAC pads short keys with zeros, so only keys that differ beyond trailing zeros are different keys.
    if key.rstrip(b"\0") != other.rstrip(b"\0"):
        assert pseudonym("iccid", key, number) != pseudonym("iccid", other, number)


def test_a_pseudonym_never_changes() -> None:
    key = b"golden examples, no installation's key"
    assert pseudonym("iccid", key, "8984000000000000001") == "p1.71a2b79341c18a4ff1972e6e1ca7581d"
    assert pseudonym("iccid", key, " 8984000000000000001\n") == "p1.71a2b79341c18a4ff1972e6e1ca7581d"


@fixed
@given(CODES)
def test_the_check_character_finds_every_single_typing_error(code: str) -> None:
    right = check_character(code)
    for place in range(4):
        for typed in ALPHABET.replace(code[place], ""):
            assert check_character(code[:place] + typed + code[place + 1 :]) != right


def test_the_alphabet_is_that_of_the_contract() -> None:
    assert [c for c in map(chr, range(128)) if re.fullmatch(CODE, c)] == sorted(ALPHABET)


@pytest.mark.parametrize("number", [0, 1, 31, 32, 32**4 - 1])
def test_a_household_code_has_the_contracts_form(number: int) -> None:
    code = household_code("2025-07:24848", number)
    assert re.fullmatch(HOUSEHOLD, code)
    assert code.startswith("2025-07.24848-")


@fixed
@given(st.integers(0, 32**4 - 1), st.integers(0, 32**4 - 1))
def test_household_codes_of_two_numbers_differ(one: int, other: int) -> None:
    assert (household_code("2023:02842", one) == household_code("2023:02842", other)) is (one == other)
