"""What a new owner takes over: a pure decision over what the state topic, the totals and the log's ends say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from schemas.topics import FIELD_TOPICS
from schemas.totals import Total
from stream_processors.core import codec
from stream_processors.core.state import TOPICS, UnitState
from stream_processors.protocol.decisions import reached_by_all
from stream_processors.protocol.port import Ends, Stored
from stream_processors.protocol.records import Book, Claim, DamagedError, StateKey, StateRecord, parse

ZERO = [0] * TOPICS


class DistrustError(RuntimeError):
    """Log and state do not fit together in a way that a person must decide about; the text says what to do."""


class Shelf(NamedTuple):
    """The state partition as read: the last claim's offset and time, books, states by unit, keys that are damaged."""

    claim_offset: int
    claim_ms: int
    books: list[Book]
    states: dict[str, list[tuple[StateKey, StateRecord]]]
    damaged: dict[bytes, str]


class Anchor(NamedTuple):
    """A check of the bytes of a record that was counted."""

    topic: int
    offset: int
    fingerprint: int


class Inheritance(NamedTuple):
    """Where the owner begins. `rebuild` says why all is counted anew, or is empty.

    `anchors` are the last records that states ahead of the book cover.
    `old_keys` are a unit's keys of lower epochs, to be removed once the own record is there; `spent` are keys of
    earlier books and of damaged records, to be removed once the own book is there.
    """

    book: Book
    states: dict[bytes, UnitState]
    anchors: set[Anchor]
    old_keys: dict[str, list[bytes]]
    spent: list[bytes]
    rebuild: str


def sort_out(records: Iterable[Stored]) -> Shelf:
    """Claims, books and states of a state partition; a later record of a key replaces the earlier."""
    last: dict[bytes, Stored] = {}
    for record in records:
        if record.key is not None:
            last[record.key] = record
    claim_offset, claim_ms = -1, 0
    books: list[Book] = []
    states: dict[str, list[tuple[StateKey, StateRecord]]] = {}
    damaged: dict[bytes, str] = {}
    for key, record in last.items():
        if record.value is None:
            continue
        try:
            parsed = parse(key, record.value)
        except DamagedError as error:
            damaged[key] = str(error)
            continue
        if isinstance(parsed, Claim):
            claim_offset, claim_ms = record.offset, record.timestamp
        elif isinstance(parsed, Book):
            books.append(parsed)
        else:
            states.setdefault(parsed[0].unit, []).append(parsed)
    return Shelf(claim_offset, claim_ms, books, states, damaged)


def inherit(
    shelf: Shelf,
    shown: Iterable[Total],
    ends: Ends,
    rules: str,
    *,
    distrust: str = "",
    new_log: bool = False,
) -> Inheritance:
    """Take the book of the highest (generation, epoch) and each unit's newest state of its generation, or rebuild.

    `distrust` says why the inheritance must not be trusted; `new_log`, that the operator put another log in place.

    Raises:
        DistrustError: the log lacks what was counted or shown, or what a rebuild needs.
    """
    epoch = shelf.claim_offset
    book = max(shelf.books, key=lambda b: (b.generation, b.epoch), default=None)
    since = book.since if book is not None else 0
    highest = max([b.generation for b in shelf.books] + [t.generation for t in shown], default=0)
    if new_log:
        why = "the operator put a new log in place"
    else:
        quiet = [book.quiet] if book is not None else []  # was an end once; a log below it would be waited for for ever
        counted = book.positions if book is not None else None
        check_ends(counted, quiet + [t.positions for t in shown if t.generation >= since], ends)
        why = distrust or _why_rebuild(shelf, book, highest, rules, ends)
    old_keys = {unit: [named.key() for named, _ in versions] for unit, versions in shelf.states.items()}
    if book is None or why:
        _check_start(ends, why)
        generation = max(highest + 1, shelf.claim_ms)
        told = book.contracts if book is not None else ""
        own = Book(generation, epoch, ZERO, 0, ZERO, ends.ends, rules, told, generation if new_log else since)
        states: dict[bytes, UnitState] = {}
        anchors: set[Anchor] = set()
    else:
        own = msgspec.structs.replace(book, epoch=epoch)
        newest = _newest(shelf, book.generation)
        states = {unit: codec.decode(kept.body) for unit, kept in newest.items()}
        ahead = (_anchors(state.positions, newest[unit].anchors, book.positions) for unit, state in states.items())
        anchors = set[Anchor]().union(*ahead)
        check_ends(book.positions, [state.positions for state in states.values()], ends)
    spent = [b.key() for b in shelf.books if b.key() != own.key()] + list(shelf.damaged)
    return Inheritance(own, states, anchors, old_keys, spent, why)


def _newest(shelf: Shelf, generation: int) -> dict[bytes, StateRecord]:
    """Per unit the state of the highest (epoch, version) of a generation."""
    states = {}
    for unit, versions in shelf.states.items():
        ours = [(named.epoch, kept.version, kept) for named, kept in versions if named.generation == generation]
        if ours:
            states[unit.encode()] = max(ours, key=lambda v: v[:2])[2]
    return states


def _anchors(positions: list[int], fingerprints: list[int], above: list[int]) -> set[Anchor]:
    """The last records below the positions that lie above others."""
    told = zip(positions, fingerprints, above, strict=True)
    return {Anchor(topic, at - 1, fingerprint) for topic, (at, fingerprint, low) in enumerate(told) if at > low}


def _why_rebuild(shelf: Shelf, book: Book | None, highest: int, rules: str, ends: Ends) -> str:
    if book is None:
        return "no book was found" if highest or any(ends.ends) else "a new installation"
    if book.epoch > shelf.claim_offset:  # a generation of our own leaves behind what its owner may still write
        return f"the newest book is of an epoch above this worker's claim {shelf.claim_offset}: the topic was recreated"
    if shelf.damaged:
        return next(iter(shelf.damaged.values()))
    if book.generation < highest:
        return f"totals of generation {highest} were published, but the newest book is of {book.generation}"
    return "" if book.rules == rules else f"the counting rules changed from {book.rules} to {rules}"


def check_ends(counted: list[int] | None, shown: Iterable[list[int]], ends: Ends) -> None:
    """Prove that a log still holds what was counted and shown of it, and all that comes after.

    Raises:
        DistrustError: it was cut at its end or at its beginning.
    """
    at, seen = counted or ends.starts, reached_by_all([counted or ZERO, *shown])
    for name, position, reached, start, end in zip(FIELD_TOPICS, at, seen, ends.starts, ends.ends, strict=True):
        if reached > end:
            raise DistrustError(
                f"{name} ends at {end}, but was counted up to {reached}: the log was cut or recreated. If the log "
                "is a new one on purpose, start the counter once with --new-log; it then counts all of it anew."
            )
        if position < start:
            raise DistrustError(
                f"{name} begins at {start}, but was counted only up to {position}: records are gone uncounted. "
                "Restore the log from a backup."
            )


def _check_start(ends: Ends, why: str) -> None:
    for name, start in zip(FIELD_TOPICS, ends.starts, strict=True):
        if start > 0:
            raise DistrustError(
                f"{name} begins at {start}, not at 0, and a recount is needed ({why}): restore the log from a backup."
            )
