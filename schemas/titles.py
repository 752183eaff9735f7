"""Titles in two languages: Vietnamese first, English second."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Meta


class Title(NamedTuple):
    """What a person reads for a code, a field, a type or a measure."""

    vi: str
    en: str


def titled(vi: str, en: str, **constraints: Any) -> Meta:
    """A field's constraints and titles: Vietnamese becomes JSON Schema's `title`, English its `description`."""
    return Meta(title=vi, description=en, **constraints)
