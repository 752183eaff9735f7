"""The committed files: their form, their origin, and that they are what the notice says."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from importlib.resources import files

import pytest

from schemas.places import Level, Places, load
from schemas.places.derive import with_digests, without_homonyms
from schemas.places.tables import digest_of, parse_successions, parse_units, render_successions, render_units

FOLDER = files("schemas.places")


def data(name: str) -> bytes:
    """A committed file's bytes."""
    return FOLDER.joinpath(name).read_bytes()


@pytest.mark.parametrize("name", ["units.csv", "successions.csv"])
def test_the_notice_holds_the_digest_of_the_committed_file(name: str) -> None:
    notice = FOLDER.joinpath("NOTICE.md").read_text(encoding="utf-8")
    match = re.search(rf"(?m)^\| `{re.escape(name)}` \|.*\| ([0-9a-f]+) \|$", notice)
    assert match is not None
    assert match[1] == hashlib.sha256(data(name)).hexdigest()


def test_the_derivation_writes_rows_back_as_the_same_bytes_in_whatever_order_it_finds_them() -> None:
    units, successions = parse_units(data("units.csv")), parse_successions(data("successions.csv"))
    assert render_units(reversed(units)) == data("units.csv")
    assert render_successions(reversed(successions)) == data("successions.csv")


def test_the_derivation_puts_the_digests_into_the_notice_and_refuses_one_without_a_place_for_them() -> None:
    notice = "| `units.csv` | units | 0 |\n"
    assert with_digests(notice, {"units.csv": b""}) == f"| `units.csv` | units | {hashlib.sha256(b'').hexdigest()} |\n"
    with pytest.raises(SystemExit, match=r"no row for successions\.csv"):
        with_digests(notice, {"successions.csv": b""})


def test_the_map_is_read_once_and_its_digest_changes_with_either_file(places: Places) -> None:
    units, successions = data("units.csv"), data("successions.csv")
    assert load() is places
    assert places.digest == digest_of(units, successions)
    assert re.fullmatch("[0-9a-f]{16}", places.digest)
    assert len({places.digest, digest_of(units + b"\n", successions), digest_of(units, successions + b"\n")}) == 3


def test_every_unit_has_an_id_of_its_own_and_every_succession_stands_once(places: Places) -> None:
    assert len(parse_units(data("units.csv"))) == len(places.units)
    rows = parse_successions(data("successions.csv"))
    assert len({(row.from_id, row.to_id) for row in rows}) == len(rows)


def test_codes_are_text_of_two_three_or_five_digits_by_level(places: Places) -> None:
    digits = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}
    for unit in places.units.values():
        assert re.fullmatch(rf"[0-9]{{{digits[unit.level]}}}", unit.code), unit.id
    assert places.known("2025-03:00004")
    assert not places.known("2025-03:4")


def test_names_are_normalised_to_nfc_and_begin_with_their_type(places: Places) -> None:
    for unit in places.units.values():
        assert unicodedata.is_normalized("NFC", unit.name), unit.id
        assert unit.name == " ".join(unit.name.split()), unit.id
        assert unit.name.startswith(f"{unit.type} "), unit.id


def test_a_unit_lies_in_one_of_the_level_above(places: Places) -> None:
    for unit in places.units.values():
        if unit.parent_id is None:
            assert unit.level is Level.PROVINCE
            continue
        above = places.units[unit.parent_id].level
        before = unit.vintage != "2025-07" and unit.level is Level.COMMUNE
        assert above is (Level.DISTRICT if before else Level.PROVINCE), unit.id
        assert places.province_of(unit.id).level is Level.PROVINCE


def test_no_commune_is_given_the_successor_of_another_of_the_same_name(places: Places) -> None:
    rows = list(csv.DictReader(data("homonyms.csv").decode().splitlines()))
    assert len(rows) == 31
    for row in rows:
        wronged, homonym = places.units[f"2025-03:{row['from_code']}"], places.units[f"2025-03:{row['homonym_code']}"]
        assert wronged.name == homonym.name
        assert wronged.parent != homonym.parent
        wrong = f"2025-07:{row['not_to_code']}"
        assert places.units[wrong].name == row["not_to_name"]
        assert wrong not in {succession.to_id for succession in places.successors(wronged.id)}
        assert wrong in {succession.to_id for succession in places.successors(homonym.id)}


def test_a_package_that_no_longer_has_a_wrong_pair_stops_the_derivation() -> None:
    with pytest.raises(SystemExit, match="no longer has"):
        without_homonyms({("00001", "00097")})
