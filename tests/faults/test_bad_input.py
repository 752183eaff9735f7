"""Bad input on the real broker: every reason, byte for byte, once; and what an upgrade makes valid comes back."""

from __future__ import annotations

from collections.abc import Mapping

from producers.simulator import Faults, naive_check, season
from schemas.places import load as load_places
from schemas.rejected import HEADER_RETURNED, REASONS, Origin
from schemas.topics import FIELD_TOPICS
from tests.faults.broker import Bus
from tests.faults.conftest import Place
from tests.faults.kill_loop import await_caught_up
from tests.faults.load import Load
from tests.faults.points import AFTER, BEFORE, HALF, Older, Point
from tests.faults.site import Counter, await_that
from tests.faults.truth import judge, recount, rejects

RECORDS = 3_000
POOR = Faults(rubbish=0.25, conflicts=0.02)


def die_at(counter: Counter, *points: Point) -> None:
    """Let it die at each of these points, in a life of its own."""
    for point in points:
        counter.begin(point)
        await_that(lambda: not counter.running, f"it dies {point}", 60)
        assert counter.now.died_at_point, f"it must die {point}"


def test_every_reason_is_kept_byte_for_byte_and_counted_once_however_often_the_counter_dies(
    place: Place, seed: int
) -> None:
    Load(place.bus.settings, season(seed, RECORDS, POOR), RECORDS).finish()
    counter = place.site.counter()
    die_at(counter, Point("checkpoint.rejects", HALF, 1), Point("checkpoint.rejects", AFTER, 2),
           Point("checkpoint.states", HALF, 3), Point("checkpoint.states", AFTER, 3))  # fmt: skip
    counter.begin()
    await_caught_up(place.bus, [counter])
    truth = recount(place.bus)
    by_the_counter = set(REASONS) - {"revoked-tablet"}
    assert {rejected.reason for rejected in truth.rejected.values()} == by_the_counter
    written = [origin for origin, _, _ in rejects(place.bus)]
    assert len(written) > len(set(written)), "some must have been written more than once, or the deaths came too early"
    verdict = judge(place.bus, truth)
    assert verdict.mismatches == 0, verdict


def parked_by(older: Older, bus: Bus) -> tuple[dict[bytes, str], set[bytes]]:
    """What of the log an older counter sees otherwise, by origin with the reason; what is valid after the upgrade."""
    parked: dict[bytes, str] = {}
    valid: set[bytes] = set()
    known = load_places().units.keys()
    for record in bus.read(*FIELD_TOPICS):
        event, refused = naive_check.read(record.value)
        topic = bus.name(record)
        origin = Origin(topic, record.partition, record.offset).key()
        unknown = record.key is not None and record.key.decode(errors="replace") in older.units
        if refused:
            if unknown:  # refused whatever the unit, but the number that it claims is noted for no unknown unit
                parked[origin] = "unknown-unit"
            continue
        root = event["type"].removesuffix(".corrected").removesuffix(".voided")
        reason = {root in older.types: "unknown-type", root in older.versions: "future-version"}.get(True)
        if reason is None and unknown:
            reason = "unknown-unit"
        if reason is None:
            continue
        parked[origin] = reason
        placed = not naive_check.unplaced(record.key, record.partition, bus.settings.partitions, known)
        if placed and not naive_check.misplaced(event, record.key, topic):
            valid.add(origin)
    return parked, valid


def test_what_an_upgrade_makes_valid_is_sent_back_and_counted_once(place: Place, seed: int) -> None:
    Load(place.bus.settings, season(seed, RECORDS), RECORDS).finish()
    units = sorted(recount(place.bus).expected.counters, reverse=True)[:3]
    older = Older(units=units, types=["sim.handed-out"], versions=["leaflet.distributed"])
    parked, valid = parked_by(older, place.bus)
    assert set(parked.values()) == {"unknown-unit", "unknown-type", "future-version"}
    counter = place.site.counter()
    counter.begin(older=older)
    await_caught_up(place.bus, [counter])
    assert judge(place.bus, recount(place.bus, parked)).mismatches == 0
    assert counter.stop() == 0
    before = sum(place.bus.ends().values())
    die_at(counter, Point("return.field", AFTER, 3), Point("return.rejects", BEFORE, 2))
    counter.begin()
    await_that(lambda: returned(place.bus).keys() == valid, "all that is valid now is marked as sent back", 120)
    await_caught_up(place.bus, [counter])
    came = sum(place.bus.ends().values()) - before
    assert len(valid) < came < 2 * len(valid), "each once, and again only what a death left unmarked"
    verdict = judge(place.bus, recount(place.bus, parked))
    assert verdict.mismatches == 0, verdict


def returned(bus: Bus) -> Mapping[bytes, bytes]:
    """Origins that are marked as sent back, and by which contracts."""
    marks = {origin: dict(headers).get(HEADER_RETURNED) for origin, _, headers in rejects(bus)}
    return {origin: mark for origin, mark in marks.items() if mark is not None}
