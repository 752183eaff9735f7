"""`fieldtally rebuild` on real Kafka and Postgres, beside services that run: it agrees, or names and mends."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import psutil
import pytest
from click.testing import Result
from typer.testing import CliRunner

from infra.bus import connect
from infra.cli import app
from infra.errors import InfraError
from infra.rebuild.counting import Rebuilding
from infra.rebuild.ledger import look
from infra.reconcile.round import reconcile
from infra.stack import Stack
from producers.simulator import Record
from schemas.places import load
from schemas.settings import Settings
from tests.reconcile.asking import newest, publish_total
from tests.reconcile.conftest import PATIENCE_S, play
from tests.reconcile.test_places import BEFORE, NEW, RENAMED, agreed, await_leaflets, leaflets, places
from tests.services import environment_of, service


def rebuild(settings: Settings, *options: str) -> Result:
    return CliRunner().invoke(app, ["rebuild", *options], env=environment_of(settings))


def agrees(settings: Settings) -> None:
    report = reconcile(settings, patience_s=PATIENCE_S, deep=True)
    assert report.agrees, (report.failures, report.differences[:5])


def test_a_rebuild_agrees_with_the_live_counters_while_events_come_in(running: Settings, records: list[Record]) -> None:
    play(running, records[:2_000])
    publishing = threading.Thread(target=play, args=(running, records[2_000:]))
    publishing.start()
    done = rebuild(running, "--patience=60")
    publishing.join()
    assert "The live totals are what the log says." in done.output, done.output
    agrees(running)
    done = rebuild(running, "--patience=60")
    assert done.exit_code == 0, done.output
    assert "The ledger's figures are what its events say." in done.output


def test_what_was_falsified_is_named_and_a_swap_puts_it_right_as_a_new_generation(
    running: Settings, records: list[Record], stack: Stack
) -> None:
    play(running, records)
    agrees(running)
    true = newest(running)
    forged = next(total for total in true.values() if total.counters.get("leaflets"))
    counters = forged.counters | {"leaflets": {"": forged.counters["leaflets"][""] + 5}}
    publish_total(running, msgspec.structs.replace(forged, counters=counters))
    database = running.database_url.partition("?")[0].rpartition("/")[2]
    stack.postgres.execute("DELETE FROM events WHERE (stream, seq) IN (SELECT stream, seq FROM events "
                           "WHERE part = 'original' ORDER BY stream, seq LIMIT 3)", database)
    stack.postgres.execute("UPDATE per_day SET value = value + 9 WHERE (unit, day) IN (SELECT unit, day FROM per_day "
                           "LIMIT 1)", database)  # fmt: skip

    named = rebuild(running)
    assert named.exit_code == 1
    assert "1 counters differ" in named.output, named.output
    assert forged.unit in named.output
    assert "The ledger lacks 3 records." in named.output

    swapped = rebuild(running, "--swap", "--patience=60")
    assert swapped.exit_code == 0, swapped.output
    assert "3 records read again" in swapped.output
    assert "the counters go on from it" in swapped.output
    now = newest(running)
    assert all(total.generation > true[unit].generation for unit, total in now.items())
    assert {unit: now[unit].counters for unit in now} == {unit: true[unit].counters for unit in true}
    agrees(running)
    assert rebuild(running).exit_code == 0


def test_after_new_units_were_loaded_a_swap_counts_parked_records_where_they_lie_and_all_sides_agree(
    running: Settings, tmp_path: Path
) -> None:
    play(running, [*leaflets(BEFORE, "/tablets/a", 3), *leaflets(NEW, "/tablets/b", 2)])
    await_leaflets(running, BEFORE, 3)
    (tmp_path / "rename.csv").write_bytes(RENAMED)
    places(running, "load", str(tmp_path / "rename.csv"))
    await_leaflets(running, NEW, 2)
    agreed(running)
    assert newest(running)[NEW].conservation.duplicates == 0
    swapped = rebuild(running, "--swap", "--patience=60")
    assert "the counters go on from it" in swapped.output, swapped.output
    assert newest(running)[NEW].conservation.duplicates == 2, "the copies that were sent back"
    await_leaflets(running, NEW, 2)
    agreed(running)


def test_what_a_rebuild_counted_before_it_was_broken_off_is_not_counted_again(
    installed: Settings, records: list[Record], tmp_path: Path
) -> None:
    play(installed, records)
    with connect(installed) as bus:
        first = Rebuilding(installed, bus, load())
        half = {place: end // 2 for place, end in first.ends().items()}
        first.count(half, lambda _: None)
        first.save()
        second = Rebuilding(installed, bus, load())
        assert second.begun_with == sum(half.values()) > 0
        second.count(second.ends(), lambda _: None)
        second.save()
    with service("counter", installed, tmp_path):
        done = rebuild(installed, "--patience=60")
    assert f"Going on after {len(records):,} records" in done.output, done.output
    assert "The live totals are what the log says." in done.output


def break_off(_: int) -> None:
    raise KeyboardInterrupt


def test_a_count_that_is_broken_off_leaves_no_process_behind_and_the_next_one_comes_to_the_whole(
    installed: Settings, records: list[Record]
) -> None:
    play(installed, records)
    with connect(installed) as bus:
        first = Rebuilding(installed, bus, load())
        with pytest.raises(KeyboardInterrupt):
            first.count(first.ends(), break_off)
        assert not [each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]
        second = Rebuilding(installed, bus, load())
        second.count(second.ends(), lambda _: None)
        assert second.counted == len(records)
        assert all(recount.whole() for recount in second.recounts.values())


def test_units_without_a_live_total_are_told_and_nothing_agrees(installed: Settings, records: list[Record]) -> None:
    play(installed, records)
    done = rebuild(installed, "--patience=0")
    assert done.exit_code == 1
    assert "could not be compared" in done.output
    assert look(installed).records == 0


def test_what_was_kept_of_another_log_is_noticed_removed_and_never_put_in_place(
    installed: Settings, records: list[Record]
) -> None:
    play(installed, records)
    with connect(installed) as bus:
        counted = Rebuilding(installed, bus, load())
        counted.count(counted.ends(), lambda _: None)
        recount = next(each for each in counted.recounts.values() if any(each.partition.positions))
        topic = max(range(len(recount.partition.positions)), key=recount.partition.positions.__getitem__)
        recount.partition.anchors[topic] ^= 1  # as if that record had been another one then
        counted.save()
    done = rebuild(installed, "--swap", "--patience=0")
    assert isinstance(done.exception, InfraError), done.output
    assert "rewritten" in str(done.exception)
    assert newest(installed) == {}
    assert "Going on" not in rebuild(installed, "--patience=0").output
