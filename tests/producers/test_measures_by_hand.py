"""The oracle against cases worked out on paper: households, sessions, surveys, phones, days."""

from __future__ import annotations

from tests.producers.by_hand import HOUSE, OTHER_HOUSE, UNIT, Log, attended, fact, gift, household, phone, session


def test_a_household_counts_once_while_any_event_of_it_stands() -> None:
    log = Log()
    log.original("card.issued", 1, fact(HOUSE, bank="vbsp"))
    log.original("card.issued", 2, fact(HOUSE, bank="bidv"))
    log.original("card.issued", 3, fact(OTHER_HOUSE, bank="bidv"))
    log.revised("card.issued", 4, ("a", 1), fact(HOUSE, bank="vbsp"))
    assert log.counters() == {"cards_issued": {"bidv": 2}, "households_with_card": {"": 2}}
    log.revised("card.issued", 5, ("a", 2), fact(HOUSE, bank="bidv"))
    assert log.counters() == {"cards_issued": {"bidv": 1}, "households_with_card": {"": 1}}


def test_a_correction_of_the_subject_moves_the_household() -> None:
    log = Log()
    log.original("leaflet.distributed", 1, fact(HOUSE, leaflet="a"))
    log.original("leaflet.distributed", 2, fact(OTHER_HOUSE, leaflet="a"))
    log.revised("leaflet.distributed", 3, ("a", 1), fact(HOUSE, leaflet="a"), fact(OTHER_HOUSE, leaflet="a"))
    assert log.counters() == {"leaflets": {"": 2}, "households_with_leaflet": {"": 1}}


def test_media_for_a_unit_are_no_household() -> None:
    log = Log()
    log.original("media.delivered", 1, fact("unit/2025-07.24848", kind="radio", language="hmn"))
    log.original("media.delivered", 2, fact(HOUSE, kind="radio", language="hmn"))
    assert log.counters() == {"media_delivered": {"radio": 2}, "households_with_media": {"": 1}}


def test_of_two_recorders_of_one_session_the_larger_headcount_counts_once() -> None:
    log = Log()
    log.original("training.session-held", 1, session(30))
    log.original("training.session-held", 1, session(32), source="b")
    assert log.counters() == {"training_sessions": {"health": 1}, "training_reach": {"": 32}}


def test_a_roster_longer_than_the_headcount_is_the_reach_and_each_attendee_counts_once_in_it() -> None:
    log = Log()
    log.original("training.session-held", 1, session(2))
    for seq, attendee in enumerate(("1", "2", "3", "3"), start=2):
        log.original("training.attended", seq, attended(attendee))
    assert log.counters() == {"training_sessions": {"health": 1}, "training_attendances": {"": 4},
                              "training_reach": {"": 3}}  # fmt: skip
    log.revised("training.attended", 6, ("a", 2), attended("1"))
    log.revised("training.session-held", 7, ("a", 1), session(2), session(1, "science"))
    assert log.counters() == {"training_sessions": {"science": 1}, "training_attendances": {"": 3},
                              "training_reach": {"": 2}}  # fmt: skip


def test_the_latest_standing_survey_of_a_household_decides() -> None:
    log = Log()
    log.original("household.surveyed", 1, household("near-poor", has=True, phone=True, net=True))
    log.original("household.surveyed", 2, household("poor", time="2026-03-02T08:00:00Z"))
    assert log.counters() == {"households_surveyed": {"": 1}, "households_in_need": {"poor": 1}}
    log.revised("household.surveyed", 3, ("a", 2), household("poor", time="2026-03-02T08:00:00Z"))
    assert log.counters() == {
        "households_surveyed": {"": 1},
        "households_in_need": {"near-poor": 1},
        "households_in_need_with_access": {"near-poor": 1},
        "households_with_smartphone": {"": 1},
        "households_connected": {"": 1},
    }


def test_of_two_surveys_at_one_instant_the_higher_source_decides_then_the_higher_seq() -> None:
    log = Log()
    log.original("household.surveyed", 1, household("poor"), source="b")
    log.original("household.surveyed", 2, household("near-poor"), source="b")
    log.original("household.surveyed", 9, household("other"), source="a")
    assert log.counters()["households_in_need"] == {"near-poor": 1}


def test_a_phone_given_after_the_latest_survey_makes_a_household_with_a_smartphone() -> None:
    log = Log()
    log.original("household.surveyed", 1, household(needs=False, time="2026-03-02T08:00:00Z"))
    log.original("smartphone.handed-out", 1, phone(time="2026-03-02T08:00:00Z"))
    given = {"smartphones_handed_out": {"household": 1}, "households_given_smartphone": {"": 1}}
    assert log.counters() == {"households_surveyed": {"": 1}, **given}  # at the same instant: not later
    log.revised("smartphone.handed-out", 2, ("a", 1), phone(time="2026-03-02T08:00:00Z"),
                phone(time="2026-03-02T08:00:01Z"))  # fmt: skip
    assert log.counters() == {"households_surveyed": {"": 1}, "households_with_smartphone": {"": 1}, **given}
    log.original("household.surveyed", 2, household(needs=False, time="2026-03-03T08:00:00Z"))
    assert log.counters() == {"households_surveyed": {"": 1}, **given}


def test_a_phone_given_to_a_household_without_a_survey_counts_and_a_void_takes_it_back() -> None:
    log = Log()
    log.original("smartphone.handed-out", 1, phone())
    assert log.counters()["households_with_smartphone"] == {"": 1}
    log.revised("smartphone.handed-out", 2, ("a", 1), phone())
    assert log.counters() == {}


def test_the_days_of_sums_are_days_in_vietnam_and_a_correction_moves_them() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100, time="2026-03-01T16:59:59Z"))
    log.original("contribution.received", 2, gift(100, time="2026-03-01T17:00:00Z"))
    log.revised("contribution.received", 3, ("a", 1), gift(100, time="2026-03-01T16:59:59Z"),
                gift(70, "internet", time="2026-03-03T08:00:00Z"))  # fmt: skip
    assert log.result().days == {
        (UNIT, "2026-03-02", "contributions_vnd", "housing"): 100,
        (UNIT, "2026-03-03", "contributions_vnd", "internet"): 70,
    }


def test_a_clock_wrong_by_more_than_five_minutes_is_set_right_by_its_measured_skew() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(1, time="2029-03-01T08:00:00Z") | {"skewms": 1096 * 86_400_000})
    log.original("contribution.received", 2, gift(2, time="2026-03-01T17:04:00Z") | {"skewms": 5 * 60_000})
    assert log.result().days == {
        (UNIT, "2026-03-01", "contributions_vnd", "housing"): 1,
        (UNIT, "2026-03-02", "contributions_vnd", "housing"): 2,
    }
