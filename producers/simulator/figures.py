"""The figures of the two source documents that give a season its shape (programme.md, S1 and S2).

What the documents do not give (which commune of a district, how many households in each) is synthetic and says so.
"""

from __future__ import annotations

# S1: Lào Cai, 24 October 2023.
POINTS_IN_COMMUNES = 69  # communes of region III
POINTS_IN_VILLAGES = 48  # specially difficult villages
POINTS = POINTS_IN_COMMUNES + POINTS_IN_VILLAGES
POINTS_BY_DISTRICT = {  # old district -> points (Decision 2541/QĐ-UBND)
    "080": 3, "084": 7, "087": 14, "085": 18, "082": 19, "083": 15, "088": 14, "089": 17, "086": 10,
}  # fmt: skip
CITY_HOSTS = ("Xã Hợp Thành", "Xã Tả Phời", "Xã Thống Nhất")  # the three of Lào Cai city, which the decision names
DECISION = "2541-qd-ubnd"
PERIOD = "2023-2030"
WITH_ACCESS = 0.97  # of poor and near-poor households in need, end of June 2023
REACHED_BY_MEDIA = 0.92  # of families in poor districts

# S2: Lạc Dương, 2022-2023.
LAC_DUONG = "2025-03:675"
HOUSEHOLDS = 7_684
POOR, NEAR_POOR = 448, 492
MINORITY = 5_063  # households
ROUNDS = 3
REACHED_BY_ROUNDS = 1_000  # more than
CONTRIBUTIONS_VND = 6_000_000_000  # about; a total only, its parts are synthetic
HOUSEHOLDS_BY_COMMUNE = {  # synthetic; only their sum is given
    "2025-03:24846": 2_900, "2025-03:24847": 500, "2025-03:24848": 1_000,
    "2025-03:24850": 650, "2025-03:24862": 1_100, "2025-03:24865": 1_534,
}  # fmt: skip
VILLAGES_BY_COMMUNE = {  # synthetic; only their sum, 34, is given
    "2025-03:24846": 10, "2025-03:24847": 4, "2025-03:24848": 5,
    "2025-03:24850": 4, "2025-03:24862": 6, "2025-03:24865": 5,
}  # fmt: skip
SMARTPHONES, SIMS = 426, 512  # "hundreds"

# Synthetic altogether.
SAMPLE = 20  # poor and near-poor households surveyed in each of Lào Cai's communes of 2023
VILLAGES_ELSEWHERE = 8
DEVICES_PER_POINT = 8


def spread(index: int, wanted: int, among: int) -> bool:
    """Whether `index` is one of `wanted` in every `among`, evenly spread."""
    return index * wanted // among != (index + 1) * wanted // among
