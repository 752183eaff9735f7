"""What the page says about the pipeline: rejects once each, the counter's backlog, what the page itself has read."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from schemas.rejected import HEADER_REASON, REASONS, Origin, Refusal, rejected_headers
from schemas.totals import encode
from sinks.gauges.backlog import Backlog, Offsets, backlog
from sinks.gauges.errors import GaugesError
from sinks.gauges.rejects import Rejects
from tests.gauges.support import LAC_DUONG, NOW, page_of, samples, text_of, total, value


class Record(NamedTuple):
    """A record as Kafka's client gives it."""

    offset: int
    value: bytes | None
    key: bytes = b""
    headers: list[tuple[str, bytes]] = []  # noqa: RUF012 - never changed
    partition: int = 0
    timestamp: int = 0


def reject(rejects: Rejects, origin: Origin, reason: str = "oversize") -> bool:
    return rejects.take(origin.key(), rejected_headers(origin, b"k", Refusal(reason), []))


def test_a_rejected_record_counts_once_however_often_it_is_rejected() -> None:
    rejects = Rejects()
    origins = [Origin("field.points.v1", partition, offset) for partition in (0, 1) for offset in (0, 7, 8, 100_000)]
    assert all(reject(rejects, origin) for origin in origins)
    assert not any(reject(rejects, origin, "wrong-key") for origin in reversed(origins))
    assert rejects.counts["oversize"] == 8
    assert sum(rejects.counts.values()) == 8


def test_every_reason_is_shown_from_the_start() -> None:
    found = samples(text_of(page_of([])))
    assert all(value(found, "fieldtally_rejected_total", reason=reason) == 0 for reason in REASONS)


def test_a_reason_of_a_later_version_ends_the_page_instead_of_being_left_out() -> None:
    with pytest.raises(GaugesError, match="upgrade the gauges"):
        Rejects().take(b"field.points.v1:0:1", [(HEADER_REASON, b"brand-new")])


@pytest.mark.parametrize("junk", [None, b"", b"{}", b"\xff", encode({"unit": 1})])
def test_a_record_that_is_no_total_ends_the_page_and_is_named(junk: bytes | None) -> None:
    with pytest.raises(GaugesError, match="offset 41 of partition 0"), page_of([]).change() as status:
        status.take_totals([Record(41, junk)])


def test_the_page_says_up_to_which_offset_it_shows_the_totals() -> None:
    page = page_of([])
    with page.change() as status:
        records = [(4, 1, 1000), (9, 3, 3000), (10, 2, 2000)]  # offset, place in the log, time
        status.take_totals([Record(n, encode(total(LAC_DUONG, at=at)), timestamp=ms) for n, at, ms in records])
        status.take_totals([Record(0, encode(total("2025-07:24846")), partition=3)])
    found = samples(text_of(page))
    assert value(found, "fieldtally_gauges_totals_offset", partition="0") == 11
    assert value(found, "fieldtally_gauges_totals_offset", partition="3") == 1
    assert value(found, "fieldtally_gauges_totals_read_total") == 4
    assert value(found, "fieldtally_gauges_totals_stale_total") == 1
    assert value(found, "fieldtally_gauges_units") == 2
    assert value(found, "fieldtally_last_total_timestamp_seconds") == 3
    assert value(found, "fieldtally_last_total_age_seconds") == NOW - 3


def test_records_behind_the_committed_offsets_are_added_up_by_topic() -> None:
    offsets = {
        ("a", 0): Offsets(0, 10, 4),
        ("a", 1): Offsets(0, 10, None),  # nothing is committed
        ("a", 2): Offsets(0, 10, 10),
        ("b", 0): Offsets(0, 10, 12),  # committed beyond the end, as after a lost log
        ("b", 1): Offsets(6, 10, 2),  # committed before the beginning
    }
    assert backlog(offsets, [30, 20]) == Backlog({"a": 16, "b": 4}, 20, {"a": 30, "b": 14})
    assert backlog({("b", 0): offsets["b", 0]}, []) == Backlog({"b": 0}, None, {"b": 10})


def test_the_oldest_open_record_ages_and_there_may_be_none() -> None:
    page = page_of([])
    ages = []
    for oldest in (int(NOW * 1000) - 4500, int(NOW * 1000) + 99, None):
        with page.change() as status:
            status.backlog = Backlog({"field.points.v1": 2}, oldest)
        ages.append(value(samples(text_of(page)), "fieldtally_oldest_unprocessed_age_seconds"))
    assert ages == [4.5, 0, 0]
