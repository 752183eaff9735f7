"""The oracle against cases worked out on paper: every rule of counting that the counter and the ledger must follow."""

from __future__ import annotations

from tests.producers.by_hand import (
    HOUSE,
    OTHER_HOUSE,
    UNIT,
    Log,
    attended,
    fact,
    gift,
    household,
    phone,
    session,
)


def test_a_void_before_its_original_waits_and_then_takes_it_back() -> None:
    log = Log()
    log.revised("card.issued", 1, ("b", 1), fact(HOUSE, bank="vbsp"))
    assert log.counters() == {}
    assert log.figures() == {"events": 1, "revisions": 1, "winning": 1, "waiting": 1}
    log.original("card.issued", 1, fact(HOUSE, bank="vbsp"), source="b")
    assert log.counters() == {}
    assert log.figures() == {"events": 2, "originals": 1, "voided": 1, "revisions": 1, "winning": 1}


def test_a_correction_without_its_original_counts_what_it_says() -> None:
    log = Log()
    log.revised("contribution.received", 1, ("b", 1), gift(100), gift(300))
    assert log.counters() == {"contributions_vnd": {"housing": 300}}
    log.original("contribution.received", 1, gift(100), source="b")
    assert log.counters() == {"contributions_vnd": {"housing": 300}}


def test_voiding_twice_takes_back_once() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.original("contribution.received", 2, gift(50))
    log.revised("contribution.received", 3, ("a", 1), gift(100))
    log.revised("contribution.received", 4, ("a", 1), gift(100), number=2)
    assert log.counters() == {"contributions_vnd": {"housing": 50}}
    assert log.figures() == {"events": 4, "originals": 2, "standing": 1, "voided": 1, "revisions": 2, "winning": 1,
                             "outranked": 1}  # fmt: skip


def test_in_a_chain_the_highest_number_wins_whatever_comes_last() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.revised("contribution.received", 4, ("a", 1), gift(100), gift(400), number=3)
    log.revised("contribution.received", 3, ("a", 1), gift(100), number=2)
    log.revised("contribution.received", 2, ("a", 1), gift(100), gift(200), number=1)
    assert log.counters() == {"contributions_vnd": {"housing": 400}}


def test_among_rivals_with_one_number_the_later_instant_wins_then_source_then_seq() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.revised("contribution.received", 1, ("a", 1), gift(100), gift(7), source="c", time="2026-03-06T00:00:00Z")
    log.revised("contribution.received", 1, ("a", 1), gift(100), gift(8), source="b", time="2026-03-07T00:00:00Z")
    assert log.counters() == {"contributions_vnd": {"housing": 8}}
    log.revised("contribution.received", 2, ("a", 1), gift(100), gift(9), source="c", time="2026-03-07T00:00:00Z")
    log.revised("contribution.received", 3, ("a", 1), gift(100), gift(10), source="c", time="2026-03-07T00:00:00Z")
    log.revised("contribution.received", 4, ("a", 1), gift(100), gift(11), source="b", time="2026-03-07T00:00:00Z")
    assert log.counters() == {"contributions_vnd": {"housing": 10}}


def test_a_clock_of_the_future_wins_no_rivalry_for_it_is_never_later_than_its_receipt() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.revised("contribution.received", 1, ("a", 1), gift(100), gift(7), source="b", time="2029-01-01T00:00:00Z")
    log.revised("contribution.received", 1, ("a", 1), gift(100), gift(8), source="c", time="2030-01-01T00:00:00Z")
    assert log.counters() == {"contributions_vnd": {"housing": 8}}  # both at their receipt: the higher source


def test_a_wrongly_carried_original_leaves_its_difference_until_a_further_revision_mends_it() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.original("contribution.received", 2, gift(1000))
    log.revised("contribution.received", 3, ("a", 1), gift(90), gift(300))
    assert log.counters() == {"contributions_vnd": {"housing": 1000 + 100 - 90 + 300}}
    log.revised("contribution.received", 4, ("a", 1), gift(100), gift(300), number=2)
    assert log.counters() == {"contributions_vnd": {"housing": 1300}}


def test_a_counter_below_zero_shows_as_zero_and_recovers() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.revised("contribution.received", 2, ("a", 1), gift(150))
    assert log.counters() == {}
    log.original("contribution.received", 3, gift(60))
    assert log.counters() == {"contributions_vnd": {"housing": 10}}


def test_a_revision_of_a_withdrawn_number_counts_what_it_says_and_is_orphaned() -> None:
    log = Log()
    log.revised("contribution.received", 1, ("b", 1), gift(100), gift(300))
    log.withdrawn("contribution.received", 1, source="b")
    assert log.counters() == {"contributions_vnd": {"housing": 300}}
    assert log.figures() == {"events": 2, "revisions": 1, "winning": 1, "orphaned": 1, "withdrawn": 1}


def test_a_revision_of_a_revision_counts_nothing_and_is_orphaned() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.revised("contribution.received", 2, ("a", 1), gift(100), gift(200))
    log.revised("contribution.received", 3, ("a", 2), gift(200), gift(5000))
    assert log.counters() == {"contributions_vnd": {"housing": 200}}
    assert log.figures() == {"events": 3, "originals": 1, "corrected": 1, "revisions": 2, "winning": 2, "orphaned": 1}


def test_a_withdrawn_number_counts_nothing_and_an_original_that_comes_later_is_a_conflict() -> None:
    log = Log()
    assert log.withdrawn("contribution.received", 1) == "event"
    assert log.original("contribution.received", 1, gift(100)) == "conflict"
    assert log.counters() == {}
    assert log.figures() == {"events": 1, "withdrawn": 1, "conflicts": 1}


def test_a_duplicate_counts_once_and_another_id_with_its_number_is_a_conflict() -> None:
    log = Log()
    assert log.original("contribution.received", 1, gift(100), id=7) == "event"
    assert log.original("contribution.received", 1, gift(100), id=7) == "duplicate"
    assert log.original("contribution.received", 1, gift(999), id=8) == "conflict"
    assert log.counters() == {"contributions_vnd": {"housing": 100}}
    assert log.result().rejected == {"conflict": 1}


def test_a_conflict_older_than_64_numbers_looks_like_a_duplicate() -> None:
    log = Log()
    for seq in range(1, 66):
        log.original("contribution.received", seq, gift(1))
    assert log.original("contribution.received", 2, gift(9)) == "conflict"
    assert log.original("contribution.received", 1, gift(9)) == "old-conflict"
    assert log.figures() == {"events": 65, "originals": 65, "standing": 65, "duplicates": 1, "conflicts": 1}
    assert log.result().old_conflicts == {UNIT: 1}


def test_the_numbers_of_streams_of_other_topics_and_sources_do_not_touch() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    log.original("contribution.received", 1, gift(100), source="b")
    log.original("card.issued", 1, fact(HOUSE, bank="vbsp"))
    assert log.figures() == {"events": 3, "originals": 3, "standing": 3}


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


def test_holes_are_missing_or_rejected_and_withdrawn_numbers_are_none() -> None:
    log = Log()
    log.original("contribution.received", 1, gift(100))
    assert log.original("contribution.received", 2, gift(-1)) == "rejected:out-of-range"
    log.withdrawn("contribution.received", 4)
    log.original("contribution.received", 6, gift(100))
    assert log.original("contribution.received", 7, gift(-1)) == "rejected:out-of-range"  # above the highest seen
    result = log.result()
    assert result.holes == {UNIT: {"missing": 2, "rejected": 1, "withdrawn": 1}}
    assert result.streams == {
        ("/tablets/a", "field.support.v1", UNIT): {
            "highest": 6, "seen": 3, "missing": 2, "rejected": 1, "withdrawn": 1,
        },
    }  # fmt: skip


def test_a_revision_of_another_type_than_its_root_subtracts_what_it_carries_all_the_same() -> None:
    log = Log()
    log.original("card.issued", 1, fact(HOUSE, bank="vbsp"))
    log.revised("account.opened", 2, ("a", 1), fact(HOUSE, bank="bidv"), fact(HOUSE, bank="agribank"))
    log.original("account.opened", 3, fact(OTHER_HOUSE, bank="bidv"))
    assert log.counters() == {
        "cards_issued": {"vbsp": 1},
        "households_with_card": {"": 1},
        "accounts_opened": {"agribank": 1},  # bidv: 1 - 1
        "households_with_account": {"": 1},  # the first household: 1 - 1
    }
