"""Records that are no valid events, each with one fault and so with one reason (`schemas.rejected.REASONS`)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import msgspec

from producers.simulator.record import Record, headers_of
from producers.simulator.register import place
from schemas.partition import partition_of
from schemas.topics import FIELD_TOPICS

Json = dict[str, Any]


class Letter(NamedTuple):
    """A record in the making, for a form to spoil."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None


class Surroundings(NamedTuple):
    """What a form needs to know beside the event."""

    communes: tuple[str, ...]
    partitions: int
    rng: Random


Form = Callable[[Json, Letter, Surroundings], Letter]


def spoil(topic: str, value: bytes, around: Surroundings) -> Record:
    """Make rubbish of a valid original."""
    body: Json = msgspec.json.decode(value)
    reason, form = FORMS[int(around.rng.random() * len(FORMS))]
    if reason == "oversize" and around.rng.random() < 0.5:  # large, so seldom
        reason, form = FORMS[0]
    letter = form(body, Letter(topic, body["unit"].encode(), value), around)
    return Record(
        letter.topic,
        letter.key,
        letter.value,
        letter.partition,
        headers_of(body["type"], body["id"]),
        f"rejected:{reason}",
    )


def _bytes(change: Callable[[bytes, Random], bytes | None]) -> Form:
    return lambda _, letter, around: letter._replace(value=change(letter.value or b"", around.rng))


def _set(path: str, value: object) -> Form:
    """Put another value at a path of the event; None takes the field away."""

    def form(body: Json, letter: Letter, _: Surroundings) -> Letter:
        *folders, name = path.split(".")
        inner = body
        for folder in folders:
            inner = inner[folder]
        if value is None:
            del inner[name]
        else:
            inner[name] = value
        return letter._replace(value=msgspec.json.encode(body))

    return form


def _no_utf8(value: bytes, _: Random) -> bytes:
    return value.replace(b'"organisation":"', b'"organisation":"\xff\xfe', 1)


def _foreign_root(body: Json, letter: Letter, around: Surroundings) -> Letter:
    fact = {field: body[field] for field in ("subject", "time", "receivedat", "skewms", "data")}
    root = {"source": body["source"], "unit": _other(body["unit"], around), "seq": body["seq"]}
    body["dataschema"] = f"urn:fieldtally:{body['type']}.voided:1"
    body["type"] += ".voided"
    body["data"] = {
        "organisation": "other", "root": root, "revision": 1, "reason": "other", "original": fact,
    }  # fmt: skip
    return letter._replace(value=msgspec.json.encode(body))


def _unknown_unit(body: Json, letter: Letter, _: Surroundings) -> Letter:
    was, body["unit"] = place(body["unit"]), "2031-01:99999"
    body["subject"] = body["subject"].replace(was, "2031-01.99999")
    return letter._replace(key=b"2031-01:99999", value=msgspec.json.encode(body))


def _wrong_subject(body: Json, letter: Letter, around: Surroundings) -> Letter:
    body["subject"] = body["subject"].replace(place(body["unit"]), place(_other(body["unit"], around)))
    return letter._replace(value=msgspec.json.encode(body))


def _other(unit: str, around: Surroundings) -> str:
    """Another commune."""
    found = around.rng.choice(around.communes)
    return found if found != unit else next(one for one in around.communes if one != unit)


def _key_of_another(body: Json, letter: Letter, around: Surroundings) -> Letter:
    return letter._replace(key=_other(body["unit"], around).encode())


def _no_key(_: Json, letter: Letter, around: Surroundings) -> Letter:
    return letter._replace(key=None, partition=around.rng.randrange(around.partitions))


def _key_is_no_unit(_: Json, letter: Letter, around: Surroundings) -> Letter:
    return letter._replace(key=around.rng.choice((b"", b"24848", b"2025-07/24848", b"\xff\x00", b"2025-07:24848 ")))


def _wrong_topic(_: Json, letter: Letter, around: Surroundings) -> Letter:
    return letter._replace(topic=around.rng.choice([topic for topic in FIELD_TOPICS if topic != letter.topic]))


def _wrong_partition(_: Json, letter: Letter, around: Surroundings) -> Letter:
    own = partition_of(letter.key or b"", around.partitions)
    return letter._replace(partition=(own + around.rng.randrange(1, around.partitions)) % around.partitions)


def _future(body: Json, letter: Letter, _: Surroundings) -> Letter:
    body["dataschema"] = f"urn:fieldtally:{body['type']}:2"
    body["data"]["added_in_version_2"] = True
    return letter._replace(value=msgspec.json.encode(body))


FORMS: tuple[tuple[str, Form], ...] = (
    ("undecodable", _bytes(lambda value, rng: value[: rng.randrange(len(value))])),
    ("undecodable", _bytes(lambda _, rng: b"\xff" + rng.randbytes(rng.randrange(60)))),
    ("undecodable", _bytes(_no_utf8)),
    ("undecodable", _bytes(lambda _value, _rng: b"")),
    ("wrong-shape", _bytes(lambda _, rng: rng.choice((b"[]", b"null", b"7", b'"event"', b"{}")))),
    ("wrong-shape", _set("source", None)),
    ("wrong-shape", _set("data", [])),
    ("wrong-shape", _set("data.organisation", None)),
    ("wrong-shape", _set("data.note", "any text")),
    ("wrong-shape", _set("seq", "1")),
    ("wrong-shape", _set("skewms", 1.5)),
    ("out-of-range", _set("data.organisation", "nobody")),
    ("out-of-range", _set("time", "2026-03-01T08:12:04")),
    ("out-of-range", _set("receivedat", "yesterday")),
    ("out-of-range", _set("source", "/phones/0123456789")),
    ("out-of-range", _set("id", "1")),
    ("out-of-range", _set("subject", "household/somebody")),
    ("out-of-range", _set("data.village", "village 3")),
    ("out-of-range", _set("skewms", 2**53)),
    ("bad-seq", _set("seq", 0)),
    ("bad-seq", _set("seq", -1)),
    ("bad-seq", _set("seq", 2**31)),
    ("oversize", _bytes(lambda value, rng: value + b" " * (64 * 1024 + rng.randrange(1000)))),
    ("no-value", _bytes(lambda _value, _rng: None)),
    ("wrong-key", _key_of_another),
    ("wrong-key", _no_key),
    ("wrong-key", _key_is_no_unit),
    ("wrong-partition", _wrong_partition),
    ("wrong-topic", _wrong_topic),
    ("wrong-subject", _wrong_subject),
    ("foreign-root", _foreign_root),
    ("unknown-unit", _unknown_unit),
    ("unknown-type", _set("type", "drone.delivered")),
    ("future-version", _future),
)
