"""Indicators as expressions: `households_with_media / register.households`, `points_approved[difficult-village]`.

An expression is a sum of terms, or a sum divided by another (a share). A term names a measure of `schemas.measures`,
or, after a word and a dot, something else that is known: a baseline, a count of a register, a figure from outside,
a count that only the ledger can make, places, findings. `[a, b]` chooses kinds; `a or b` takes the first that is known.

A term is asked for a whole set of units at once: nothing here adds up units, so that a measure which cannot be added
over them cannot be added by an expression either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

_TOKEN = re.compile(r"\s*(?:(?P<name>[a-z][a-z0-9_.]*)|(?P<sign>[-+/()\[\]]))")
_KINDS = re.compile(r"\s*([a-z0-9][a-z0-9-]*(?:\s*,\s*[a-z0-9][a-z0-9-]*)*)\s*\]")


class ExpressionError(ValueError):
    """An expression cannot be read; the text says where and why."""


class Term(NamedTuple):
    """One thing that is known or not: `word` is measure, baseline, register, outside, ledger, places or finding."""

    word: str
    name: str
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        kinds = f"[{', '.join(self.kinds)}]" if self.kinds else ""
        return (self.name if self.word == MEASURE else f"{self.word}.{self.name}") + kinds


MEASURE, BASELINE, REGISTER, OUTSIDE, LEDGER, PLACES, FINDING = (
    "measure", "baseline", "register", "outside", "ledger", "places", "finding",
)  # fmt: skip
_WORDS = (BASELINE, REGISTER, OUTSIDE, LEDGER, PLACES, FINDING)


@dataclass(frozen=True)
class First:
    """The first of several that is known."""

    options: tuple[Part, ...]


@dataclass(frozen=True)
class Sum:
    """Parts with their signs."""

    parts: tuple[tuple[int, Part], ...]


Part: TypeAlias = Term | First | Sum


class Indicator(NamedTuple):
    """A count, or a share where there is a denominator."""

    part: Part
    whole: Part | None


class Answer(NamedTuple):
    """A value, None where it is not known, and the terms that it rests on."""

    value: int | None
    terms: tuple[Term, ...]


def parse(text: str) -> Indicator:
    """Reads an expression.

    Raises:
        ExpressionError: it cannot be read.
    """
    reader = _Reader(text)
    part = reader.sum()
    whole = reader.sum() if reader.take("/") else None
    reader.end()
    return Indicator(part, whole)


def terms(part: Part | None) -> Iterator[Term]:
    """Every term of a part, also those that are not the first known."""
    match part:
        case Term():
            yield part
        case First(options):
            for option in options:
                yield from terms(option)
        case Sum(parts):
            for _, each in parts:
                yield from terms(each)


def evaluate(part: Part, look_up: Callable[[Term], int | None]) -> Answer:
    """The value of a part; a sum with an unknown part is unknown."""
    match part:
        case Term():
            return Answer(look_up(part), (part,))
        case First(options):
            answers = [evaluate(option, look_up) for option in options]
            return next((answer for answer in answers if answer.value is not None), answers[-1])
        case Sum(parts):
            signed = [(sign, evaluate(each, look_up)) for sign, each in parts]
            known = [sign * answer.value for sign, answer in signed if answer.value is not None]
            value = sum(known) if len(known) == len(signed) else None
            return Answer(value, tuple(term for _, answer in signed for term in answer.terms))


class _Reader:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def sum(self) -> Part:
        parts = [(+1, self._alternatives())]
        while sign := self.take("+") or self.take("-"):
            parts.append((+1 if sign == "+" else -1, self._alternatives()))
        return parts[0][1] if len(parts) == 1 else Sum(tuple(parts))

    def _alternatives(self) -> Part:
        options = [self._atom()]
        while self.take("or"):
            options.append(self._atom())
        return options[0] if len(options) == 1 else First(tuple(options))

    def _atom(self) -> Part:
        if self.take("("):
            part = self.sum()
            self._expect(")")
            return part
        name = self._next()
        if name is None or not name[0].isalpha() or name == "or":
            raise ExpressionError(f"a name is missing at column {self._at + 1} of `{self._text}`")
        self.take(name)
        word, _, rest = name.partition(".")
        if rest and (word not in _WORDS or "." in rest):
            raise ExpressionError(f"`{word}.` is none of {', '.join(each + '.' for each in _WORDS)}")
        kinds = self._kinds() if self.take("[") else ()
        return Term(word, rest, kinds) if rest else Term(MEASURE, name, kinds)

    def _kinds(self) -> tuple[str, ...]:
        found = _KINDS.match(self._text, self._at)
        if found is None:
            raise ExpressionError(f"`[` wants kinds and a `]` at column {self._at + 1} of `{self._text}`")
        self._at = found.end()
        return tuple(kind.strip() for kind in found[1].split(","))

    def _next(self) -> str | None:
        found = _TOKEN.match(self._text, self._at)
        return None if found is None else found["name"] or found["sign"]

    def take(self, token: str) -> str | None:
        """The token, if it comes next; it is then behind."""
        found = _TOKEN.match(self._text, self._at)
        if found is None or (found["name"] or found["sign"]) != token:
            return None
        self._at = found.end()
        return token

    def _expect(self, token: str) -> None:
        if not self.take(token):
            raise ExpressionError(f"`{token}` is missing at column {self._at + 1} of `{self._text}`")

    def end(self) -> None:
        if self._text[self._at :].strip():
            raise ExpressionError(f"`{self._text[self._at :].strip()}` is too much in `{self._text}`")
