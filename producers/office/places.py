"""The map of places as offices change it: load a file of decisions, see what it would change, undo it, list loadings.

All loadings lie in one partition, so that every reader applies them in one order; whoever comes second with a loading
that contradicts the first is told so, and it holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from producers.connection import Say
from producers.errors import ProducersError
from producers.office.decisions import read as read_file
from producers.office.faults import Fault
from producers.publisher import Publisher
from producers.reading import read
from producers.simulator.record import Record
from schemas.places import Following, Loading, Place, Places, committed, dated, load
from schemas.places.loading import PARTITION, encode, is_name
from schemas.settings import Settings
from schemas.topics import PLACES


class Plan(NamedTuple):
    """A loading that could be written, its faults if it has any, and the map before and after.

    `written` says that the very same is there already.
    """

    loading: Loading
    faults: list[Fault]
    before: Places
    after: Places
    written: bool


class Change(NamedTuple):
    """A unit whose place differs between two maps: the first day on which it does, and where it is then on each."""

    unit: str
    name: str
    since: date
    before: Place
    after: Place


def current_map(settings: Settings) -> Following:
    """The map as the topic has it now.

    Raises:
        ProducersError: the topic cannot be read, or holds a record that this version cannot.
    """
    there = Following(load())
    try:
        there.take(kept.value for kept in read(settings, [PLACES], partition=PARTITION))
    except msgspec.DecodeError as error:
        raise ProducersError(f"A record of {settings.topic(PLACES)} is none of this version ({error}): upgrade this "
                             "command to the version that wrote it.") from error
    return there


def publish_committed(settings: Settings) -> int:
    """Write the committed map to the topic where it does not lie there yet; how many records.

    Raises:
        ProducersError: the topic cannot be read, or the broker did not take it.
    """
    there = {kept.key: kept.value for kept in read(settings, [PLACES], partition=PARTITION)}
    wanted = ((part.key(), committed.encode(part)) for part in committed.parts(load()))
    missing = [(key, value) for key, value in wanted if there.get(key) != value]
    if missing:
        with Publisher(settings) as publisher:
            for key, value in missing:
                publisher.send(Record(PLACES, key, value, PARTITION, [], "office"))
            publisher.confirm()
    return len(missing)


def plan(there: Following, data: bytes, name: str, written: datetime) -> Plan:
    """What a file would change. Pure.

    Raises:
        ProducersError: the name is none, or is taken by another file.
    """
    if not is_name(name):
        raise ProducersError(f"{name!r} cannot name a loading: give --name with small letters, digits and hyphens.")
    earlier = there.loadings.get(name)
    others = [loading for loading in there.loadings.values() if loading is not earlier]
    before = dated(load(), others).places if earlier is not None else there.places
    loading, faults = read_file(data, before, name, written)
    if faults:
        return Plan(loading, faults, there.places, there.places, False)
    if earlier is not None and not earlier.undone:
        if not earlier.states_the_same(loading):
            raise ProducersError(f"Another file was loaded as {name}: undo it first (`fieldtally places undo {name}`), "
                                 "or give this one another --name.")
        return Plan(loading, [], there.places, there.places, True)
    return Plan(loading, [], there.places, dated(load(), [*others, loading]).places, False)


def undone(there: Following, name: str, written: datetime) -> Loading:
    """The record that takes a loading off the map. Pure.

    Raises:
        ProducersError: it is not on the map, or a later one builds on it.
    """
    loading = there.loadings.get(name)
    if loading is None or loading.undone:
        raise ProducersError(f"There is no loading {name} on the map: `fieldtally places list` names them.")
    gone = msgspec.structs.replace(loading, undone=True, written=written)
    others = [each for each in there.loadings.values() if each is not loading]
    broken = dated(load(), [*others, gone]).set_aside.keys() - there.set_aside.keys()
    if broken:
        raise ProducersError(f"{', '.join(sorted(broken))} builds on {name}: undo that first.")
    return gone


def write(settings: Settings, loading: Loading, *, wait_s: float | None = 30.0, say: Say = print) -> Following:
    """Append a loading, confirmed by all replicas; the map with it.

    Raises:
        ProducersError: the broker did not take it, or another loading came in between that it contradicts.
    """
    with Publisher(settings, wait_s=wait_s, say=say) as publisher:
        publisher.send(Record(PLACES, loading.key(), encode(loading), PARTITION, [], "office"))
        publisher.confirm()
    there = current_map(settings)
    if loading.loading in there.set_aside:
        why = "; ".join(f"line {fault.line}: {fault.reason}" for fault in there.set_aside[loading.loading])
        raise ProducersError(f"{loading.loading} holds nothing, because another loading came first ({why}): undo one.")
    return there


def changes(before: Places, after: Places) -> Iterator[Change]:
    """Every unit whose place differs on some day. Pure."""
    days = sorted({date.min, *before.turns, *after.turns})
    for unit in sorted({*before.units, *after.units}):
        known = after.units.get(unit) or before.units[unit]
        for day in days:
            was, now = before.on(unit, day), after.on(unit, day)
            if _told(was) != _told(now):
                yield Change(unit, known.name, day, was, now)
                break


def _told(place: Place) -> tuple[str | None, ...]:
    """A place by its ids: the units themselves may differ in when they end."""
    ids = tuple(unit.id if unit else None for unit in (place.commune, place.district, place.province))
    return (*ids, place.unresolved)
