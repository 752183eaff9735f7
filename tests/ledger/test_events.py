"""Single cases, worked out by hand: which record counts, what a revision moves, what is reported as a finding."""

from __future__ import annotations

from datetime import date
from itertools import permutations

from sinks.ledger.store import Store
from tests.ledger.conftest import MemoryLog, Sql, grouped, write
from tests.ledger.made import (
    HOME,
    NEIGHBOUR,
    OTHER,
    SESSION,
    UNIT,
    activity,
    event,
    fact,
    leaflet,
    revision,
    visitors,
)
from tests.ledger.random_log import Put


def written(store: Store, *puts: Put, batch: int = 100) -> None:
    """Writes records in batches of `batch`."""
    log = MemoryLog()
    log.put(puts)
    for start in range(0, len(puts), batch):
        write(store, grouped(log.order[start : start + batch]))


def counted(sql: Sql, measure: str, kind: str = "") -> int:
    rows = sql("SELECT value FROM ledger_counters(:unit) WHERE measure = :measure AND kind = :kind", unit=UNIT,
               measure=measure, kind=kind)  # fmt: skip
    return rows[0][0] if rows else 0


def test_of_records_with_one_identity_in_one_batch_the_first_in_the_log_counts(store: Store, sql: Sql) -> None:
    written(store, leaflet(1, HOME, id=1), leaflet(1, NEIGHBOUR, id=2), leaflet(1, HOME, id=1))
    assert sql("SELECT subject, log_offset FROM events") == [(HOME, 0)]
    assert sql("SELECT log_offset, reason FROM uncounted ORDER BY 1") == [(1, "conflict"), (2, "duplicate")]


def test_a_number_that_is_used_again_with_another_id_is_a_conflict_however_late(store: Store, sql: Sql) -> None:
    written(store, *(leaflet(n) for n in range(1, 101)), leaflet(1, id=999), batch=30)
    assert sql("SELECT reason, seq FROM uncounted") == [("conflict", 1)]


def test_the_same_number_of_another_source_topic_or_unit_is_another_event(store: Store, sql: Sql) -> None:
    elsewhere = fact(f"household/{OTHER.replace(':', '.')}-0000-0", {"leaflet": "l-1"})
    written(store, leaflet(1), leaflet(1, source="/tablets/b"), activity(1, 5),
            event("outreach", "leaflet.distributed", 1, elsewhere))  # fmt: skip
    assert sql("SELECT count(*) FROM events") == [(4,)]


def test_a_correction_moves_the_day_and_the_amount_in_any_order(store: Store, sql: Sql) -> None:
    root = activity(1, 10, day=1)
    first = revision("points", "point.activity-held", 2, 1, visitors(10, 1), visitors(4, 3), number=1)
    second = revision("points", "point.activity-held", 3, 1, visitors(10, 1), visitors(7, 2), number=2)
    for order in permutations((root, first, second)):
        sql("TRUNCATE events, streams, registers, per_day, presence, uncounted")
        sql("UPDATE positions SET next_offset = 0")
        written(store, *order, batch=1)
        rows = sql("SELECT day, value FROM day_figures WHERE measure = 'point_visits'")
        assert rows == [(date(2026, 3, 2), 7)]
        assert sql("SELECT * FROM inconsistencies") == []


def test_a_void_that_comes_before_its_root_takes_it_back_when_it_comes(store: Store, sql: Sql) -> None:
    carried = fact(HOME, {"leaflet": "l-1"})
    written(store, revision("outreach", "leaflet.distributed", 2, 1, carried), leaflet(1), batch=1)
    assert counted(sql, "leaflets") == 0
    assert sql("SELECT value FROM per_day WHERE measure = 'leaflets'") == [(0,)]
    assert sql("SELECT * FROM standing_subjects") == []


def test_a_wrongly_carried_original_is_followed_and_reported_until_a_further_revision_mends_it(
    store: Store, sql: Sql
) -> None:
    name, new = "point.activity-held", visitors(20)
    wrong = revision("points", name, 2, 1, visitors(3), new, number=1)
    right = revision("points", name, 3, 1, visitors(10), new, number=2)
    written(store, activity(1, 10), wrong)
    assert counted(sql, "point_visits", "health") == 10 - 3 + 20
    [finding] = sql("SELECT * FROM carried_differs")
    assert (finding.unit, finding.root_seq, finding.revision_seq) == (UNIT, 1, 2)
    assert (finding.root_data["visitors"], finding.carried_data["visitors"]) == (10, 3)
    log = MemoryLog()
    log.put([activity(1, 10), wrong, right])
    write(store, grouped(log.order[2:]))
    assert counted(sql, "point_visits", "health") == 20
    assert sql("SELECT * FROM carried_differs") == []


def test_union_measures_count_a_household_or_round_once_over_all_units(store: Store, sql: Sql) -> None:
    def attended(seq: int, where: str, attendee: str, **household: str) -> Put:
        return event("training", "training.attended", seq, fact(where, {"attendee": attendee, **household}))

    def round_held(seq: int, where: str, number: int) -> Put:
        data = {"round": number, "topic": "cashless-payment", "language": "vi", "headcount": 30}
        return event("outreach", "outreach.session-held", seq, fact(where, data))

    home, neighbour = HOME.removeprefix("household/"), NEIGHBOUR.removeprefix("household/")
    far = SESSION.replace("24848", "24846")
    written(
        store,
        attended(1, SESSION, f"{home}/1"), attended(2, SESSION, f"{home}/2"), attended(3, SESSION, "17"),
        attended(4, SESSION, "18", household=neighbour), attended(1, far, f"{home}/1"),
        round_held(1, SESSION, 1), round_held(2, SESSION, 2), round_held(1, far, 2),
    )  # fmt: skip
    found = {(r.scope, r.place, r.measure): r.value for r in sql("SELECT * FROM union_figures")}
    assert found["unit", UNIT, "households_trained"] == 2
    assert found["unit", OTHER, "households_trained"] == 1
    assert found["province", "2025-07:68", "households_trained"] == 2
    assert found["country", None, "households_trained"] == 2
    assert found["unit", UNIT, "outreach_rounds"] == 2
    assert found["country", None, "outreach_rounds"] == 2


def test_a_subject_is_present_from_its_first_to_its_last_standing_day(store: Store, sql: Sql) -> None:
    days = [fact(HOME, {"bank": "vbsp"}, f"2026-03-{day:02d}T23:30:00Z") for day in (1, 5, 9)]
    issued = [event("payments", "card.issued", seq, states) for seq, states in enumerate(days, 1)]
    written(store, *issued, revision("payments", "card.issued", 4, 3, days[2]))
    [row] = sql("SELECT * FROM standing_subjects")
    assert (row.subject, row.facts, row.first_day, row.last_day) == (HOME, 2, date(2026, 3, 2), date(2026, 3, 6))
    assert counted(sql, "households_with_card") == 1
