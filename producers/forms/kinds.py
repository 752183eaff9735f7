"""What the contracts say of a field's type: its pattern, and whether it is a number, whether it may be left out."""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args


def pattern_of(kind: Any) -> str | None:
    """The pattern of a string type, also of one that may be absent; None where the contract has none."""
    for meta in getattr(kind, "__metadata__", ()):
        pattern = (getattr(meta, "extra_json_schema", None) or {}).get("pattern")
        if pattern is not None:
            return str(pattern)
    members = (member for member in get_args(kind) if member is not NoneType and not isinstance(member, str))
    return next((found for member in members if (found := pattern_of(member)) is not None), None)


def optional(kind: Any) -> bool:
    """Whether a field may be left out."""
    return NoneType in get_args(kind)


def is_whole(kind: Any) -> bool:
    """Whether a field is a whole number."""
    return kind is int or any(is_whole(member) for member in get_args(kind))
