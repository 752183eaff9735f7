"""Proof that an event's strings are as their patterns demand: one match for all of them.

A call for each string costs more than all the rest of decoding, so the decoder leaves the patterns to this file
(`schemas.events.fields.text`): the strings are joined by newlines, which no pattern admits, and matched at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import msgspec.inspect as inspect

from schemas.events.envelope import Envelope
from schemas.events.fields import END

_MEMO_MAX = 100_000


class Pattern:
    """A pattern that remembers what it has proven, for strings that repeat in very many events."""

    def __init__(self, pattern: str) -> None:
        self._match = re.compile(pattern).match
        self._proven: set[str] = set()

    def __call__(self, text: str) -> bool:
        if text in self._proven:
            return True
        if not self._match(text):
            return False
        if len(self._proven) >= _MEMO_MAX:
            self._proven.clear()
        self._proven.add(text)
        return True


class Proofs(dict[type[Envelope], Callable[[Any], str | None]]):
    """For each envelope: the path of an event's first string that breaks its pattern, `data.iccid`, or None.

    A proof is made from the Struct at the first event of its type.
    """

    def __missing__(self, envelope: type[Envelope]) -> Callable[[Any], str | None]:
        proof = self[envelope] = _proof(list(_patterned(inspect.type_info(envelope), "")))
        return proof


def _proof(patterns: list[tuple[str, str, bool]]) -> Callable[[Any], str | None]:
    always = {path: pattern for path, pattern, optional in patterns if not optional}
    values, bare = attrgetter(*always), (pattern.removeprefix("^").removesuffix(END) for pattern in always.values())
    match, join = re.compile("\n".join(bare)).fullmatch, "\n".join
    maybe = [(path, attrgetter(path), Pattern(pattern)) for path, pattern, optional in patterns if optional]

    def first_broken(event: Any) -> str | None:
        if not match(join(values(event))):
            each = zip(always.items(), values(event), strict=True)
            return next(path for (path, pattern), text in each if not re.match(pattern, text))
        for path, value, fits in maybe:
            text = value(event)
            if text is not None and not fits(text):
                return path
        return None

    return first_broken


def _patterned(kind: inspect.Type, path: str, optional: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Path, pattern and whether it may be None, of every string with a pattern."""
    if isinstance(kind, inspect.Metadata):
        if pattern := (kind.extra_json_schema or {}).get("pattern"):
            yield path, pattern, optional
        yield from _patterned(kind.type, path, optional)
    elif isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield from _patterned(field.type, f"{path}.{field.name}" if path else field.name, optional)
    elif isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from _patterned(member, path, optional=True)
