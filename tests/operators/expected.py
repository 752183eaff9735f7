"""What each panel must show, from a recount of the ledger's events, the registers and the log; never from a total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import create_engine

from infra.bus import connect
from producers.simulator.registered import registers
from schemas import programmes
from schemas.measures import MEASURES
from schemas.places import load
from schemas.programmes.scope import Scopes
from schemas.topics import TOTALS
from sinks.reports.figures import compute
from tests.operators.asked import MEASURE
from tests.operators.conftest import COMMUNE, CONTACTED, LATE, PROVINCE, SEED, Played

Expected = Callable[[Played], Any]
IN_PROVINCE = f"2025-07:{PROVINCE}"


def _sum(figure: str, **where: str) -> Expected:
    return lambda played: [sum(played.kept(figure, **where))]


def _latest(figure: str, **where: str) -> Expected:
    return lambda played: [max(played.kept(figure, **where))]


def _counts(*names: str) -> Expected:
    return lambda played: [played.count(name, commune=COMMUNE) for name in names]


def _measure_by(place: int, wanted: Callable[[tuple[Any, ...]], bool]) -> Expected:
    """The chosen measure by a part of the counters' key."""

    def expected(played: Played) -> dict[str, int]:
        found: Counter[str] = Counter()
        for key, value in played.counters.items():
            if key[3] == MEASURE and wanted(key):
                found[str(key[place])] += value
        return dict(found)

    return expected


def by_province(played: Played) -> dict[str, int]:
    """The chosen measure by a province's code, as Prometheus labels it."""
    found = _measure_by(2, lambda key: key[2] is not None)(played)
    return {unit.partition(":")[2]: value for unit, value in found.items()}


def corrected(played: Played) -> list[int]:
    """Originals that were corrected or voided in the commune."""
    return [sum(played.kept("corrected", commune=COMMUNE)) + sum(played.kept("voided", commune=COMMUNE))]


def communes(played: Played) -> list[int]:
    """How many communes of the province have events."""
    return [len({row["commune"] for row in played.conservation if row["province"] == IN_PROVINCE and row["commune"]})]


def published(played: Played) -> list[int]:
    """When the newest record of the totals was written, in ms."""
    with connect(played.settings) as bus:
        places = bus.places([TOTALS])
        return [max(record.timestamp for _, record in bus.read(bus.beginnings(places), bus.ends(places)))]


def targets(played: Played) -> dict[tuple[str, str, float], tuple[int | None, int | None]]:
    """Count and whole of each target, by programme, title and target, as the report has them from the events."""
    found = {}
    with create_engine(played.settings.database_url).connect() as connection:
        for name in programmes.names():
            report = compute(connection, programmes.load(name))
            found.update({(report.title.vi, row.row.title.vi, float(target.value)): (row.value.count, row.value.of)
                          for row in report.rows for target in row.row.targets if target.value is not None})
    return found


def shares(played: Played) -> dict[str, tuple[int, int]]:
    """Of the households that Lạc Dương's programme has registered in the commune: how many have what it counts."""
    programme, places = programmes.load("lac-duong"), load()
    inside = {unit for unit in Scopes(places).of(programme.places)
              if (now := places.on(unit, date.max).commune) is not None and now.id == COMMUNE}  # fmt: skip
    whole = sum(entry.kind == "household" and entry.unit in inside for entry in registers(SEED))
    counted = {"leaflet_share": "households_with_leaflet", "smartphone_share": "households_with_smartphone",
               "connected_share": "households_connected"}  # fmt: skip
    return {row.title.vi: (played.count(counted[row.id], units=inside), whole)
            for row in programme.rows if row.id in counted}


def counters(played: Played) -> dict[tuple[str, str], int]:
    """All counters of the commune, by title and kind."""
    found: Counter[tuple[str, str]] = Counter()
    for (_, commune, _, measure, kind), value in played.counters.items():
        if commune == COMMUNE:
            found[MEASURES[measure].title.vi, kind] += value
    return dict(found)


def days(played: Played) -> dict[tuple[datetime, str], int]:
    """The commune's sum measures by day and title, from the facts."""
    found = played.ledger(
        "SELECT day_of(f.instant), r.measure, sum(f.sign * coalesce(CAST(f.data ->> r.amount_field AS bigint), 1)) "
        "FROM facts_at((SELECT array_agg(id) FROM units WHERE commune = :commune), NULL) AS f "
        "JOIN sum_rules r ON r.type = f.type AND r.live GROUP BY 1, 2", commune=COMMUNE)  # fmt: skip
    return {(datetime(day.year, day.month, day.day, tzinfo=UTC), MEASURES[measure].title.vi): int(value)
            for day, measure, value in found if value}


def findings(played: Played) -> list[Any]:
    """What the ledger finds in the commune: kind, day and how many events are behind it."""
    found = played.ledger("SELECT finding, since, cardinality(events) FROM findings WHERE EXISTS "
                          "(SELECT FROM units u WHERE u.id = ANY (units) AND u.commune = :commune)", commune=COMMUNE)
    return sorted(found)


def sources(played: Played) -> dict[str, int]:
    """Events of each source in the commune."""
    found = played.ledger("SELECT s.source, count(*) FROM streams s JOIN events e ON e.stream = s.id "
                          "JOIN units u ON u.id = s.unit WHERE u.commune = :commune GROUP BY 1", commune=COMMUNE)
    return dict(found)


def tablets(played: Played) -> dict[tuple[str, str], int]:
    """Events of each tablet in each commune of the province."""
    found = played.ledger("SELECT u.commune, s.source, count(*) FROM streams s JOIN events e ON e.stream = s.id "
                          "JOIN units u ON u.id = s.unit WHERE u.province = :province AND s.source LIKE '/simulator/%' "
                          "GROUP BY 1, 2", province=IN_PROVINCE)
    return {(commune, source): count for commune, source, count in found}


def in_log(played: Played) -> list[int]:
    """Records of the field topics: those that the ledger read, and those that came after."""
    return [played.ledger("SELECT sum(next_offset) FROM positions WHERE topic LIKE 'field.%' "
                          "AND topic <> 'field.rejected.v1'")[0][0] + LATE]  # fmt: skip


def rejected(played: Played) -> dict[str, int]:
    """Rejected records by reason, as the ledger judged them."""
    return dict(played.ledger("SELECT reason, count(*) FROM uncounted WHERE reason <> 'duplicate' GROUP BY 1"))


def holes(played: Played) -> dict[str, int]:
    """Numbers that are not counted, by class."""
    return {name: sum(played.kept(name)) for name in ("missing", "rejected", "withdrawn")}


FIGURES: dict[str, Expected] = {
    "programme: Sự kiện đã nhận": _sum("events", province=IN_PROVINCE),
    "programme: Xã có số liệu": communes,
    "programme: Sự kiện mới nhất": _latest("latest_event", province=IN_PROVINCE),
    "programme: Lần nhận mới nhất": _latest("latest_receipt", province=IN_PROVINCE),
    "programme: Số liệu cập nhật lúc": published,
    "commune: Sự kiện đã nhận": _sum("events", commune=COMMUNE),
    "commune: Sự kiện mới nhất": _latest("latest_event", commune=COMMUNE),
    "commune: Lần nhận mới nhất": _latest("latest_receipt", commune=COMMUNE),
    "commune: Số thứ tự còn thiếu": _sum("missing", commune=COMMUNE),
    "commune: Đã sửa hoặc hủy": corrected,
    "commune: Hộ gia đình": _counts(
        "households_surveyed", "households_with_leaflet", "households_given_smartphone", "households_given_sim",
        "households_with_smartphone", "households_connected"),
    "commune: Buổi tập huấn và tuyên truyền": _counts(
        "training_sessions", "training_reach", "outreach_sessions", "outreach_reach"),
    "tablets: Máy bảng đã liên lạc": lambda _: [len(CONTACTED)],
    "tablets: Im lặng": lambda _: [1],
    "tablets: Lệch giờ": lambda _: [1],
    "tablets: Sự kiện còn chờ": lambda _: [sum(waiting for *_, waiting in CONTACTED)],
    "pipeline: Bản ghi trong Kafka": in_log,
    "pipeline: Bản ghi trùng": _sum("duplicates"),
    "pipeline: Bản ghi xung đột": _sum("conflicts"),
}  # fmt: skip
"""Panels of plain figures."""
BY_LABEL: dict[str, tuple[str, Expected]] = {
    "programme: Chỉ tiêu theo xã": (
        "commune", _measure_by(1, lambda key: key[1] is not None and key[2] == IN_PROVINCE)),
    "programme: Chỉ tiêu theo tỉnh": ("province", by_province),
    "programme: Chỉ tiêu theo thời gian": ("kind", _measure_by(4, lambda key: key[2] == IN_PROVINCE)),
    "pipeline: Bản ghi chờ xử lý": ("service", lambda _: {"counter": LATE}),
    "pipeline: Từ chối theo lý do": ("reason", rejected),
    "pipeline: Số thứ tự thiếu": ("kind", holes),
}  # fmt: skip
"""Panels with a figure for each value of a label."""
