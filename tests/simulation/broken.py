"""Deliberately broken variants of the shipped core and protocol: each edits the source of one or two functions.

An edit names the text that it replaces, so that a mutant whose rule has moved fails loudly instead of testing nothing.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import patch

Holder = ModuleType | type


class Edit(NamedTuple):
    """In the source of `holder.name`, each first text becomes the second; put there, and in `also`."""

    holder: Holder
    name: str
    texts: tuple[tuple[str, str], ...]
    also: tuple[Holder, ...] = ()


class Mutant(NamedTuple):
    """A broken rule, and the mix of faults in which it shows; `seeds` of histories to try first, where it is rare."""

    mix: str
    edits: tuple[Edit, ...]
    seeds: tuple[int, ...] = ()


class StaleMutantError(Exception):
    """The text that a mutant replaces is not in the shipped source."""


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The shipped code with a mutant's edits."""
    with ExitStack() as patches:
        for edit in mutant.edits:
            changed = _edited(edit)
            for holder in (edit.holder, *edit.also):
                patches.enter_context(patch.object(holder, edit.name, changed))
        yield


def _edited(edit: Edit) -> Any:
    shipped = inspect.getattr_static(edit.holder, edit.name)
    source = textwrap.dedent(inspect.getsource(shipped))
    for old, new in edit.texts:
        if source.count(old) != 1:
            raise StaleMutantError(f"{edit.name} has {source.count(old)} times: {old}")
        source = source.replace(old, new)
    made: dict[str, Any] = {}
    exec("from __future__ import annotations\n" + source, shipped.__globals__, made)
    return made[edit.name]
