"""Poison of every kind in a stream on the real broker: found, mended or dropped, and counted once, by commands."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonpatch
import msgspec
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from infra.reconcile.round import reconcile
from infra.stack.ports import choose
from producers.office.mending import document
from producers.simulator import Oracle, Record
from schemas.places import load
from schemas.rejected import REASONS
from schemas.settings import Settings
from tests.mend.poison import CONFLICT, Poison, Stream, kinds_of, stream
from tests.mend.site import (
    PARTITIONS,
    PATIENCE_S,
    WHO,
    Counters,
    Operator,
    await_counted,
    ends,
    installation,
    play,
    service,
)
from tests.reconcile.test_places import leaflets

REPLAYED = ("wrong-key", "wrong-partition", "wrong-topic")  # right as they are, but not where they lay
DROPPED = "unknown-type"
LOADED = "unknown-unit"
UNIT = "2031-01:99999"
NEW_UNIT = f"""decision,decided,effective,from,to,share,level,name,parent
1/NQ,2026-01-01,,,{UNIT},,commune,Xã Mới,2025-07:68
"""


def expected(records: list[Record], *more: str) -> tuple[Counters, int]:
    """What the naive oracle makes of records, on a map with more units."""
    oracle = Oracle({*load().units, *more}, PARTITIONS)
    fates = Counter(oracle.feed(each.topic, each.key, each.value, each.partition) for each in records)
    return {unit: each for unit, each in oracle.result().counters.items() if each}, fates["event"]


def patch_of(poison: Poison) -> list[dict[str, Any]]:
    """The patch that makes of a record what was meant."""
    meant, came = msgspec.json.decode(poison.meant.value or b""), document(poison.came.value)
    if not isinstance(came, dict):
        return [{"op": "replace", "path": "", "value": meant}]
    steps: list[dict[str, Any]] = jsonpatch.make_patch(came, meant).patch
    return steps


def mend(operator: Operator, played: Stream, folder: Path) -> None:
    """Everything that an operator does about this stream."""
    for reason, origins in kinds_of(played).items():
        if reason in REPLAYED:
            operator("rejected", "replay", "--reason", reason, *WHO)
        elif reason == LOADED:
            (folder / "unit.csv").write_text(NEW_UNIT)
            operator("places", "load", str(folder / "unit.csv"))
            operator("rejected", "replay", "--reason", reason, "--by", "ops.lan", "--why", "map-loaded")
        for origin in origins:
            if reason == DROPPED:
                operator("rejected", "drop", origin, "--by", "ops.lan", "--why", "not-an-event")
            elif reason == CONFLICT:
                operator("rejected", "fix", origin, "--renumber", "--by", "ops.lan", "--why", "another-event")
            elif reason not in (*REPLAYED, LOADED):
                operator.fix(origin, patch_of(played.poison[origin]))


@contextmanager
def flowing(settings: Settings) -> Iterator[list[Record]]:
    """Events that come in one after another for the time of the context; those that came."""
    stop, came = threading.Event(), list[Record]()

    def coming() -> Iterator[Record]:
        for record in leaflets("2025-07:24848", "/tablets/meanwhile", 2_000):
            came.append(record)
            yield record
            if stop.wait(0.02):
                return

    thread = threading.Thread(target=play, args=(settings, coming()))
    thread.start()
    try:
        yield came
    finally:
        stop.set()
        thread.join()
    assert came


def standing_in_the_ledger(settings: Settings) -> dict[str, str]:
    """How it stands with each event, as Postgres has it."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return {row.origin: row.standing for row in connection.execute(text("SELECT * FROM rejected_standing"))}


def test_each_kind_of_poison_is_found_mended_or_dropped_and_counted_once_and_nothing_stops(
    bootstrap: str, topic_prefix: str, database: str, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    played = stream(seed)
    settings = installation(bootstrap, topic_prefix, tmp_path, database_url=database, gauges_port=choose([]))
    operator = Operator(settings)
    play(settings, played.records)
    services = [service(name, settings, tmp_path) for name in ("counter", "ledger", "gauges")]
    with services[0], services[1], services[2]:  # each fails if it ends by itself
        await_counted(settings, *expected(played.records))
        found = operator.await_rejected(len(played.poison))
        assert {origin: each["reason"] for origin, each in found.items()} == {
            origin: each.reason for origin, each in played.poison.items()
        }
        kinds = set(kinds_of(played))
        assert len(kinds) >= 12
        assert kinds <= set(REASONS)
        said = operator("rejected", "list")
        assert not [kind for kind in kinds if kind not in said]

        with flowing(settings) as meanwhile:
            mend(operator, played, tmp_path)
        gone = {id(each.meant) for each in played.poison.values() if each.reason in (DROPPED, LOADED)}
        wanted = [each for each in played.clean if id(each) not in gone]
        wanted += [each.came for each in played.poison.values() if each.reason == LOADED]
        await_counted(settings, *expected([*wanted, *meanwhile], UNIT))
        assert {each["standing"] for each in operator.rejected() if each["reason"] != DROPPED} == {"mended"}
        assert {each["standing"] for each in operator.rejected("--reason", DROPPED)} == {"dropped"}

        before = ends(settings)
        for origin in list(played.poison)[:3]:
            again = operator.fix(origin, [], fails=played.poison[origin].reason == DROPPED)
            assert "othing" in again  # nothing is sent, or was: a dropped one is no event as it is
        assert ends(settings) == before
        assert len(operator.rejected()) == len(played.poison), "what was sent must not be rejected again"
        report = reconcile(settings, patience_s=PATIENCE_S)
        assert report.agrees, (report.failures, report.differences[:5])
        assert standing_in_the_ledger(settings) == {each["origin"]: each["standing"] for each in operator.rejected()}
