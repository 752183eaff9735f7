"""The oracle against cases worked out on paper: revisions, duplicates, conflicts, withdrawals, holes."""

from __future__ import annotations

from tests.producers.by_hand import HOUSE, OTHER_HOUSE, UNIT, Log, fact, gift


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
