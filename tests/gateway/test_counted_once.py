"""However often an event is sent, and whatever breaks on the way: it counts once, and leaves a tablet only then."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.stack import Stack
from producers.tablet_client.outbox import SENT, WAITING, Outbox
from producers.tablet_client.tablet import CopiedError, Tablet
from producers.tablet_client.transport import Http
from schemas.settings import PREFIX
from tests.gateway.counting import (
    WeakLine,
    counting,
    enrol,
    forget,
    record_cards,
    send_all,
    sync_until_empty,
    totals,
)
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway, environment, gateway_of, installed, invite, until

TABLETS, EVENTS, TIMES_MAX, BREAKS = 50, 20, 20, 0.3


@pytest.fixture(scope="module")
def counted(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway and a counter on topics of their own."""
    folder = tmp_path_factory.mktemp("counted")
    settings = installed(stack.addresses.bootstrap, "counted.", folder)
    with counting(settings, folder), gateway_of(settings, folder / "gateway.log") as running:
        yield running


def test_a_thousand_events_each_sent_up_to_twenty_times_over_lines_that_break_count_a_thousand(
    counted: Gateway,
) -> None:
    print("seed", seed := SystemRandom().randrange(1_000_000))
    units = ("2025-07:24853", "2025-07:24846")
    codes = [invite(counted.settings, *units) for _ in range(TABLETS)]
    tablets = [(Tablet(Outbox(), WeakLine(counted.url, Random(f"{seed} {n}"), 0.0)), n) for n in range(TABLETS)]
    before = {unit: events(counted, unit) for unit in units}
    faults: list[BaseException] = []

    def come_back(tablet: Tablet, number: int) -> None:
        try:
            rng = Random(f"{seed} {number} times")
            enrol(counted, tablet, codes[number])
            line = WeakLine(counted.url, rng, BREAKS)
            again = Tablet(tablet.outbox, line)
            for unit in units:
                record_cards(again, unit, EVENTS // 2, number * EVENTS)
            for _ in range(rng.randint(1, TIMES_MAX)):
                send_all(again)
                for held in again.outbox.events(SENT):
                    again.outbox.note(held.number, WAITING)
            sync_until_empty(again)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=come_back, args=each) for each in tablets]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if not counted.process.running:  # on a machine that hardly moves Kafka's answers are late: it begins anew
            counted.spawn()
        threads[-1].join(0.2)
        threads.sort(key=threading.Thread.is_alive)
    assert not faults, faults[0]
    assert sum(events(counted, unit) - before[unit] for unit in units) == TABLETS * EVENTS
    assert all(not total.conservation.broken_laws() for total in totals(counted.settings).values())


def test_lost_events_are_named_as_holes_and_the_holes_close_when_a_backup_comes(
    counted: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(counted.settings).items():
        assert name.startswith(PREFIX)
        monkeypatch.setenv(name, value)
    tablet = counted.tablet(UNIT)
    record_cards(tablet, UNIT, 10)
    backup = forget(tablet, 4, 7, 8)
    send_all(tablet)
    until(lambda: tablet.sync().missing or not tablet.outbox.events(), counted.log)
    missing = until(lambda: [number.seq for number in tablet.sync().missing], counted.log)
    assert missing == [4, 7, 8]
    tablet.send()  # says that nothing is left on the tablet
    said = until(lambda: told(tablet, "missing 4, 7-8, lost at least 3"), counted.log)
    assert "counted up to 10; given out 10, of which 0 were on the tablet" in said
    assert tablet.outbox.restore(backup) == 3
    sync_until_empty(tablet)
    assert not told(tablet, "missing")


def test_a_lost_tail_is_a_hole_though_nothing_above_it_came(
    counted: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(counted.settings).items():
        monkeypatch.setenv(name, value)
    tablet = counted.tablet(OTHER_UNIT)
    record_cards(tablet, OTHER_UNIT, 5)
    backup = forget(tablet, 4, 5)
    sync_until_empty(tablet)
    tablet.send()
    until(lambda: told(tablet, "missing 4-5, lost at least 2"), counted.log)
    tablet.outbox.restore(backup[:1])
    sync_until_empty(tablet)
    tablet.withdraw(backup[1].number, "lost")
    sync_until_empty(tablet)
    assert not told(tablet, "missing")
    assert totals(counted.settings)[OTHER_UNIT].conservation.withdrawn == 1


def test_a_tablet_that_was_restored_from_a_copy_sends_and_purges_nothing(counted: Gateway, tmp_path: Path) -> None:
    tablet = Tablet(Outbox(tmp_path / "outbox.db"), Http(counted.url))
    enrol(counted, tablet, invite(counted.settings, UNIT))
    record_cards(tablet, UNIT, 3)
    sync_until_empty(tablet)
    tablet.outbox.close()
    shutil.copy(tmp_path / "outbox.db", tmp_path / "copy.db")
    later = Tablet(Outbox(tmp_path / "outbox.db"), Http(counted.url))
    record_cards(later, UNIT, 2)
    sync_until_empty(later)
    copy = Tablet(Outbox(tmp_path / "copy.db"), Http(counted.url))
    record_cards(copy, UNIT, 3, first=50)
    before = events(counted, UNIT)
    with pytest.raises(CopiedError):
        copy.come_back()
    assert [(held.state, held.tries) for held in copy.outbox.events()] == [(WAITING, 0)] * 3
    assert events(counted, UNIT) == before


def events(counted: Gateway, unit: str) -> int:
    """How many events are counted of a unit."""
    found = totals(counted.settings).get(unit)
    return found.conservation.originals if found is not None else 0


def told(tablet: Tablet, text: str) -> str:
    """The line of `fieldtally holes` about a tablet, if it has this text."""
    done = CliRunner().invoke(app, ["holes", "--source", tablet.key.source])
    assert done.exit_code == 0, done.output
    return next((line for line in done.output.splitlines() if text in line and tablet.key.source in line), "")
