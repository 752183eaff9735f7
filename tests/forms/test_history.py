"""Exports of one form, week after week: each fact counts once and as the last export has it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from producers.simulator import recount
from schemas import wire
from schemas.events.envelope import Envelope
from schemas.places import load
from schemas.pseudonym import household_code
from tests.forms.support import FORM, History, mapping, row

UNITS = load().units


def counters(history: History) -> Mapping[Any, Any]:
    """Counters that are not 0, counted by the oracle from all that was published."""
    return {key: value for key, value in recount(history.log, UNITS).counters.items() if value}


def types(history: History) -> list[str]:
    return [dict(record.headers)["ce_type"].decode() for record in history.log]


def events(history: History) -> list[Envelope]:
    decoded = [wire.decode(record.value) for record in history.log]
    assert all(isinstance(event, Envelope) for event in decoded)
    return decoded  # type: ignore[return-value]  # just asserted


def alone(folder: Path, rows: Iterable[Mapping[str, str]], text: str = FORM) -> Mapping[Any, Any]:
    """What rows count that are imported alone and for the first time."""
    fresh = History()
    fresh.take(mapping(folder, text), rows)
    return counters(fresh)


def test_a_row_becomes_every_event_that_it_stands_for(tmp_path: Path) -> None:
    history = History()
    made = history.take(mapping(tmp_path), [row()])
    assert types(history) == ["support.delivered", "household.surveyed", "sim.handed-out"]
    assert made.changes == {"new": 3}
    assert [event.seq for event in events(history)] == [1, 1, 1]
    assert {event.source for event in events(history)} == {"/imports/ho-tro"}


def test_the_same_export_again_publishes_nothing(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row(), row(id="r2")])
    made = history.take(form, [row(id="r2"), row()])
    assert (made.steps, made.unchanged) == ([], 2)


def test_a_later_export_counts_only_what_is_new(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row()])
    made = history.take(form, [row(), row(id="r2")])
    assert (made.changes, made.unchanged) == ({"new": 3}, 1)
    assert [event.seq for event in events(history)] == [1, 1, 1, 2, 2, 2]


def test_changed_content_becomes_a_correction_that_carries_the_original(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row()])
    made = history.take(form, [row(gia="2.000.000")])
    assert made.changes == {"corrected": 1}
    correction = events(history)[-1]
    assert types(history)[-1] == "support.delivered.corrected"
    assert (correction.data.root.seq, correction.data.revision) == (1, 1)
    assert (correction.data.original.data.value, correction.data.new.data.value) == (1_500_000, 2_000_000)
    assert counters(history) == alone(tmp_path, [row(gia="2.000.000")])


def test_a_row_that_is_no_such_event_any_more_voids_it_and_comes_back_as_the_same_fact(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    for answers in ({}, {"loai": "khong"}, {"loai": "nha_o"}):
        history.take(form, [row(**answers)])
    assert types(history)[3:] == ["support.delivered.voided", "support.delivered.corrected"]
    assert [event.data.revision for event in events(history)[3:]] == [1, 2]
    assert counters(history) == alone(tmp_path, [row(loai="nha_o")])


def test_another_unit_is_a_void_and_a_new_event(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    moved = row(xa="24846", ma=household_code("2025-07:24846", 9))
    history.take(form, [row()])
    history.take(form, [moved])
    assert Counter(name.rpartition(".")[2] for name in types(history))["voided"] == 3
    assert counters(history) == alone(tmp_path, [moved])
    history.take(form, [row()])
    assert counters(history) == alone(tmp_path, [row()])


def test_a_time_written_otherwise_is_no_change(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row()])
    assert history.take(form, [row(ngay="2026-03-01T01:12:04.000Z")]).steps == []


def test_a_row_that_is_gone_is_reported_and_counts_on(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row(), row(id="r2")])
    made = history.take(form, [row(id="r2")])
    assert made.steps == []
    assert [gone.record for gone in made.gone] == [next(iter(history.held))]


def test_a_row_that_cannot_be_read_any_more_keeps_what_it_became(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row()])
    before = counters(history)
    made = history.take(form, [row(gia="rất nhiều")])
    assert [(fault.line, fault.event, fault.column) for fault in made.faults] == [(2, "ho-tro", "gia")]
    assert (made.refused, made.gone, counters(history)) == (1, [], before)


def test_a_better_mapping_corrects_what_it_reads_otherwise_and_moves_nothing_twice(tmp_path: Path) -> None:
    history = History()
    rows = [row(), row(id="r2", loai="nha_o"), row(id="r3", dien="can_ngheo")]
    assert history.take(mapping(tmp_path), rows).refused == 1
    better = FORM.replace("nha_o: housing", "nha_o: internet")
    better = better.replace("{ngheo: poor", "{can_ngheo: near-poor, ngheo: poor")
    made = history.take(mapping(tmp_path, better), rows)
    assert made.changes == {"new": 1, "corrected": 1}
    assert counters(history) == alone(tmp_path, rows, better)


def test_a_mapping_that_names_an_event_otherwise_knows_it_again(tmp_path: Path) -> None:
    history = History()
    history.take(mapping(tmp_path), [row()])
    made = history.take(mapping(tmp_path, FORM.replace("khao-sat:", "dieu-tra:")), [row(dien="khac")])
    assert made.changes == {"corrected": 1}
    assert counters(history) == alone(tmp_path, [row(dien="khac")])


def test_a_row_twice_alike_counts_once_and_twice_otherwise_is_refused(tmp_path: Path) -> None:
    made = History().take(mapping(tmp_path), [row(), row(), row(gia="7")])
    assert (len(made.steps), made.repeated, made.refused) == (1, 1, 1)
    assert [(fault.line, fault.reason) for fault in made.faults] == [(4, "repeated-record")]


def test_no_personal_number_and_no_record_id_is_in_what_is_published_or_registered(tmp_path: Path) -> None:
    history, form = History(), mapping(tmp_path)
    history.take(form, [row(id="Nguyễn Văn A 0912345678")])
    said = b"".join(record.value + repr(record.headers).encode() for record in history.log)
    said += msgspec.json.encode(list(history.held.values()))
    for secret in (b"8984048000000000017", b"0912345678", "Nguyễn".encode()):
        assert secret not in said


@pytest.mark.parametrize("_round", range(5))
def test_any_history_of_exports_counts_what_the_latest_rows_say(
    tmp_path: Path, dice: random.Random, _round: int
) -> None:
    history, form = History(), mapping(tmp_path)
    latest: dict[str, dict[str, str]] = {}
    for _ in range(8):
        for name in dice.sample(range(12), dice.randint(1, 6)):
            unit = dice.choice(["24848", "24846", "24853"])
            latest[f"r{name}"] = row(
                id=f"r{name}", xa=unit, ma=household_code(f"2025-07:{unit}", dice.randrange(3)),
                # Each record has a minute of its own: between surveys of one instant the order of numbers decides.
                ngay=f"2026-0{dice.randint(1, 6)}-1{dice.randrange(9)}T08:{name:02}:00+07:00",
                gia=str(dice.randint(1, 9) * 1000), loai=dice.choice(["san_xuat", "nha_o", "khong"]),
                dien=dice.choice(["", "ngheo", "khac"]), sim=dice.choice(["co", "khong"]),
                iccid=str(dice.randrange(10**17, 10**18)),
            )  # fmt: skip
        history.take(form, dice.sample(list(latest.values()), len(latest)))
        assert counters(history) == alone(tmp_path, latest.values())
    conservation = recount(history.log, UNITS).conservation.values()
    assert sum(unit["duplicates"] + unit["conflicts"] + unit["waiting"] for unit in conservation) == 0
