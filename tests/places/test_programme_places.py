"""The two places of the programmes: Lào Cai and Lạc Dương in Lâm Đồng."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.places import Places, Share
from tests.places.facts import communes, heirs, split


def predecessors(places: Places, unit_id: str) -> set[str]:
    """The ids of all that went, wholly or in part, into a unit."""
    return {old for old in places.successions if unit_id in heirs(places, old)}


@pytest.mark.parametrize(
    ("new", "name", "old"),
    [
        (
            "24846",
            "Phường Lang Biang - Đà Lạt",
            {"24846": "Thị trấn Lạc Dương", "24862": "Xã Lát", "24769": "Phường 7"},
        ),
        ("24848", "Xã Lạc Dương", {"24847": "Xã Đạ Chais", "24848": "Xã Đạ Nhim", "24865": "Xã Đạ Sar"}),
        ("24853", "Xã Đam Rông 4", {"24850": "Xã Đưng KNớ", "24853": "Xã Đạ Tông", "24856": "Xã Đạ Long"}),
    ],
)
def test_the_three_communes_that_hold_lac_duong_are_made_of_these(
    places: Places, new: str, name: str, old: dict[str, str]
) -> None:
    assert places.units[f"2025-07:{new}"].name == name
    assert {code: places.units[f"2025-03:{code}"].name for code in old} == old
    assert predecessors(places, f"2025-07:{new}") == {f"2025-03:{code}" for code in old}
    for code in old:
        current = places.current(f"2025-03:{code}").commune
        assert current is not None
        assert current.code == new


def test_lac_duong_had_six_communes(places: Places) -> None:
    six = {unit.code for unit in communes(places, "2025-03", "68") if unit.parent == "675"}
    assert places.units["2025-03:675"].name == "Huyện Lạc Dương"
    assert six == {"24846", "24847", "24848", "24850", "24862", "24865"}


def test_old_lac_duong_cannot_be_rebuilt_by_adding_up_new_communes(places: Places) -> None:
    six = {unit.id for unit in communes(places, "2025-03", "68") if unit.parent == "675"}
    holders = {heir for old in six for heir in heirs(places, old)}
    strangers = {old for new in holders for old in predecessors(places, new)} - six
    assert strangers == {"2025-03:24769", "2025-03:24853", "2025-03:24856"}
    districts = {places.units[places.units[old].parent_id or ""].name for old in strangers}
    assert districts == {"Thành phố Đà Lạt", "Huyện Đam Rông"}


def test_lao_cai_had_152_communes_then_151_and_has_48_of_them_made_without_a_split(places: Places) -> None:
    assert len(communes(places, "2023")) == len(communes(places, "2023", "10")) == 152
    old = communes(places, "2025-03", "10")
    assert len(old) == 151
    assert split(places, "10") == []
    assert len({heir for unit in old for heir in heirs(places, unit.id)}) == 48


def test_new_lao_cai_is_yen_bai_and_lao_cai_with_99_communes_under_the_code_of_yen_bai(places: Places) -> None:
    assert predecessors(places, "2025-07:15") == {"2025-03:10", "2025-03:15"}
    assert places.units["2025-07:15"].name == "Tỉnh Lào Cai"
    assert not places.known("2025-07:10")
    new = communes(places, "2025-07", "15")
    assert len(new) == 99
    of_old_lao_cai = {heir for unit in communes(places, "2025-03", "10") for heir in heirs(places, unit.id)}
    of_yen_bai = {heir for unit in communes(places, "2025-03", "15") for heir in heirs(places, unit.id)}
    assert of_old_lao_cai.isdisjoint(of_yen_bai)
    assert of_old_lao_cai | of_yen_bai == {unit.id for unit in new}


def test_new_lam_dong_has_124_communes_from_137_and_71_and_121_and_splits_only_in_old_binh_thuan(
    places: Places,
) -> None:
    assert len(communes(places, "2025-07", "68")) == 124
    old = {"68": "Tỉnh Lâm Đồng", "67": "Tỉnh Đắk Nông", "60": "Tỉnh Bình Thuận"}
    assert {code: places.units[f"2025-03:{code}"].name for code in old} == old
    assert {code: len(communes(places, "2025-03", code)) for code in old} == {"68": 137, "67": 71, "60": 121}
    assert predecessors(places, "2025-07:68") == {f"2025-03:{code}" for code in old}
    assert {code: len(split(places, code)) for code in old} == {"68": 0, "67": 0, "60": 2}


def test_between_2023_and_march_2025_only_ta_chai_changed_in_lao_cai_and_it_joined_bac_ha(places: Places) -> None:
    codes = {unit.code for unit in places.units.values() if unit.vintage == "2023"}
    later = {code for code in codes if places.known(f"2025-03:{code}")}
    assert codes - later == {"02872"}
    assert heirs(places, "2023:02872") == heirs(places, "2023:02839") == {"2025-03:02839"}
    assert all(heirs(places, f"2023:{code}") == {f"2025-03:{code}"} for code in later)


def test_a_commune_of_2023_is_followed_over_two_successions(places: Places) -> None:
    place = places.current("2023:02872")
    assert place.commune is not None
    assert place.province is not None
    assert place.unresolved is None
    assert heirs(places, "2025-03:02839") == {place.commune.id} == {"2025-07:02839"}
    assert place.province.id == "2025-07:15"
    assert all(places.current(unit.id).commune is not None for unit in communes(places, "2023"))


def test_a_succession_states_its_day_only_where_a_source_does(places: Places) -> None:
    days = {
        (succession.from_vintage, succession.effective)
        for successions in places.successions.values()
        for succession in successions
    }
    assert days == {("2023", None), ("2025-03", date(2025, 7, 1))}
    assert places.successors("2023:02872")[0].share is Share.WHOLE
